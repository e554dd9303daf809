package feeds

import (
	"bytes"
	"html"
	"strings"
	"unicode/utf8"
)

// A scanner cuts lenient markup into tokens. It never fails and never looks at a
// byte more than a fixed number of times: whatever is not a well-formed tag is
// text. It serves feeds and the HTML inside them alike.
type scanner struct {
	src []byte
	pos int

	// The current token.
	kind  tokenKind
	text  []byte // of text and cdata, raw
	name  []byte // of tags, as written
	attrs []attr // of start tags, at most maxAttrs
	empty bool   // a start tag that closes itself
	start int    // offset of the token

	noComment bool // no "-->" follows any more
}

type tokenKind uint8

const (
	tokEOF tokenKind = iota
	tokText
	tokCDATA
	tokStart
	tokEnd
	tokDoctype
)

type attr struct{ name, value []byte } // the value is raw

const maxAttrs = 64

func isNameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// next moves to the next token; comments and processing instructions are skipped.
func (s *scanner) next() tokenKind {
	for {
		if s.pos >= len(s.src) {
			s.start = len(s.src)
			s.kind = tokEOF
			return tokEOF
		}
		s.start = s.pos
		if s.src[s.pos] != '<' {
			return s.takeText(s.pos)
		}
		rest := s.src[s.pos:]
		if len(rest) < 2 {
			return s.takeText(s.pos + 1)
		}
		switch c := rest[1]; {
		case isNameStart(c):
			return s.takeStart()
		case c == '/':
			if len(rest) > 2 && isNameStart(rest[2]) {
				return s.takeEnd()
			}
			if i := bytes.IndexByte(rest, '>'); i >= 0 && i < 4 { // "</>"
				s.pos += i + 1
				continue
			}
			return s.takeText(s.pos + 1)
		case c == '?':
			i := bytes.IndexByte(rest, '>')
			if i < 0 {
				i = len(rest) - 1
			}
			s.pos += i + 1
		case c == '!':
			if bytes.HasPrefix(rest, []byte("<!--")) {
				s.skipComment(rest)
				continue
			}
			if bytes.HasPrefix(rest, []byte("<![CDATA[")) {
				return s.takeCDATA(rest)
			}
			return s.takeDoctype(rest)
		default:
			return s.takeText(s.pos + 1)
		}
	}
}

// takeText takes the text up to the next "<" at or after from.
func (s *scanner) takeText(from int) tokenKind {
	end := len(s.src)
	if i := bytes.IndexByte(s.src[from:], '<'); i >= 0 {
		end = from + i
	}
	s.text = s.src[s.pos:end]
	s.pos = end
	s.kind = tokText
	return tokText
}

func (s *scanner) skipComment(rest []byte) {
	if !s.noComment {
		if i := bytes.Index(rest[4:], []byte("-->")); i >= 0 {
			s.pos += 4 + i + 3
			return
		}
		s.noComment = true
	}
	if i := bytes.IndexByte(rest, '>'); i >= 0 {
		s.pos += i + 1
		return
	}
	s.pos = len(s.src)
}

func (s *scanner) takeCDATA(rest []byte) tokenKind {
	body := rest[len("<![CDATA["):]
	end := bytes.Index(body, []byte("]]>"))
	next := end + 3
	if end < 0 {
		end, next = len(body), len(body)
	}
	// A section that was never closed runs into the next one: it ends where the
	// element around it does.
	if bytes.Contains(body[:end], []byte("<![CDATA[")) {
		if i := bytes.Index(body[:end], []byte("</")); i >= 0 {
			end, next = i, i
		}
	}
	s.text = body[:end]
	s.pos += len("<![CDATA[") + next
	s.kind = tokCDATA
	return tokCDATA
}

func (s *scanner) takeDoctype(rest []byte) tokenKind {
	depth, i := 0, 0
	for ; i < len(rest); i++ {
		switch rest[i] {
		case '[':
			depth++
		case ']':
			depth--
		case '>':
			if depth <= 0 {
				s.text = rest[:i]
				s.pos += i + 1
				s.kind = tokDoctype
				return tokDoctype
			}
		}
		if i > 64<<10 { // no real one is that long
			break
		}
	}
	s.text = rest[:0]
	if j := bytes.IndexByte(rest, '>'); j >= 0 {
		s.pos += j + 1
	} else {
		s.pos = len(s.src)
	}
	s.kind = tokDoctype
	return tokDoctype
}

func (s *scanner) takeName(i int) int {
	for i < len(s.src) {
		c := s.src[i]
		if isSpace(c) || c == '>' || c == '/' || c == '<' || c == '=' {
			break
		}
		i++
	}
	return i
}

