package markdown

import (
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/idna"
)

// A Text is markdown that is safe to send: written by us, or escaped.
type Text string

const zeroWidthSpace = "\u200b" // breaks what would be read as a mention or a link

// Escape returns s so that Discord renders it literally, on one line. Text with
// right-to-left letters is isolated, so that it leaves the order of what stands
// around it alone.
func Escape(s string) Text { return escape(Clean(s)) }

// EscapeCut is Escape of what fits: the result is at most limit long.
func EscapeCut(s string, limit int) Text {
	s = Clean(enough(s, limit))
	if e := escape(s); Len(e) <= limit {
		return e
	}
	// What surrounds the text (isolation, an escaped first character) is taken off the limit beforehand.
	return escape(cut(s, limit-4, func(s string) int { return Len(escapeRunes(s)) }))
}

func escape(clean string) Text {
	if clean == "" {
		return ""
	}
	body := escapeRunes(clean)
	switch r := clean[0]; {
	case strings.IndexByte("#-+", r) >= 0: // headings, small print, lists
		body = `\` + body
	case r >= '0' && r <= '9':
		if end := strings.IndexFunc(body, func(r rune) bool { return r < '0' || r > '9' }); end > 0 && (body[end] == '.' || body[end] == ')') {
			body = body[:end] + `\` + body[end:]
		}
	}
	if hasRTL(clean) {
		body = "\u2068" + body + "\u2069" // first-strong isolate
	}
	return Text(body)
}

func escapeRunes(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for i, r := range s {
		switch r {
		case '\\', '*', '_', '~', '|', '`', '[', ']', '>':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '<':
			b.WriteString(`\<` + zeroWidthSpace)
		case '@':
			b.WriteByte('@')
			if rest := strings.ToLower(s[i+1 : min(len(s), i+10)]); rest == "" || strings.HasPrefix(rest, "everyone") || strings.HasPrefix(rest, "here") ||
				rest[0] == '&' || rest[0] == '!' || rest[0] >= '0' && rest[0] <= '9' {
				b.WriteString(zeroWidthSpace)
			}
		case ':':
			b.WriteByte(':')
			if strings.HasPrefix(s[i+1:], "//") {
				b.WriteString(zeroWidthSpace)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hasRTL(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r >= 0x0590 && unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam)
	})
}

// maxURL is the longest address that becomes a link. It is also what a link
// button may hold.
const maxURL = 512

// URL returns raw as an address that may be linked in a message or button, and
// whether it may: absolute http(s), with a host, without user information, at
// most 512 characters, nothing in it that markdown could take for an end.
func URL(raw string) (string, bool) {
	if len(raw) > 4*maxURL {
		return "", false
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.User != nil || u.Opaque != "" {
		return "", false
	}
	if u.Scheme = strings.ToLower(u.Scheme); u.Scheme != "http" && u.Scheme != "https" {
		return "", false
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil || host == "" {
		return "", false
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	u.Host = host
	var b strings.Builder
	for _, c := range []byte(u.String()) {
		if c > ' ' && c < 0x7F && !strings.ContainsRune("()<>[]\\\"'`*_~|{}^", rune(c)) {
			b.WriteByte(c)
			continue
		}
		if c == '_' || c == '~' || c == '*' || c == '\'' {
			b.WriteByte(c) // meant literally inside a link's target
			continue
		}
		b.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c)+0x100, 16)[1:]))
	}
	if b.Len() > maxURL {
		return "", false
	}
	return b.String(), true
}

// ImageURL is URL for pictures: https only.
func ImageURL(raw string) (string, bool) {
	u, ok := URL(raw)
	return u, ok && strings.HasPrefix(u, "https://")
}

// Link is text that leads to an address, or the text alone where the address
// can't be linked. The text is cut to limit.
func Link(text, rawURL string, limit int) Text {
	label := EscapeCut(text, limit)
	u, ok := URL(rawURL)
	if !ok || label == "" {
		return label
	}
	return "[" + label + "](" + Text(u) + ")"
}

// Time shows t in the reader's own time zone. Style is Discord's: R relative, f
// date and time, D date, t time. It is "" for the zero time.
func Time(t time.Time, style string) Text {
	if t.IsZero() {
		return ""
	}
	return Text("<t:" + strconv.FormatInt(t.Unix(), 10) + ":" + style + ">")
}

// Channel, User and Role mention by id. They are "" for what is no id.
func Channel(id string) Text { return mention("<#", id) }

// User mentions a user; whether it notifies is up to the message's allowed mentions.
func User(id string) Text { return mention("<@", id) }

// Role mentions a role; whether it notifies is up to the message's allowed mentions.
func Role(id string) Text { return mention("<@&", id) }

func mention(open, id string) Text {
	if _, err := strconv.ParseUint(id, 10, 64); err != nil {
		return ""
	}
	return Text(open + id + ">")
}

// Code shows s in a fixed-width span.
func Code(s string) Text {
	s = strings.ReplaceAll(Clean(s), "`", "'")
	if s == "" {
		return ""
	}
	return Text("`" + s + "`")
}

// Join joins texts that are not empty.
func Join(sep Text, parts ...Text) Text {
	var b strings.Builder
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(string(sep))
		}
		b.WriteString(string(p))
	}
	return Text(b.String())
}
