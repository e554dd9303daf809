package grounding

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	links    = regexp.MustCompile(`(?i)\b(?:https?|ftp)://\S*|\bwww\.\S+`)
	mdLinks  = regexp.MustCompile(`!?\[([^\]\n]{0,200})\]\([^)\n]{0,400}\)`)
	mentions = regexp.MustCompile(`@(?:everyone|here)\b|<(?:@[!&]?|#|a?:\w+:)\d*>?|<t:-?\d+(?::\w)?>`)
	emphasis = regexp.MustCompile("\\*{1,3}|_{2,3}|~~|`{1,3}|\\|\\|")
)

// Plain reports a text without what must not get into a brief: links, mentions,
// markup, control and invisible characters, broken UTF-8.
func Plain(s string) bool {
	for _, r := range s {
		if r == unicode.ReplacementChar || unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Cf, r) && r != 0xad && r != 0x200d && r != 0x200c {
			return false
		}
	}
	if strings.ContainsAny(s, "@<*_~`|[") || strings.Contains(s, "://") || strings.Contains(s, "www.") || strings.Contains(s, "WWW.") {
		return !links.MatchString(s) && !mdLinks.MatchString(s) && !mentions.MatchString(s) && !emphasis.MatchString(s)
	}
	return true
}

// Clean takes out of a line what Plain refuses, and makes it one line.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = mdLinks.ReplaceAllString(s, "$1")
	s = links.ReplaceAllString(s, "")
	s = mentions.ReplaceAllString(s, "")
	s = emphasis.ReplaceAllString(s, "")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != 0x200d && r != 0x200c || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if !Plain(s) { // what was taken out joined what it stood between
		s = strings.Map(func(r rune) rune {
			if strings.ContainsRune("@<>*_~`|[]", r) {
				return -1
			}
			return r
		}, links.ReplaceAllString(s, ""))
		s = strings.Join(strings.Fields(strings.ReplaceAll(s, "://", " ")), " ")
		if !Plain(s) {
			return ""
		}
	}
	return s
}
