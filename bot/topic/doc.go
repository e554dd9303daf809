// Package topic is the language in which people say what they want to be told:
// words, "phrases", AND, OR, NOT (or -), parentheses, names. Words side by side
// must all be there.
//
// Parse reads a query; a Document is an article or story prepared once;
// Query.Match says whether the document is about the query, which is more than
// naming it: a name of a person or organisation counts wherever it stands, a
// word or place must stand in the title or the opening, or run through the text.
// Words match in all their forms, by stem, without diacritics, and by a small
// lexicon of news words with their near-synonyms in six languages
// (lexicon.txt): "merger" finds a takeover, "earthquake" finds an Erdbeben. What
// is quoted matches as it is written, and wherever it stands.
//
// A Set holds the queries of many subscriptions and finds those that match a
// document without trying each.
//
// All functions are pure. Queries come from users and documents from the web:
// both are bounded in size and cost.
package topic
