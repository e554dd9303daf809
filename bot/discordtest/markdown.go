package discordtest

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// span is a run of text with one style.
type span struct {
	text    string
	style   spanStyle
	link    string
	mention bool
}

type spanStyle uint8

const (
	bold spanStyle = 1 << iota
	italic
	underline
	struck
	code
	spoiler
	stamp // a time that the client words
)

// block is a line, or a code block of several, as Discord lays text out.
type block struct {
	kind  blockKind
	level int // of a heading, 1 to 3; of a list item, its depth
	mark  string
	quote bool
	spans []span
	lines []string // of a code block
}

type blockKind uint8

const (
	paragraph blockKind = iota
	heading
	subtext
	listItem
	codeBlock
	blank
)

var (
	headingPattern  = regexp.MustCompile(`^(#{1,3}) +(.+)$`)
	listPattern     = regexp.MustCompile(`^( *)([-*]|\d{1,9}\.) +(.*)$`)
	timePattern     = regexp.MustCompile(`^<t:(-?\d{1,13})(?::([tTdDfFR]))?>`)
	entityPattern   = regexp.MustCompile(`^<(@!?|@&|#)([0-9]{1,20})>`)
	commandPattern  = regexp.MustCompile(`^</([^:>]{1,100}):[0-9]{1,20}>`)
	emojiPattern    = regexp.MustCompile(`^<a?:(\w{2,32}):[0-9]{1,20}>`)
	maskedPattern   = regexp.MustCompile(`^\[((?:\\.|[^\[\]\\])+)\]\(<?(https?://[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*)>?\)`)
	bareURLPattern  = regexp.MustCompile(`^https?://[^\s<>]+[^\s<>.,:;"'\])]`)
	angleURLPattern = regexp.MustCompile(`^<(https?://[^\s<>]+)>`)
)

// printable takes control characters out of text, which would be commands to a terminal, and the marks that
// turn the direction of what follows, as clients do.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case r < 0x20, r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
}

// parseMarkdown lays text out as Discord does: headings, subtext, lists, quotes, code, and the inline marks.
func (s *Server) parseMarkdown(text string) []block {
	var out []block
	lines := strings.Split(printable(text), "\n")
	rest := false // after ">>>" everything is quoted
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if fence, after, ok := strings.Cut(line, "```"); ok && strings.TrimSpace(fence) == "" {
			var body []string
			if inner, _, closed := strings.Cut(after, "```"); closed {
				body = append(body, inner)
			} else {
				end := i + 1
				for end < len(lines) && !strings.Contains(lines[end], "```") {
					end++
				}
				if end < len(lines) {
					body = append(body, lines[i+1:end]...)
					last, _, _ := strings.Cut(lines[end], "```")
					if last != "" {
						body = append(body, last)
					}
					i = end
				} else {
					out = append(out, block{spans: s.inline(line, 0)})
					continue
				}
			}
			out = append(out, block{kind: codeBlock, lines: body, quote: rest})
			continue
		}
		b := block{quote: rest}
		if after, ok := strings.CutPrefix(line, ">>> "); ok {
			rest, b.quote, line = true, true, after
		} else if after, ok := strings.CutPrefix(line, "> "); ok {
			b.quote, line = true, after
		}
		switch {
		case strings.TrimSpace(line) == "":
			b.kind = blank
		case headingPattern.MatchString(line):
			m := headingPattern.FindStringSubmatch(line)
			b.kind, b.level, b.spans = heading, len(m[1]), s.inline(m[2], 0)
		case strings.HasPrefix(line, "-# "):
			b.kind, b.spans = subtext, s.inline(line[3:], 0)
		case listPattern.MatchString(line):
			m := listPattern.FindStringSubmatch(line)
			b.kind, b.level, b.spans = listItem, len(m[1])/2, s.inline(m[3], 0)
			b.mark = m[2]
			if b.mark == "-" || b.mark == "*" {
				b.mark = "•"
				if b.level > 0 {
					b.mark = "◦"
				}
			}
		default:
			b.spans = s.inline(line, 0)
		}
		out = append(out, b)
	}
	return out
}

// inlineMarks are the paired marks, longer ones first.
var inlineMarks = []struct {
	mark  string
	style spanStyle
}{
	{"**", bold}, {"__", underline}, {"~~", struck}, {"||", spoiler}, {"*", italic}, {"_", italic},
}

// inline parses the marks within a line.
func (s *Server) inline(text string, style spanStyle) []span {
	var out []span
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			out = append(out, span{text: plain.String(), style: style})
			plain.Reset()
		}
	}
	add := func(sp ...span) {
		flush()
		out = append(out, sp...)
	}
	for i := 0; i < len(text); {
		rest := text[i:]
		if rest[0] == '\\' && len(rest) > 1 && rest[1] < 128 && unicode.IsPunct(rune(rest[1])) || rest[0] == '\\' && len(rest) > 1 && strings.ContainsRune("~|`<>+=^$", rune(rest[1])) {
			plain.WriteByte(rest[1])
			i += 2
			continue
		}
		if rest[0] == '`' {
			ticks := len(rest) - len(strings.TrimLeft(rest, "`"))
			fence := rest[:ticks]
			if end := strings.Index(rest[ticks:], fence); end > 0 {
				add(span{text: strings.TrimSpace(rest[ticks : ticks+end]), style: style | code})
				i += ticks + end + ticks
				continue
			}
		}
		if n, sps := s.markup(rest, style); n > 0 {
			add(sps...)
			i += n
			continue
		}
		if n, inner, st := pairedMark(text, i); n > 0 {
			add(s.inline(inner, style|st)...)
			i += n
			continue
		}
		plain.WriteByte(rest[0])
		i++
	}
	flush()
	return out
}

