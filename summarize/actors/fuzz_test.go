package actors

import (
	"strings"
	"testing"

	"sitrep/summarize"
	"sitrep/summarize/text"
)

func FuzzQuotations(f *testing.F) {
	for _, s := range []string{`"a" 'b' “c” „d“ «e» ‘f’`, `‘It’s the players’ bus,’ he said.`, "“open\n\n“next”", `"a "b" c"`, "»x« \xff\"", `'tis`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := Read(summarize.PartText, s, "en")
		last := 0
		for _, q := range p.Marks {
			if q.Open < last || q.Start < q.Open || q.End > q.Close || q.Start >= q.End || q.Close > len(s) {
				t.Fatalf("%q: %+v after %d", s, q, last)
			}
			if strings.Contains(s[q.Open:q.Close], "\n\n") {
				t.Fatalf("%q: %+v crosses paragraphs", s, q)
			}
			last = q.Close
		}
	})
}

func FuzzReading(f *testing.F) {
	for _, s := range []string{
		`Defence Minister Ann Roe, 34, the head of X and who chairs it, said: "No," he said, "never".`,
		"Its chair, Professor Oda L. of the Y Party, was named as acting governor of Z.",
		"La alcaldesa de V, B N, dijo «no», afirmó ella.", "Der Chef des Z, H A, sagte: „Nein“, sagte er.", "L'ancien maire de Lyre, É D, a nié « non », a-t-il dit.",
		"A and B, C, D and E (F), G's H", ", who as the of", "\xff\xfe the admiral said", "名前 said “x” он сказал",
	} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, title, body string) {
		lang := text.Language(body)
		b, h := Read(summarize.PartText, body, lang), Read(summarize.PartTitle, title, lang)
		b.Mark(Guess(b))
		h.Mark(Guess(h))
		Correct(b, h, title)
		r := Of(b, h)
		part := map[summarize.Part]string{summarize.PartText: body, summarize.PartTitle: title}
		for _, a := range r.Actors {
			for _, m := range a.Mentions {
				if part[m.Part][m.Start:m.End] != m.Text {
					t.Fatalf("mention %+v is not at its place", m)
				}
			}
			for _, role := range a.Roles {
				if e := role.Evidence; part[e.Part][e.Start:e.End] != e.Text {
					t.Fatalf("evidence %+v is not at its place", e)
				}
			}
		}
		for _, q := range r.Quotes {
			if body[q.Evidence.Start:q.Evidence.End] != q.Text || q.Speaker >= len(r.Actors) {
				t.Fatalf("quote %+v", q)
			}
		}
	})
}
