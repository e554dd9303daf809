package extractive

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"sitrep/feeds"
)

// Marked is an article of our own whose developments an editor marked; see
// data/README.md for the format.
type Marked struct {
	ID, Event  string // articles of one event tell of one thing
	Title      string
	Text       string
	Lang       string
	Publisher  string
	At         time.Time
	Statements []Statement
}

// A Statement is where a marked article states a development.
type Statement struct {
	Start, End int  // bytes of the text
	Fact       byte // the same letter in every article of the event that states it; 0: not told
	Importance int  // 3: an account without it is wrong; 2: belongs in it; 1: may be told
}

// Article returns the marked article as the engine reads it.
func (m *Marked) Article(id int64) *feeds.Article {
	return &feeds.Article{ID: id, Title: m.Title, Text: m.Text, Lang: m.Lang, Publisher: m.Publisher, PublishedAt: m.At, TextSource: feeds.TextFromPage}
}

var (
	nameMark = regexp.MustCompile(`\[(?:PER|ORG|LOC|MISC) ([^\[\]]+)\]`)
	factMark = regexp.MustCompile(`\{([A-Z])([123])\|([^{}]+)\}`)
)

// field returns the value of "name: value" in a head line of parts with bars.
func field(head, name string) string {
	for _, part := range strings.Split(head, "|") {
		if k, v, ok := strings.Cut(part, ":"); ok && strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(k), "# ")) == name {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// block cuts "TITLE: …\nTEXT:\n…\nEND" in two.
func block(s string) (title, body string, ok bool) {
	_, s, ok = strings.Cut(s, "TITLE: ")
	if !ok {
		return "", "", false
	}
	title, body, ok = strings.Cut(s, "\nTEXT:\n")
	body, _, _ = strings.Cut("\n"+body, "\nEND")
	return strings.TrimSpace(title), strings.TrimPrefix(body, "\n"), ok
}

// ReadMarks reads the annotated articles of a folder (n*.txt) and the marks of
// their sentences: lines of article, mark, beginning of the sentence.
func ReadMarks(dir, marks string) ([]Marked, error) {
	f, err := os.Open(marks)
	if err != nil {
		return nil, fmt.Errorf("opening the marks: %w", err)
	}
	defer func() { _ = f.Close() }()
	type mark struct {
		begins     string
		importance int
	}
	by := map[string][]mark{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		c := strings.Split(lines.Text(), "\t")
		if len(c) != 3 || len(c[1]) == 0 || c[1][0] < '1' || c[1][0] > '3' {
			return nil, fmt.Errorf("%s: no mark: %q", marks, lines.Text())
		}
		by[c[0]] = append(by[c[0]], mark{c[2], int(c[1][0] - '0')})
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "n*.txt"))
	if err != nil {
		return nil, err
	}
	var out []Marked
	for _, name := range files {
		all, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for _, part := range strings.Split("\n"+string(all), "\n# id: ")[1:] {
			head, _, _ := strings.Cut(part, "\n")
			id, _, _ := strings.Cut(head, " ")
			title, body, ok := block(part)
			if !ok || len(by[id]) == 0 {
				continue
			}
			m := Marked{ID: id, Event: id, Lang: field(head, "lang"), Title: nameMark.ReplaceAllString(title, "$1"), Text: nameMark.ReplaceAllString(body, "$1")}
			for _, k := range by[id] {
				at := strings.Index(m.Text, k.begins)
				if at < 0 {
					return nil, fmt.Errorf("%s: %s has no sentence that begins %q", marks, id, k.begins)
				}
				m.Statements = append(m.Statements, Statement{Start: at, End: at + len(k.begins), Importance: k.importance})
			}
			out = append(out, m)
		}
	}
	return out, nil
}

// ReadEvents reads events of several articles, whose facts are marked in
// place: {A3|the statement}, a letter for the fact and its importance.
func ReadEvents(r io.Reader) ([]Marked, error) {
	all, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	begun := time.Date(2026, 2, 11, 6, 0, 0, 0, time.UTC)
	var out []Marked
	for _, event := range strings.Split("\n"+string(all), "\n# event: ")[1:] {
		name, _, _ := strings.Cut(event, " ")
		for n, part := range strings.Split(event, "\n# article: ")[1:] {
			head, _, _ := strings.Cut(part, "\n")
			m := Marked{ID: fmt.Sprintf("%s %d", name, n+1), Event: name, Lang: field(head, "lang"), At: begun}
			m.Publisher, _, _ = strings.Cut(head, " |")
			var hours int
			if _, err := fmt.Sscan(field(head, "hours"), &hours); err != nil {
				return nil, fmt.Errorf("%s: its hours: %w", m.ID, err)
			}
			m.At = m.At.Add(time.Duration(hours) * time.Hour)
			title, body, ok := block(part)
			if !ok {
				return nil, fmt.Errorf("%s has no title or no text", m.ID)
			}
			m.Title = factMark.ReplaceAllString(title, "$3")
			var b strings.Builder
			at := 0
			for _, k := range factMark.FindAllStringSubmatchIndex(body, -1) {
				b.WriteString(body[at:k[0]])
				s := Statement{Start: b.Len(), Fact: body[k[2]], Importance: int(body[k[4]] - '0')}
				b.WriteString(body[k[6]:k[7]])
				s.End = b.Len()
				m.Statements = append(m.Statements, s)
				at = k[1]
			}
			b.WriteString(body[at:])
			m.Text = b.String()
			out = append(out, m)
		}
	}
	return out, nil
}