func (s *scanner) takeEnd() tokenKind {
	i := s.takeName(s.pos + 2)
	s.name = s.src[s.pos+2 : i]
	for i < len(s.src) && s.src[i] != '>' && s.src[i] != '<' {
		i++
	}
	if i < len(s.src) && s.src[i] == '>' {
		i++
	}
	s.pos = i
	s.kind = tokEnd
	return tokEnd
}

func (s *scanner) takeStart() tokenKind {
	i := s.takeName(s.pos + 1)
	s.name = s.src[s.pos+1 : i]
	s.attrs = s.attrs[:0]
	s.empty = false
	for i < len(s.src) {
		c := s.src[i]
		switch {
		case isSpace(c):
			i++
			continue
		case c == '>':
			s.pos = i + 1
			s.kind = tokStart
			return tokStart
		case c == '<': // never closed
			s.pos = i
			s.kind = tokStart
			return tokStart
		case c == '/':
			s.empty = i+1 < len(s.src) && s.src[i+1] == '>'
			i++
			continue
		case c == '=':
			i++
			continue
		}
		j := s.takeName(i)
		name := s.src[i:j]
		k := j
		for k < len(s.src) && isSpace(s.src[k]) {
			k++
		}
		var value []byte
		if k < len(s.src) && s.src[k] == '=' {
			k++
			for k < len(s.src) && isSpace(s.src[k]) {
				k++
			}
			value, k = s.takeValue(k)
			j = k
		}
		i = j
		if len(s.attrs) < maxAttrs {
			s.attrs = append(s.attrs, attr{name, value})
		}
	}
	s.pos = len(s.src)
	s.kind = tokStart
	return tokStart
}

// takeValue reads an attribute's value. A quote that is never closed ends at the
// next "<", which XML allows in no value; HTML does, and so the value goes on where
// the next quote is one that ends a value.
func (s *scanner) takeValue(i int) (value []byte, end int) {
	if i >= len(s.src) {
		return nil, i
	}
	q := s.src[i]
	if q != '"' && q != '\'' {
		j := i
		for j < len(s.src) && !isSpace(s.src[j]) && s.src[j] != '>' && s.src[j] != '<' {
			j++
		}
		return s.src[i:j], j
	}
	i++
	for j := i; j < len(s.src); j++ {
		switch s.src[j] {
		case q:
			return s.src[i:j], j + 1
		case '<':
			if n := bytes.IndexByte(s.src[j:min(len(s.src), j+maxMarkupInValue)], q); n >= 0 && endsValue(s.src[j+n+1:]) {
				return s.src[i : j+n], j + n + 1
			}
			if g := bytes.IndexByte(s.src[i:j], '>'); g >= 0 {
				return s.src[i : i+g], i + g
			}
			return s.src[i:j], j
		}
	}
	return s.src[i:], len(s.src)
}

// maxMarkupInValue bounds the search for the quote behind a "<" in a value.
const maxMarkupInValue = 1 << 10

// endsValue tells whether rest may follow the quote that ends a value.
func endsValue(rest []byte) bool {
	return len(rest) > 0 && (rest[0] == '>' || rest[0] == '/' || isSpace(rest[0]))
}

// attr returns the decoded value of the attribute name, "" when it is missing.
func (s *scanner) attr(name string) string {
	for _, a := range s.attrs {
		if len(a.name) == len(name) && strings.EqualFold(string(a.name), name) {
			return string(appendDecoded(nil, a.value, nil))
		}
	}
	return ""
}

// appendDecoded appends raw text with its entities replaced. Only references
// that end in ";" count, so that "?a=1&copy=2" survives. extra are entities
// that the document declares.
func appendDecoded(dst, raw []byte, extra map[string]string) []byte {
	for {
		i := bytes.IndexByte(raw, '&')
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:i]...)
		raw = raw[i:]
		window := raw[:min(len(raw), 40)]
		end := bytes.IndexByte(window, ';')
		if end < 2 {
			dst = append(dst, '&')
			raw = raw[1:]
			continue
		}
		ref := raw[1:end]
		switch string(ref) {
		case "amp":
			dst = append(dst, '&')
		case "lt":
			dst = append(dst, '<')
		case "gt":
			dst = append(dst, '>')
		case "quot":
			dst = append(dst, '"')
		case "apos":
			dst = append(dst, '\'')
		default:
			if v, ok := extra[string(ref)]; ok {
				dst = append(dst, v...)
				break
			}
			span := string(raw[:end+1])
			dec := html.UnescapeString(span)
			if dec == span || strings.HasSuffix(dec, ";") && len(dec) > 1 {
				dst = append(dst, '&')
				raw = raw[1:]
				continue
			}
			dst = append(dst, dec...)
		}
		raw = raw[end+1:]
	}
}

// cut shortens s to at most n bytes without breaking a character.
func cut[T ~string | ~[]byte](s T, n int) T {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
