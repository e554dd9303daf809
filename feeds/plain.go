package feeds

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// blockTags end a line, paragraphTags a paragraph, hiddenTags hold nothing that
// is read.
var (
	blockTags     = set("br", "li", "tr", "dt", "dd", "figcaption", "caption", "option")
	paragraphTags = set("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "section", "article", "aside", "header", "footer", "figure", "hr", "main", "nav", "form", "address", "center")
	hiddenTags    = set("script", "style", "noscript", "template", "svg", "iframe", "object", "select", "textarea", "math", "head", "applet")
	inlineTags    = set("a", "abbr", "acronym", "area", "audio", "b", "base", "bdi", "bdo", "big", "button", "cite", "code", "col", "data", "del", "dfn", "em", "embed", "fieldset", "font", "i", "img", "input", "ins", "kbd", "label", "legend", "link", "map", "mark", "meta", "meter", "picture", "q", "rp", "rt", "ruby", "s", "samp", "small", "source", "span", "strike", "strong", "sub", "summary", "sup", "tbody", "td", "tfoot", "th", "thead", "time", "title", "tt", "u", "var", "video", "wbr", "html", "body", "details", "nobr", "o:p", "track", "param", "colgroup", "canvas", "marquee", "frame", "frameset", "noframes", "keygen", "command", "menu", "dir", "optgroup", "output", "progress", "dialog", "slot", "rb", "rtc", "basefont", "multicol", "spacer")
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

func isHTMLTag(lower string) bool {
	return inlineTags[lower] || paragraphTags[lower] || blockTags[lower] || hiddenTags[lower]
}

// lowerName returns the name in lower case, without allocating for short ASCII.
func lowerName(name []byte, buf *[40]byte) string {
	if len(name) > len(buf) {
		return strings.ToLower(string(cut(name, 80)))
	}
	for i, c := range name {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf[i] = c
	}
	return string(buf[:len(name)])
}

// plainText turns HTML, or text that may be HTML, into paragraphs separated by a
// blank line, of at most limit bytes. Tags that HTML does not know stay as the
// text they probably are. img receives the address of the first picture.
func plainText(src string, limit int) (text, img string) {
	if !strings.ContainsAny(src, "<&") {
		return tidyText(src, limit), ""
	}
	s := scanner{src: []byte(src)}
	out := make([]byte, 0, min(len(src), limit+1024))
	hidden := ""                  // the tag whose end is waited for
	unclosed := map[string]bool{} // hidden tags that have no end in the rest
	var nameBuf [40]byte
	for len(out) < limit+1024 {
		switch s.next() {
		case tokEOF:
			return tidyText(string(out), limit), img
		case tokText:
			if hidden == "" {
				out = appendDecoded(out, s.text, nil)
			}
		case tokCDATA:
			if hidden == "" {
				out = append(out, s.text...)
			}
		case tokStart:
			name := lowerName(s.name, &nameBuf)
			switch {
			case hidden != "":
			case hiddenTags[name]:
				if !s.empty && !unclosed[name] {
					if hidden = name; !closes(s.src[s.pos:], name) {
						hidden, unclosed[name] = "", true
					}
				}
			case blockTags[name]:
				out = append(out, '\n')
			case paragraphTags[name]:
				out = append(out, '\n', '\n')
			case name == "img":
				if img == "" && s.attr("width") != "1" {
					img = s.attr("src")
				}
			case name == "td" || name == "th":
				out = append(out, ' ')
			case len(s.attrs) == 0 && !isHTMLTag(name) && !bytes.ContainsAny(s.name, ":-"):
				out = append(out, s.src[s.start:s.pos]...)
			}
		case tokEnd:
			name := lowerName(s.name, &nameBuf)
			switch {
			case hidden != "":
				if name == hidden {
					hidden = ""
				}
			case paragraphTags[name]:
				out = append(out, '\n', '\n')
			case blockTags[name]:
				out = append(out, '\n')
			case !isHTMLTag(name) && !bytes.ContainsAny(s.name, ":-"):
				out = append(out, s.src[s.start:s.pos]...)
			}
		}
	}
	return tidyText(string(out), limit), img
}

// closes tells whether the rest holds the end tag of name.
func closes(rest []byte, name string) bool {
	for {
		i := bytes.Index(rest, []byte("</"))
		if i < 0 || len(rest) < i+2+len(name) {
			return false
		}
		rest = rest[i+2:]
		if strings.EqualFold(string(rest[:len(name)]), name) {
			return true
		}
	}
}

// plainTitle is plainText on one line. Titles are often escaped once too often:
// what still looks like markup after one round is read again.
func plainTitle(src string, limit int) string {
	t, _ := plainText(src, limit)
	for range 2 {
		if !looksEscaped(t) {
			break
		}
		t, _ = plainText(t, limit)
	}
	return strings.Join(strings.Fields(t), " ")
}

func looksEscaped(s string) bool {
	i := strings.IndexByte(s, '&')
	for i >= 0 {
		rest := s[i+1:]
		if j := strings.IndexByte(rest[:min(len(rest), 12)], ';'); j > 1 && !strings.ContainsAny(rest[:j], " &") {
			return true
		}
		n := strings.IndexByte(rest, '&')
		if n < 0 {
			return false
		}
		i += 1 + n
	}
	return false
}

// tidyText repairs characters, folds spaces, keeps at most one blank line, and
// cuts at limit bytes.
func tidyText(s string, limit int) string {
	s = undouble(s)
	var b strings.Builder
	b.Grow(min(len(s), limit))
	newlines, space := 0, false
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf && c > ' ' && c != 0x7f {
			if b.Len() > 0 {
				switch {
				case newlines >= 2:
					b.WriteString("\n\n")
				case newlines == 1:
					b.WriteByte('\n')
				case space:
					b.WriteByte(' ')
				}
			}
			newlines, space = 0, false
			j := i + 1
			for j < len(s) && s[j] > ' ' && s[j] < 0x7f {
				j++
			}
			b.WriteString(s[i:j])
			i = j
			if b.Len() > limit {
				break
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if r >= 0x80 && r <= 0x9f { // Windows-1252 taken for Latin-1
			r = cp1252[r-0x80]
		}
		switch {
		case r == '\n':
			newlines++
			continue
		case r == utf8.RuneError && n <= 1, r == '\ufeff', r == '\u00ad', r == '\u200b', r < ' ' && r != '\t' && r != '\r', r == 0x7f, r == 0:
			continue
		case unicode.IsSpace(r):
			space = true
			continue
		}
		if b.Len() > 0 {
			switch {
			case newlines >= 2:
				b.WriteString("\n\n")
			case newlines == 1:
				b.WriteByte('\n')
			case space:
				b.WriteByte(' ')
			}
		}
		newlines, space = 0, false
		b.WriteRune(r)
		if b.Len() > limit {
			break
		}
	}
	return strings.TrimSpace(cut(b.String(), limit))
}

// cp1252 maps the bytes 0x80 to 0x9f of Windows-1252; unassigned ones vanish.
var cp1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// undouble reverses UTF-8 that was taken for Windows-1252 and encoded again
// ("CafÃ©"). It acts only when the whole text reads as valid UTF-8 that way.
func undouble(s string) string {
	// Every first half of such a pair is one of U+00C0 to U+00F4, of which the
	// first byte is 0xc3.
	if strings.IndexByte(s, 0xc3) < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	high := false
	for _, r := range s {
		switch {
		case r < 0x80:
			out = append(out, byte(r))
			continue
		case r <= 0xff:
			out = append(out, byte(r))
		default:
			b, ok := to1252[r]
			if !ok {
				return s
			}
			out = append(out, b)
		}
		high = true
	}
	if !high || !utf8.Valid(out) {
		return s
	}
	return string(out)
}

var to1252 = func() map[rune]byte {
	m := make(map[rune]byte)
	for i, r := range cp1252 {
		if r != 0 {
			m[r] = byte(0x80 + i)
		}
	}
	return m
}()
