// Package markdown makes text from outside safe to stand in a Discord message.
//
// In comes anything: headlines, names, sentences, URLs, what users typed. Out
// comes a Text, which renders as exactly the characters that were meant: no
// markup, no mention, no link that we did not make, no character that hides or
// turns its neighbours around. Cutting is by grapheme cluster.
package markdown
