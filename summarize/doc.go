// Package summarize holds what Sitrep reads out of articles: Briefs with their
// Actors, Developments and Quotes, and the Stories that articles of one event
// form. It names no technology: engines live below it.
//
// The trust contract: every claim carries Evidence, the exact text that states
// it. Evidence is found by code. Package grounding is the only door to a Brief:
// what it can't trace is dropped, whoever claimed it.
//
//	text        sentences, tokens, language
//	ner         the entity tagger
//	actors      aliases, roles, identity within and across articles
//	extractive  the embedded engine: no network, milliseconds an article
//	llm         engines that ask a language model, under the same contract
//	grounding   does the evidence carry the claim?
//	stories     clustering, merged developments, support, disputes
package summarize