// pairedMark finds a mark at i and its end; n is the length of the whole.
func pairedMark(text string, i int) (n int, inner string, style spanStyle) {
	for _, m := range inlineMarks {
		rest := text[i:]
		if !strings.HasPrefix(rest, m.mark) {
			continue
		}
		body := rest[len(m.mark):]
		if body == "" || m.mark == "*" && (body[0] == ' ' || body[0] == '*') {
			continue
		}
		if m.mark == "_" && i > 0 && wordByte(text[i-1]) {
			continue
		}
		for j := 0; j < len(body); j++ {
			if body[j] == '\\' {
				j++
				continue
			}
			if !strings.HasPrefix(body[j:], m.mark) || j == 0 {
				continue
			}
			after := body[j+len(m.mark):]
			if m.mark == "*" && (strings.HasPrefix(after, "*") || body[j-1] == '*' || body[j-1] == ' ') {
				continue
			}
			if m.mark == "_" && (strings.HasPrefix(after, "_") || body[j-1] == '_' || after != "" && wordByte(after[0])) {
				continue
			}
			// "***" closes italic within bold first.
			if m.mark == "**" && strings.HasPrefix(after, "*") && !strings.HasPrefix(after, "**") {
				j++
			}
			return len(m.mark) + j + len(m.mark), body[:j], m.style
		}
	}
	return 0, "", 0
}

func wordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}

// markup reads a link, a mention, a time or an emoji at the start of the text.
func (s *Server) markup(text string, style spanStyle) (int, []span) {
	one := func(n int, sp span) (int, []span) {
		sp.style |= style
		return n, []span{sp}
	}
	switch text[0] {
	case '[':
		if m := maskedPattern.FindStringSubmatch(text); m != nil {
			sps := s.inline(m[1], style)
			for i := range sps {
				sps[i].link = m[2]
			}
			return len(m[0]), sps
		}
	case '<':
		if m := timePattern.FindStringSubmatch(text); m != nil {
			sec, err := strconv.ParseInt(m[1], 10, 64)
			if err == nil {
				return one(len(m[0]), span{text: timeText(time.Unix(sec, 0), m[2], s.clock.Now()), style: stamp})
			}
		}
		if m := entityPattern.FindStringSubmatch(text); m != nil {
			return one(len(m[0]), span{text: printable(s.mentionText(m[1], m[2])), mention: true})
		}
		if m := commandPattern.FindStringSubmatch(text); m != nil {
			return one(len(m[0]), span{text: "/" + m[1], mention: true})
		}
		if m := emojiPattern.FindStringSubmatch(text); m != nil {
			return one(len(m[0]), span{text: ":" + m[1] + ":"})
		}
		if m := angleURLPattern.FindStringSubmatch(text); m != nil {
			return one(len(m[0]), span{text: m[1], link: m[1]})
		}
	case 'h':
		if m := bareURLPattern.FindString(text); m != "" {
			return one(len(m), span{text: m, link: m})
		}
	case '@':
		for _, w := range []string{"@everyone", "@here"} {
			if strings.HasPrefix(text, w) {
				return one(len(w), span{text: w, mention: true})
			}
		}
	}
	return 0, nil
}

// mentionText is the name that a mention shows.
func (s *Server) mentionText(kind, id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch kind {
	case "#":
		return "#" + s.channelName(id)
	case "@&":
		for _, g := range s.guilds {
			if r := g.roles[id]; r != nil {
				return "@" + strings.TrimPrefix(r.name, "@")
			}
		}
		return "@unknown-role"
	}
	if u := s.users[id]; u != nil {
		return "@" + u.display()
	}
	return "@unknown-user"
}

// timeText is a time in one of Discord's styles, in UTC.
func timeText(t time.Time, style string, now time.Time) string {
	t = t.UTC()
	switch style {
	case "t":
		return t.Format("15:04")
	case "T":
		return t.Format("15:04:05")
	case "d":
		return t.Format("02/01/2006")
	case "D":
		return t.Format("2 January 2006")
	case "F":
		return t.Format("Monday, 2 January 2006 15:04")
	case "R":
		return relative(t.Sub(now))
	}
	return t.Format("2 January 2006 15:04")
}

// relative is a distance in time as a client words it.
func relative(d time.Duration) string {
	units := []struct {
		d    time.Duration
		name string
	}{
		{365 * 24 * time.Hour, "year"}, {30 * 24 * time.Hour, "month"}, {24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"},
	}
	abs := d
	if abs < 0 {
		abs = -abs
	}
	for _, u := range units {
		if abs < u.d && u.d > time.Second {
			continue
		}
		n := int(math.Round(float64(abs) / float64(u.d)))
		text := fmt.Sprintf("%d %ss", n, u.name)
		if n == 1 {
			text = map[string]string{"hour": "an hour"}[u.name]
			if text == "" {
				text = "a " + u.name
			}
		}
		if d >= 0 {
			return "in " + text
		}
		return text + " ago"
	}
	return "now"
}
