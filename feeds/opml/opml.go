// Package opml reads and writes lists of feeds as OPML, the format in which feed
// readers exchange them. Read is lenient and bounded: the files come from users.
package opml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// An Entry is one feed of a list.
type Entry struct {
	URL     string   // http or https
	Title   string   // as the list names it, "" when it does not
	SiteURL string   // "" when unknown
	Folder  []string // from the outermost in; empty at the top
}

// Limits of what is read.
const (
	MaxBytes   = 10 << 20
	MaxEntries = 10_000
	maxDepth   = 16
	maxText    = 400 // bytes of a title or folder name
)

// ErrNotOPML is returned for input in which there is no list.
var ErrNotOPML = errors.New("opml: not an OPML file")

// Read returns the feeds of a list, each address once, in the order of the file.
// A file that breaks off or is malformed yields what stands before the fault; if
// that is nothing, an error.
func Read(r io.Reader) ([]Entry, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("opml: %w", err)
	}
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("opml: larger than %d MB", MaxBytes>>20)
	}
	data = bytes.TrimPrefix(bytes.TrimSpace(data), []byte("\ufeff"))
	data = slices.DeleteFunc(data, func(c byte) bool { // they stop the XML decoder, and mean nothing
		return c < ' ' && c != '\n' && c != '\t' && c != '\r'
	})
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = charset.NewReaderLabel

	var out []Entry
	var folder []string
	var opened []bool // for each open outline: does it stand in folder?
	seen := map[string]bool{}
	found := false
	for {
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if len(out) > 0 {
				break
			}
			return nil, fmt.Errorf("%w: %w", ErrNotOPML, err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			switch strings.ToLower(t.Name.Local) {
			case "opml":
				found = true
			case "outline":
				found = true
				e, name := entry(t)
				if len(opened) > 10_000 {
					return out, nil
				}
				isFolder := e.URL == "" && name != "" && len(folder) < maxDepth
				if isFolder {
					folder = append(folder, name)
				}
				opened = append(opened, isFolder)
				if e.URL == "" || seen[e.URL] {
					continue
				}
				seen[e.URL] = true
				e.Folder = slices.Clone(folder)
				if out = append(out, e); len(out) == MaxEntries {
					return out, nil
				}
			}
		case xml.EndElement:
			if strings.EqualFold(t.Name.Local, "outline") && len(opened) > 0 {
				if opened[len(opened)-1] {
					folder = folder[:len(folder)-1]
				}
				opened = opened[:len(opened)-1]
			}
		}
	}
	if !found {
		return nil, ErrNotOPML
	}
	return out, nil
}

func entry(t xml.StartElement) (e Entry, name string) {
	var title, text string
	for _, a := range t.Attr {
		switch strings.ToLower(a.Name.Local) {
		case "xmlurl":
			e.URL = address(a.Value)
		case "htmlurl":
			e.SiteURL = address(a.Value)
		case "title":
			title = plain(a.Value)
		case "text":
			text = plain(a.Value)
		}
	}
	if e.Title = title; e.Title == "" {
		e.Title = text
	}
	if text == "" {
		text = title
	}
	return e, text
}

func address(s string) string {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "feed://"); ok {
		s = "http://" + rest
	} else if rest, ok := strings.CutPrefix(s, "feed:"); ok {
		s = rest
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(s) > 2048 {
		return ""
	}
	return u.String()
}

// plain makes one line of valid text.
func plain(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if len(s) > maxText {
		n := maxText
		for !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return s
}

// Write writes entries as OPML 2.0. Entries with the same folder should stand
// together; at is the date of the file.
func Write(w io.Writer, title string, entries []Entry, at time.Time) error {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	b.WriteString("<opml version=\"2.0\">\n<head><title>")
	escape(&b, title)
	fmt.Fprintf(&b, "</title><dateCreated>%s</dateCreated></head>\n<body>\n", at.UTC().Format(time.RFC1123Z))
	var open []string
	closeTo := func(n int) {
		for len(open) > n {
			open = open[:len(open)-1]
			b.WriteString(strings.Repeat("  ", len(open)+1) + "</outline>\n")
		}
	}
	for _, e := range entries {
		same := 0
		for same < len(open) && same < len(e.Folder) && open[same] == e.Folder[same] {
			same++
		}
		closeTo(same)
		for _, f := range e.Folder[same:] {
			b.WriteString(strings.Repeat("  ", len(open)+1) + "<outline")
			attribute(&b, "text", f)
			b.WriteString(">\n")
			open = append(open, f)
		}
		b.WriteString(strings.Repeat("  ", len(open)+1) + `<outline type="rss"`)
		name := e.Title
		if name == "" {
			name = e.URL
		}
		attribute(&b, "text", name)
		attribute(&b, "title", name)
		attribute(&b, "xmlUrl", e.URL)
		if e.SiteURL != "" {
			attribute(&b, "htmlUrl", e.SiteURL)
		}
		b.WriteString("/>\n")
	}
	closeTo(0)
	b.WriteString("</body>\n</opml>\n")
	_, err := w.Write(b.Bytes())
	return err
}

func attribute(b *bytes.Buffer, name, value string) {
	b.WriteString(" " + name + `="`)
	escape(b, value)
	b.WriteByte('"')
}

// escape cannot fail on a buffer.
func escape(b *bytes.Buffer, s string) { _ = xml.EscapeText(b, []byte(strings.ToValidUTF8(s, ""))) }
