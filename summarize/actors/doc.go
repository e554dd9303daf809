// Package actors finds out who is who: which names of an article are one
// actor, which role the article states for each of them, and who says what it
// quotes; and, across articles, whether an actor is one that is known already.
//
// In come an article's text and the names that a tagger found in it; out come
// summarize.Actors with their mentions and roles, and summarize.Quotes with
// their speakers. Everything is rules over tokens: nothing is known of any
// person or company beforehand, and every role carries the span that states it.
//
// Identity across articles is decided by Resolve and kept by a Directory, whose
// operations (Merge, Split and their Undo) are values that a store can log. A
// wrong merge is worse than a split: in doubt an actor stays on its own.
package actors
