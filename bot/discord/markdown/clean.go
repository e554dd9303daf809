package markdown

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// maxMarks bounds the combining marks on one letter. Vietnamese, Hebrew with
// cantillation and Thai stay below it; stacked decoration does not.
const maxMarks = 4

// Clean returns s as one line of plain text: valid UTF-8, white space
// collapsed, without controls and without characters that are invisible or
// change the direction of others. Joiners stay where a script or an emoji needs
// them. It is for places where Discord reads no markdown: button labels, select
// options, autocomplete choices, file names.
func Clean(s string) string {
	rs := []rune(strings.ToValidUTF8(s, ""))
	out := make([]rune, 0, len(rs))
	marks, space := 0, false
	for i, r := range rs {
		if r > ' ' && r < 0x7F { // most text: nothing to look up
			if space {
				out = append(out, ' ')
				space = false
			}
			out, marks = append(out, r), 0
			continue
		}
		if unicode.IsSpace(r) || isBlank(r) {
			space = len(out) > 0
			continue
		}
		if !visible(rs, i) {
			continue
		}
		if unicode.In(r, unicode.Mn, unicode.Me) && !isVariation(r) {
			if marks++; marks > maxMarks {
				continue
			}
		} else {
			marks = 0
		}
		if space {
			out = append(out, ' ')
			space = false
		}
		out = append(out, r)
	}
	return string(out)
}

// isBlank reports characters that are drawn as empty space without being one.
func isBlank(r rune) bool {
	switch r {
	case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x17B4, 0x17B5:
		return true
	}
	return false
}

func isVariation(r rune) bool {
	return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF
}

// visible reports whether rs[i] may stay.
func visible(rs []rune, i int) bool {
	r := rs[i]
	switch {
	case r == 0x200D: // joins emoji, and letters of the scripts that join
		return i > 0 && i+1 < len(rs) && joins(rs[i-1]) && joins(rs[i+1])
	case r == 0x200C: // keeps letters apart in Persian and in Indic scripts
		return i > 0 && i+1 < len(rs) && cursive(rs[i-1]) && cursive(rs[i+1])
	case isVariation(r):
		return i > 0 && rs[i-1] > 0x7F && !isVariation(rs[i-1]) && !unicode.IsSpace(rs[i-1]) ||
			i > 0 && i+1 < len(rs) && r == 0xFE0F && rs[i+1] == 0x20E3 // keycaps
	case r == 0x034F, r == 0xFFFC, r == utf8.RuneError:
		return false
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Noncharacter_Code_Point, unicode.Other_Default_Ignorable_Code_Point):
		return false
	}
	return true
}

func joins(r rune) bool {
	return cursive(r) || unicode.In(r, unicode.So, unicode.Sk) || isVariation(r) || r == 0x2640 || r == 0x2642
}

func cursive(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Devanagari, unicode.Bengali,
		unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada,
		unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar)
}

// Len is the length that limits are counted in: UTF-16 units, which is never
// less than what Discord counts.
func Len[S ~string](s S) int {
	n := 0
	for _, r := range string(s) {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// Cut cleans s and shortens it to at most limit (as counted by Len), with "…"
// where something is missing. It cuts between words where there are any near,
// and never inside a grapheme cluster.
func Cut(s string, limit int) string {
	s = Clean(enough(s, limit))
	if Len(s) <= limit {
		return s
	}
	return cut(s, limit, func(s string) int { return Len(s) })
}

// enough is a beginning of s that surely holds limit characters, so that a huge
// text is not cleaned whole: a character takes 4 bytes at most, and few texts are
// mostly what is dropped.
func enough(s string, limit int) string {
	return s[:min(len(s), 16*(limit+64))]
}

// cut shortens clean text so that size(text+"…") is at most limit.
func cut(s string, limit int, size func(string) int) string {
	const ellipsis = "…"
	room := limit - size(ellipsis)
	if room < 0 {
		return ""
	}
	used, end, word := 0, 0, 0
	rest, state := s, -1
	for len(rest) > 0 {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		n := size(cluster)
		if used+n > room {
			break
		}
		used += n
		if cluster == " " {
			word = end
		}
		end += len(cluster)
	}
	if word > end*2/3 && (end >= len(s) || s[end] != ' ') {
		end = word
	}
	kept := strings.TrimRight(s[:end], " ,;:–—-")
	if kept == "" {
		return ""
	}
	return kept + ellipsis
}
