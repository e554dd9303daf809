package opml

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	in := []Entry{
		{URL: "https://a.example/feed?x=1&y=2", Title: `A "quoted" & <odd> title`, SiteURL: "https://a.example/"},
		{URL: "https://b.example/feed", Title: "B", Folder: []string{"News", "North"}},
		{URL: "https://c.example/feed", Title: "C", Folder: []string{"News", "South"}},
		{URL: "https://d.example/feed", Title: "https://d.example/feed", Folder: []string{"Tech"}},
	}
	var b bytes.Buffer
	if err := Write(&b, "My <list>", in, time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	got, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range in {
		if in[i].Folder == nil {
			in[i].Folder = got[i].Folder[:0:0]
		}
	}
	if d := cmp.Diff(in, got); d != "" {
		t.Error(d)
	}
}

func TestReadWhatReadersWrite(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		in   string
		want string // URL|title|folder of each
	}{
		"case":         {`<OPML><BODY><OUTLINE TEXT="x" XMLURL="https://a.example/"/></BODY></OPML>`, "https://a.example/|x|"},
		"no type":      {`<opml><body><outline text="t" xmlUrl="https://a.example/f"></outline></body></opml>`, "https://a.example/f|t|"},
		"feed scheme":  {`<opml><body><outline text="t" xmlUrl="feed://a.example/f"/></body></opml>`, "http://a.example/f|t|"},
		"ampersands":   {`<opml><body><outline text="A & B" xmlUrl="https://a.example/?a=1&b=2"/></body></opml>`, "https://a.example/?a=1&b=2|A & B|"},
		"entities":     {`<opml><body><outline text="Caf&eacute;&nbsp;&amp; co" xmlUrl="https://a.example/"/></body></opml>`, "https://a.example/|Café & co|"},
		"twice":        {`<opml><body><outline text="1" xmlUrl="https://a.example/"/><outline text="2" xmlUrl="https://a.example/"/></body></opml>`, "https://a.example/|1|"},
		"bad schemes":  {`<opml><body><outline text="1" xmlUrl="file:///etc/passwd"/><outline text="2" xmlUrl="javascript:x"/><outline text="3" xmlUrl="/relative"/></body></opml>`, ""},
		"cut off":      {`<opml><body><outline text="F"><outline text="1" xmlUrl="https://a.example/"/><outline text="2" xml`, "https://a.example/|1|F"},
		"feed in feed": {`<opml><body><outline text="1" xmlUrl="https://a.example/"><outline text="2" xmlUrl="https://b.example/"/></outline></body></opml>`, "https://a.example/|1|; https://b.example/|2|"},
		"no body":      {`<opml version="1.1"><outline title="only title" xmlUrl="https://a.example/"/></opml>`, "https://a.example/|only title|"},
		"control":      {"<opml><body><outline text=\"a\x01b\" xmlUrl=\"https://a.example/\"/></body></opml>", "https://a.example/|ab|"},
		"latin-1":      {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><opml><body><outline text=\"Caf\xe9\" xmlUrl=\"https://a.example/\"/></body></opml>", "https://a.example/|Café|"},
		"stray ends":   {`<opml><body></outline></outline><outline text="1" xmlUrl="https://a.example/"/></body></opml>`, "https://a.example/|1|"},
	}
	for name, c := range cases {
		got, err := Read(strings.NewReader(c.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var s []string
		for _, e := range got {
			s = append(s, e.URL+"|"+e.Title+"|"+strings.Join(e.Folder, "/"))
		}
		if g := strings.Join(s, "; "); g != c.want {
			t.Errorf("%s: %q, want %q", name, g, c.want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{"empty": "", "text": "hello", "html": "<html><body><p>x</p></body></html>", "feed": `<rss version="2.0"><channel></channel></rss>`, "json": `{"a":1}`} {
		if got, err := Read(strings.NewReader(in)); !errors.Is(err, ErrNotOPML) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := Read(strings.NewReader(strings.Repeat("x", MaxBytes+1))); err == nil {
		t.Error("a file over the limit was read")
	}
}

func TestReadIsBounded(t *testing.T) {
	t.Parallel()
	deep := "<opml><body>" + strings.Repeat(`<outline text="f">`, 300_000)
	if got, err := Read(strings.NewReader(deep)); err != nil || len(got) != 0 {
		t.Errorf("deep: %v, %d", err, len(got))
	}
	var b strings.Builder
	b.WriteString("<opml><body>")
	for i := range MaxEntries + 5 {
		b.WriteString(`<outline text="x" xmlUrl="https://a.example/` + strings.Repeat("a", i%7) + string(rune('a'+i%26)) + strings.Repeat("b", i/26) + `"/>`)
		if b.Len() > MaxBytes-2000 {
			break
		}
	}
	if got, err := Read(strings.NewReader(b.String())); err != nil || len(got) > MaxEntries {
		t.Errorf("many: %v, %d", err, len(got))
	}
	bomb := `<!DOCTYPE o [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><opml><body><outline text="&b;" xmlUrl="https://a.example/"/></body></opml>`
	if got, err := Read(strings.NewReader(bomb)); err != nil || len(got) != 1 || len(got[0].Title) > 20 {
		t.Errorf("entities: %v, %v", err, got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`<opml><body><outline text="F"><outline text="1" xmlUrl="https://a.example/"/></outline></body></opml>`))
	f.Add([]byte("\xff\xfe<\x00o\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := Write(&b, "x", entries, time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		again, err := Read(&b)
		if err != nil || len(again) != len(entries) {
			t.Fatalf("%d entries, read again %d: %v", len(entries), len(again), err)
		}
		for i := range again {
			if again[i].URL != entries[i].URL {
				t.Errorf("%q became %q", entries[i].URL, again[i].URL)
			}
		}
	})
}
