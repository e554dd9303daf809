// Package pipeline takes an article from the feed's item to its place in a
// story, in two steps that each end in a transaction of the store:
//
//	Reader   stored → briefed: the page's text, the brief, the actors' identities
//	Joiner   briefed → joined: the story it belongs to, recomposed
//
// Both are idempotent: what a crash interrupts is done again, with the same
// outcome. Neither knows a database, a network or an engine: they take what they
// need as small interfaces.
package pipeline
