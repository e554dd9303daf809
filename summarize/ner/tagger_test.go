package ner

import (
	"strings"
	"sync"
	"testing"

	"sitrep/summarize/text"

	"github.com/google/go-cmp/cmp"
)

func tagger(t testing.TB) *Tagger {
	t.Helper()
	tg, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return tg
}

type found struct{ Text, Type string }

func find(t testing.TB, in, lang string) []found {
	var out []found
	for _, e := range tagger(t).TagText(in, lang) {
		if e.Type != MISC {
			out = append(out, found{e.Span.Of(in), e.Type.String()})
		}
	}
	return out
}

func TestTagText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, lang, in string
		want           []found
	}{
		{"agency copy", "en", "OSLO, March 3 (Kestrel) — Norwegian Finance Minister Ida Rask met Tom Sayer of Pellow Holdings in Brussels on Monday. Rask’s ministry declined to comment.",
			[]found{{"OSLO", "LOC"}, {"Kestrel", "ORG"}, {"Ida Rask", "PER"}, {"Tom Sayer", "PER"}, {"Pellow Holdings", "ORG"}, {"Brussels", "LOC"}, {"Rask", "PER"}}},
		{"titles stay outside", "en", "Gen. Ada Brook and Senator Luis Orrego spoke in Lima, and Mr. Sayer left.",
			[]found{{"Ada Brook", "PER"}, {"Luis Orrego", "PER"}, {"Lima", "LOC"}, {"Sayer", "PER"}}},
		{"hyphenated", "en", "A Kenya-led force landed in Haiti, said Henrik Aas-Brekken of the United Nations.",
			[]found{{"Kenya", "LOC"}, {"Haiti", "LOC"}, {"Henrik Aas-Brekken", "PER"}, {"United Nations", "ORG"}}},
		{"nothing", "en", "Nobody was hurt, and the rain stopped.", nil},
		{"empty", "en", "", nil},
		{"German", "de", "Die Ministerin Ida Rask sagte am Montag in Berlin, sie warte nicht.",
			[]found{{"Ida Rask", "PER"}, {"Berlin", "LOC"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(tc.want, find(t, tc.in, tc.lang)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTagKeepsSentencesApart(t *testing.T) {
	t.Parallel()
	title, body := "Rask resigns", "Ida Rask resigned in Oslo. She had led the Bank of Norway."
	sents := [][]text.Token{text.Tokens(title), nil}
	for _, sp := range text.Sentences(body, "en") {
		toks := text.Tokens(sp.Of(body))
		for i := range toks {
			toks[i].Span = toks[i].Shift(sp.Start)
		}
		sents = append(sents, toks)
	}
	got := tagger(t).Tag(sents)
	if len(got) != len(sents) || got[1] != nil {
		t.Fatalf("%d lists for %d sentences: %v", len(got), len(sents), got)
	}
	if len(got[0]) != 1 || got[0][0].Span.Of(title) != "Rask" || got[0][0].Type != PER {
		t.Errorf("title: %v", got[0])
	}
	if n := len(got[2]); n != 2 || got[2][0].Span.Of(body) != "Ida Rask" || got[2][1].Span.Of(body) != "Oslo" {
		t.Errorf("first sentence: %v", got[2])
	}
}

func TestTaggerIsSafeTogether(t *testing.T) {
	t.Parallel()
	in := "Ida Rask met Tom Sayer of Pellow Holdings in Brussels."
	want := find(t, in, "en")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if d := cmp.Diff(want, find(t, in, "en")); d != "" {
					t.Error(d)
					return
				}
			}
		})
	}
	wg.Wait()
}

// What isn't linear would run into the test's own limit here.
func TestHostileTextsComeBack(t *testing.T) {
	noise := make([]byte, 1<<18)
	x := uint32(1)
	for i := range noise {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	for name, in := range map[string]string{
		"long article":    strings.Repeat("The council of Harrow Bay said on Monday that Dr. Ida Rask would leave. “It is time,” she said.\n\n", 2600),
		"noise":           string(noise),
		"one sentence":    strings.Repeat("and the mayor Ida Rask spoke ", 7000),
		"one name":        strings.Repeat("Rask ", 40000),
		"capitals":        strings.Repeat("RASK SAYS NO ", 15000),
		"one word":        strings.Repeat("Ab", 1<<17),
		"right to left":   strings.Repeat("قالت الشرطة يوم الاثنين إن الجسر مغلق. ", 3000),
		"hyphens":         strings.Repeat("Ab - ", 40000),
		"joiners":         strings.Repeat("Bank of the ", 20000),
		"no-break spaces": strings.Repeat("Ida\u00a0Rask\u200b", 12000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			end := 0
			for _, e := range tagger(t).TagText(in, "en") {
				if e.Span.Start < end || e.Span.End <= e.Span.Start || e.Span.End > len(in) {
					t.Fatalf("span %v after %d", e.Span, end)
				}
				end = e.Span.End
			}
		})
	}
}

func TestModelFilesThatAreBroken(t *testing.T) {
	t.Parallel()
	raw, err := decompress(modelData)
	if err != nil {
		t.Fatal(err)
	}
	rawLex, err := decompress(lexiconData)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{0, 5, len(modelMagic), len(modelMagic) + 100, len(raw) / 2, len(raw) - 1} {
		if _, err := parseModel(raw[:cut]); err == nil {
			t.Errorf("a model cut at %d of %d is read", cut, len(raw))
		}
	}
	for _, cut := range []int{0, 5, len(rawLex) / 2, len(rawLex) - 1} {
		if _, err := parseLexicon(rawLex[:cut]); err == nil {
			t.Errorf("a lexicon cut at %d of %d is read", cut, len(rawLex))
		}
	}
	if _, err := decodeModel([]byte("no model")); err == nil {
		t.Error("noise is read as a model")
	}
}

func TestEmbeddedFilesAreSmall(t *testing.T) {
	t.Parallel()
	if n := len(modelData) + len(lexiconData); n > 10<<20 {
		t.Errorf("model and lexicon take %d bytes", n)
	}
}

func FuzzTag(f *testing.F) {
	f.Add("OSLO — Ida Rask's U.S.-led Pellow & Co. (PC) said “no”. RASK SAYS\n\nNO", "en")
	f.Add("Al-Harun \xff d’Arve - Ab - c \u0130 ΑΒΓ 市长", "fr")
	f.Fuzz(func(t *testing.T, s, lang string) {
		end := 0
		for _, e := range tagger(t).TagText(s, lang) {
			if e.Span.Start < end || e.Span.End <= e.Span.Start || e.Span.End > len(s) || e.Type < PER || e.Type > MISC {
				t.Fatalf("entity %+v after %d in %q", e, end, s)
			}
			end = e.Span.End
		}
	})
}

// article is news of about 500 words.
var article = strings.Repeat("HARROW BAY (Kestrel) — The council of Harrow Bay said on Monday that Dr. Ida Rask, the head of Pellow Holdings, would leave the company for the Bank of Norway in Oslo. “It is time,” Rask told reporters in Brussels, where she met Tom Sayer, the European Union's envoy. Shares in Pellow fell 3.5 percent.\n\n", 9)

func BenchmarkTag(b *testing.B) {
	tg := tagger(b)
	var sents [][]text.Token
	n := 0
	for _, sp := range text.Sentences(article, "en") {
		toks := text.Tokens(sp.Of(article))
		n += len(toks)
		sents = append(sents, toks)
	}
	b.ReportAllocs()
	for b.Loop() {
		tg.Tag(sents)
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeLexicon(lexiconData); err != nil {
			b.Fatal(err)
		}
		if _, err := decodeModel(modelData); err != nil {
			b.Fatal(err)
		}
	}
}
