// Package grounding is the only door to a Brief: it lets a claim in when the
// text of the article carries it, and drops it otherwise, whoever claimed it.
//
// In come an article and what an engine read out of it, with evidence as bytes
// (the embedded engine) or as text that a model says it saw; out comes a Brief
// of which every line can be traced, and what was dropped, with the reason.
// Check is pure code over strings: no model has a say in it.
package grounding
