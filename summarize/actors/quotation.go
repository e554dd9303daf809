package actors

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sitrep/summarize/text"
)

// A Quotation is what stands between quotation marks: bytes of the passage.
type Quotation struct {
	Open, Close int  // with its marks
	Start, End  int  // without them and the space beside them
	Unclosed    bool // runs to the end of its paragraph: the speech goes on in the next
}

// closers gives, for each opening mark, the marks that may close it.
var closers = map[rune]string{
	'“': "”\"", '„': "“”\"", '‟': "”\"", '«': "»", '»': "«", '"': "\"”", '‹': "›", '‘': "’", '\'': "'", '‚': "‘’",
}

// Quotations finds what stands in quotation marks: curly, straight, guillemets
// both ways round, German; nested ones stay inside their outer one. Single
// marks count where they can't be apostrophes.
func Quotations(s string, paras []Para) []Quotation {
	var quotes []Quotation
	doubles := strings.ContainsAny(s, "“”„\"«»")
	for _, para := range paras {
		at := para.Start
		for at < para.End {
			r, w := utf8.DecodeRuneInString(s[at:para.End])
			ends, opens := closers[r]
			if !opens || !canOpen(s, at, w, r, para.Span, doubles) {
				at += w
				continue
			}
			limit := para.End
			if i := strings.IndexByte(s[at:limit], '\n'); i >= 0 {
				limit = at + i // a line is a paragraph where the page's own breaks were lost
			}
			end, width, ok := closing(s, at+w, limit, r, ends)
			q := Quotation{Open: at, Close: limit, Start: at + w, End: limit}
			if ok {
				q.Close, q.End = end+width, end
			} else if r == '\'' || r == '‘' || r == '‚' || r == '‹' || r == '»' {
				at += w
				continue
			} else {
				q.Unclosed = true
			}
			q.Start, q.End = trim(s, q.Start, q.End)
			if q.Start < q.End {
				quotes = append(quotes, q)
			}
			at = q.Close
		}
	}
	return quotes
}

func canOpen(s string, at, w int, r rune, para text.Span, doubles bool) bool {
	before := ' '
	if at > para.Start {
		before, _ = utf8.DecodeLastRuneInString(s[para.Start:at])
	}
	after, _ := utf8.DecodeRuneInString(s[at+w : para.End])
	free := unicode.IsSpace(before) || strings.ContainsRune("([{—–-:;,.…", before)
	switch r {
	case '"':
		return free && !unicode.IsSpace(after)
	case '\'':
		return free && !doubles && unicode.IsLetter(after)
	case '‘', '‚':
		return free && !unicode.IsSpace(after)
	case '»':
		return free && !unicode.IsSpace(after)
	}
	return true
}

// closing finds the mark that closes the quotation whose text starts at `at`.
func closing(s string, at, limit int, open rune, ends string) (pos, width int, ok bool) {
	depth := 0
	for i := at; i < limit; {
		r, w := utf8.DecodeRuneInString(s[i:limit])
		switch {
		case strings.ContainsRune(ends, r):
			if open == '\'' || open == '‘' || open == '‚' {
				before, _ := utf8.DecodeLastRuneInString(s[at:i])
				after, _ := utf8.DecodeRuneInString(s[i+w : limit])
				if i+w < limit && (unicode.IsLetter(after) || unicode.IsDigit(after)) || i == at || unicode.IsSpace(before) {
					i += w
					continue
				}
				// A plural's apostrophe ("the players’ bus") is no end while a better one follows.
				if unicode.IsLetter(before) && after == ' ' && before == 's' && laterClose(s[i+w:limit], ends) {
					i += w
					continue
				}
			}
			if open == '"' && r == '"' && i+w < limit && i > at {
				before, _ := utf8.DecodeLastRuneInString(s[at:i])
				after, _ := utf8.DecodeRuneInString(s[i+w : limit])
				if unicode.IsSpace(before) && unicode.IsLetter(after) { // an inner one opens
					depth++
					i += w
					continue
				}
				if depth > 0 && unicode.IsLetter(before) && unicode.IsSpace(after) {
					depth--
					i += w
					continue
				}
			}
			if depth == 0 {
				return i, w, true
			}
			depth--
		case r == open && (open == '“' || open == '«' || open == '„'):
			depth++
		}
		i += w
	}
	return 0, 0, false
}

// laterClose reports a single closing mark after a stop or a letter further on,
// before any opening one.
func laterClose(s, ends string) bool {
	prev := ' '
	for i, r := range s {
		if r == '‘' {
			return false
		}
		if strings.ContainsRune(ends, r) && strings.ContainsRune(",.!?…", prev) {
			return true
		}
		if i > 400 {
			break
		}
		prev = r
	}
	return false
}

func trim(s string, start, end int) (int, int) {
	for start < end {
		r, w := utf8.DecodeRuneInString(s[start:end])
		if !unicode.IsSpace(r) {
			break
		}
		start += w
	}
	for start < end {
		r, w := utf8.DecodeLastRuneInString(s[start:end])
		if !unicode.IsSpace(r) {
			break
		}
		end -= w
	}
	return start, end
}
