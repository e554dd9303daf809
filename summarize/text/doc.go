// Package text is where an article's characters become things that the rest of
// the reader can work on: its language, its paragraphs, sentences and tokens,
// the lines in it that are no news (bylines, captions, newsletter offers), and
// folded forms of words to compare by.
//
// Every position is a byte offset into the string that came in, so that what a
// caller cuts out is an exact substring of the article: evidence is built on
// that. All functions are pure, take time linear in their input, and accept
// anything, invalid UTF-8 included: what comes from a page is hostile until
// checked.
//
// The package imports nothing of ours.
package text

// Span is a half-open range of bytes in a string.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Of returns the part of s that the span covers. s must be the string that the
// span was measured in.
func (sp Span) Of(s string) string { return s[sp.Start:sp.End] }

// Len is the length in bytes.
func (sp Span) Len() int { return sp.End - sp.Start }

// Contains reports whether other lies within sp.
func (sp Span) Contains(other Span) bool {
	return sp.Start <= other.Start && other.End <= sp.End
}

// Shift returns the span moved by n bytes: from an offset in a part to one in
// the whole.
func (sp Span) Shift(n int) Span { return Span{sp.Start + n, sp.End + n} }
