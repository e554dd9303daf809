// Package digest composes editions: which stories belong in a channel's digest,
// in which order, and which of their lines are news to it.
//
// In come the stories of a window, what the channel has been shown, and the
// schedule; out comes a bot.Digest. Everything is pure: the same rows give the
// same digest. The platform's adapter renders it; Write renders it for a
// terminal.
package digest
