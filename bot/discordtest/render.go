package discordtest

import (
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// Render writes a message to a terminal the way a client shows it: who and when, the text with its marks, cards with
// their accent bar, buttons, files, and who can see it. Colour needs a terminal of 24-bit
// colours; with it, links can be followed. Width is that of the terminal in cells, at least 20.
func Render(w io.Writer, m *Message, width int, colour bool) error {
	t := &terminal{srv: m.srv, colour: colour}
	width = max(width, 20)
	t.header(m)
	t.message(m, width)
	_, err := io.WriteString(w, t.b.String())
	return err
}

// RenderChannel writes what a user sees in a channel, oldest first.
func RenderChannel(w io.Writer, u *User, c *Channel, width int, colour bool) error {
	for i, m := range u.Sees(c) {
		if i > 0 {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		if err := Render(w, m, width, colour); err != nil {
			return err
		}
	}
	return nil
}

// cells measures text as terminals do that aren't set to an East Asian language.
var cells = &runewidth.Condition{}

type terminal struct {
	srv    *Server
	colour bool
	b      strings.Builder
}

// The colours of a client with a dark theme.
const (
	colourDim     = 0x949BA4
	colourLink    = 0x00A8FC
	colourMention = 0xC9CDFB
	colourCode    = 0xDBDEE1
	colourBar     = 0x4E5058
	colourBrand   = 0x5865F2
	colourSuccess = 0x248046
	colourDanger  = 0xDA373C
)

func (t *terminal) paint(s string, rgb int, codes ...string) string {
	if !t.colour || s == "" {
		return s
	}
	seq := codes
	if rgb >= 0 {
		seq = append(seq, fmt.Sprintf("38;2;%d;%d;%d", rgb>>16&255, rgb>>8&255, rgb&255))
	}
	if len(seq) == 0 {
		return s
	}
	return "\x1b[" + strings.Join(seq, ";") + "m" + s + "\x1b[0m"
}

func (t *terminal) line(s string) {
	t.b.WriteString(strings.TrimRight(s, " "))
	t.b.WriteByte('\n')
}

func (t *terminal) header(m *Message) {
	h := m.head()
	if h.used != "" {
		t.line(t.paint("╭╴"+h.user, colourDim) + t.paint(" used ", colourDim) + t.paint(h.used, colourLink))
	}
	line := t.paint(h.author, -1, "1")
	if h.bot {
		if t.colour {
			line += " \x1b[1;48;2;88;101;242;38;2;255;255;255m APP \x1b[0m"
		} else {
			line += " [APP]"
		}
	}
	line += "  " + t.paint(h.time, colourDim)
	t.line(line)
}

// messageHead is what stands above a message.
type messageHead struct {
	author, time string
	bot          bool
	user, used   string // who used which command
}

func (m *Message) head() messageHead {
	s := m.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[m.AuthorID]
	h := messageHead{author: oneLine(u.display()), bot: u.bot, time: m.Sent.UTC().Format("15:04")}
	if g := s.guilds[m.GuildID]; g != nil && g.members[u.id] != nil && g.members[u.id].nick != "" {
		h.author = oneLine(g.members[u.id].nick)
	}
	if in := m.meta; in != nil && in.kind == interactionCommand && (m.Type == messageCommand || m.Type == messageUserCommand) {
		h.user = oneLine(s.users[in.user].display())
		h.used = in.commandName
		if in.commandKind == CommandChat {
			h.used = "/" + h.used
		}
	}
	return h
}

func (t *terminal) message(m *Message, width int) {
	if m.Loading() {
		t.line(t.paint("… is thinking", colourDim))
	}
	if m.Content != "" {
		t.text(m.Content, "", width)
	}
	for _, e := range m.Embeds {
		t.embed(e, width)
	}
	t.components(m.Components, "", width)
	if !m.V2() {
		for _, a := range m.Attachments {
			t.file(a.Filename, a.Size, a.Description, "")
		}
	}
	if m.ThreadID != "" {
		t.line(t.paint("  ↳ ", colourDim) + t.paint(oneLine(m.threadName()), colourLink))
	}
	if !m.Edited.IsZero() {
		t.line(t.paint("(edited)", colourDim))
	}
	if m.Ephemeral() {
		t.line(t.paint("◉ Only you can see this", colourDim) + " · " + t.paint("Dismiss message", colourLink))
	}
}

func (m *Message) threadName() string {
	m.srv.mu.Lock()
	defer m.srv.mu.Unlock()
	return m.srv.channelName(m.ThreadID)
}

// text writes marked-up text, each line behind a margin.
func (t *terminal) text(text, margin string, width int) {
	for _, b := range t.srv.parseMarkdown(text) {
		lead, hang := "", ""
		if b.quote {
			lead = t.paint("▏ ", colourDim)
			hang = lead
		}
		spans := b.spans
		switch b.kind {
		case blank:
			t.line(margin + lead)
			continue
		case codeBlock:
			for _, l := range b.lines {
				t.line(margin + lead + t.paint("  "+l, colourCode))
			}
			continue
		case listItem:
			pad := strings.Repeat("  ", b.level)
			hang += pad + strings.Repeat(" ", cells.StringWidth(b.mark)+1)
			lead += pad + b.mark + " "
		}
		lines := wrap(spans, max(width-displayWidth(margin)-displayWidth(hang), 8))
		for i, l := range lines {
			start := lead
			if i > 0 {
				start = hang
			}
			t.line(margin + start + t.spans(l, b))
		}
	}
}

// spans paints a line of spans.
func (t *terminal) spans(l []span, b block) string {
	var out strings.Builder
	for _, sp := range l {
		codes := []string{}
		rgb := -1
		text := sp.text
		if sp.style&bold != 0 || b.kind == heading {
			codes = append(codes, "1")
		}
		if sp.style&italic != 0 {
			codes = append(codes, "3")
		}
		if sp.style&underline != 0 || b.kind == heading && b.level == 1 {
			codes = append(codes, "4")
		}
		if sp.style&struck != 0 {
			codes = append(codes, "9")
		}
		switch {
		case sp.link != "":
			rgb = colourLink
		case sp.mention:
			rgb = colourMention
		case sp.style&(code|stamp) != 0:
			rgb = colourCode
		case b.kind == subtext:
			rgb = colourDim
		}
		if sp.style&spoiler != 0 && !t.colour {
			text = strings.Repeat("█", displayWidth(text))
		}
		painted := t.paint(text, rgb, codes...)
		if sp.link != "" && t.colour {
			painted = "\x1b]8;;" + sp.link + "\x1b\\" + painted + "\x1b]8;;\x1b\\"
		}
		out.WriteString(painted)
	}
	return out.String()
}

// displayWidth is a string's width in cells, without escape sequences.
func displayWidth(s string) int {
	n, esc := 0, false
	for _, r := range s {
		switch {
		case r == '\x1b':
			esc = true
		case esc:
			esc = r != 'm'
		default:
			n += cells.RuneWidth(r)
		}
	}
	return n
}

// wrap breaks spans into lines of at most width cells, at spaces, or between wide characters, or, if
// nothing else helps, anywhere.
func wrap(spans []span, width int) [][]span {
	type cell struct {
		text string
		w    int
		sp   span
		gap  bool // a space: a line may end before it and doesn't start with it
		soft bool // a line may end after it
	}
	var row []cell
	for _, sp := range spans {
		for _, r := range sp.text {
			w := cells.RuneWidth(r)
			if w == 0 && len(row) > 0 {
				row[len(row)-1].text += string(r)
				continue
			}
			row = append(row, cell{string(r), w, sp, r == ' ', w == 2})
		}
	}
	var lines [][]span
	for start := 0; start < len(row); {
		w, end, last := 0, start, -1
		for end < len(row) && w+row[end].w <= width {
			w += row[end].w
			if row[end].gap {
				last = end
			} else if row[end].soft {
				last = end + 1
			}
			end++
		}
		next := end
		if end < len(row) && !row[end].gap && last > start {
			end, next = last, last
		}
		if end == start { // a character wider than the line
			end, next = start+1, start+1
		}
		var line []span
		for _, c := range row[start:end] {
			if n := len(line); n > 0 && line[n-1].style == c.sp.style && line[n-1].link == c.sp.link && line[n-1].mention == c.sp.mention {
				line[n-1].text += c.text
				continue
			}
			sp := c.sp
			sp.text = c.text
			line = append(line, sp)
		}
		lines = append(lines, line)
		for next < len(row) && row[next].gap {
			next++
		}
		start = next
	}
	if lines == nil {
		lines = [][]span{nil}
	}
	return lines
}

func (t *terminal) embed(e Embed, width int) {
	rgb := e.Color
	if rgb == 0 {
		rgb = colourBar
	}
	margin := t.paint("▌", rgb) + " "
	if e.Author.Name != "" {
		t.text(e.Author.Name, margin, width)
	}
	if e.Title != "" {
		title := "**" + e.Title + "**"
		if e.URL != "" {
			title = "**[" + e.Title + "](" + e.URL + ")**"
		}
		t.text(title, margin, width)
	}
	if e.Description != "" {
		t.text(e.Description, margin, width)
	}
	for _, f := range e.Fields {
		t.text("**"+f.Name+"**", margin, width)
		t.text(f.Value, margin, width)
	}
	if e.Image != "" {
		t.line(margin + "▣ " + oneLine(e.Image))
	}
	if e.Footer.Text != "" {
		t.text("-# "+e.Footer.Text, margin, width)
	}
}

func (t *terminal) components(cs []Component, margin string, width int) {
	for i := range cs {
		c := &cs[i]
		switch c.Type {
		case ComponentContainer:
			rgb := colourBar
			if c.AccentColor != nil {
				rgb = *c.AccentColor
			}
			t.components(c.Components, margin+t.paint("▌", rgb)+" ", width)
		case ComponentTextDisplay:
			t.text(c.Content, margin, width)
		case ComponentSection:
			for j := range c.Components {
				t.text(c.Components[j].Content, margin, width)
			}
			if a := c.Accessory; a != nil && a.Type == ComponentButton {
				t.line(margin + t.button(a))
			} else if a != nil {
				t.line(margin + t.paint("▣ "+altText(a.Description), colourDim))
			}
		case ComponentMediaGallery:
			for _, it := range c.Items {
				t.line(margin + t.paint("▣ "+altText(it.Description), colourDim))
			}
		case ComponentFile:
			t.file(c.Name, c.Size, "", margin)
		case ComponentSeparator:
			s := ""
			if c.Divider {
				s = t.paint(strings.Repeat("─", max(width-displayWidth(margin), 1)), colourBar)
			}
			t.line(margin + s)
		case ComponentActionRow:
			t.row(c, margin, width)
		}
	}
}

func altText(s string) string {
	if s == "" {
		return "picture"
	}
	return oneLine(s)
}

// oneLine makes a text fit for the middle of a line.
func oneLine(s string) string { return strings.ReplaceAll(printable(s), "\n", " ") }

// row writes buttons side by side, on more lines if there is no room.
func (t *terminal) row(c *Component, margin string, width int) {
	line, w := "", 0
	room := max(width-displayWidth(margin), 8)
	for i := range c.Components {
		x := t.button(&c.Components[i])
		n := displayWidth(stripLinks(x))
		if w > 0 && w+1+n > room {
			t.line(margin + line)
			line, w = "", 0
		}
		if w > 0 {
			line += " "
			w++
		}
		line += x
		w += n
	}
	t.line(margin + line)
}

// stripLinks takes hyperlink sequences out.
func stripLinks(s string) string {
	for {
		i := strings.Index(s, "\x1b]8;")
		if i < 0 {
			return s
		}
		j := strings.Index(s[i:], "\x1b\\")
		if j < 0 {
			return s
		}
		s = s[:i] + s[i+j+2:]
	}
}

func (t *terminal) button(c *Component) string {
	label := strings.TrimSpace(c.Emoji + " " + c.Label)
	rgb := colourBar
	switch {
	case c.Type != ComponentButton:
		label = c.Placeholder
		if label == "" {
			label = "Make a selection"
		}
		for _, o := range c.Options {
			if o.Default {
				label = o.Label
			}
		}
		label += " ▾"
	case c.Style == ButtonLink:
		label += " ↗"
	case c.Style == ButtonPrimary:
		rgb = colourBrand
	case c.Style == ButtonSuccess:
		rgb = colourSuccess
	case c.Style == ButtonDanger:
		rgb = colourDanger
	}
	label = oneLine(label)
	if !t.colour {
		if c.Disabled {
			return "(" + label + ")"
		}
		return "[" + label + "]"
	}
	fg := "38;2;255;255;255"
	if c.Disabled {
		fg = "38;2;148;155;164"
	}
	out := fmt.Sprintf("\x1b[48;2;%d;%d;%d;%sm %s \x1b[0m", rgb>>16&255, rgb>>8&255, rgb&255, fg, label)
	if c.URL != "" {
		out = "\x1b]8;;" + c.URL + "\x1b\\" + out + "\x1b]8;;\x1b\\"
	}
	return out
}

func (t *terminal) file(name string, size int, description, margin string) {
	s := fmt.Sprintf("▤ %s (%s)", oneLine(name), byteSize(size))
	if description != "" {
		s += " " + oneLine(description)
	}
	t.line(margin + t.paint(s, colourDim))
}

func byteSize(n int) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", n)
}
