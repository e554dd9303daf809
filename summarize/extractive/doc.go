// Package extractive is the embedded Summarizer: it reads an article by rules
// and a small tagger, without a network, in milliseconds, and states nothing
// that the article doesn't.
//
// In comes a feeds.Article; out comes a summarize.Brief: who acts in it and in
// which role (package actors), what is said in quotes, and what happened, as
// sentences chosen and shortened so that what remains is a subsequence of the
// sentence's own words. Every Brief passes package grounding before it leaves.
package extractive
