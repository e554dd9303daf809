package ner

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// show writes a document as words with their entities in brackets.
func show(d document) string {
	var b strings.Builder
	for _, s := range d.sents {
		at := 0
		for _, g := range segments(s.gold) {
			for ; at < g.start; at++ {
				b.WriteString(s.words[at] + " ")
			}
			b.WriteString("[" + g.typ.String() + " " + strings.Join(s.words[g.start:g.end], " ") + "] ")
			at = g.end
		}
		b.WriteString(strings.Join(s.words[at:], " ") + "\n")
	}
	return b.String()
}

func TestReadCoNLL(t *testing.T) {
	t.Parallel()
	in := "-DOCSTART- -X- O O\n\nIda NNP x B-PER\nRask NNP x I-PER\nof IN x O\nPellow NNP x I-ORG\nOslo NNP x B-LOC\nOslo NNP x B-LOC\n\n" +
		"-DOCSTART-\tO\n\nNo\tO\n\tO\n.\tO\n"
	docs, err := readCoNLLFile(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	if len(docs) != 2 {
		t.Fatalf("%d documents", len(docs))
	}
	if d := cmp.Diff("[PER Ida Rask] of [ORG Pellow] [LOC Oslo] [LOC Oslo] \nNo .\n", show(docs[0])+show(docs[1])); d != "" {
		t.Error(d)
	}
	if !docs[0].partial {
		t.Error("a corpus without MISC says nothing of other names")
	}
	if m := docs[0].sents[0].masks(true); m[2]&(1<<tagOf(MISC, unit)) == 0 || m[0] != 1<<tagOf(PER, begin) {
		t.Errorf("masks %b", m)
	}
	if _, err := readCoNLLFile(strings.NewReader("word\n")); err == nil {
		t.Error("a line without a tag is read")
	}
}

func TestReadMarked(t *testing.T) {
	t.Parallel()
	in := `# id: x1 | kind: agency | beat: sea | lang: en
TITLE: [LOC Oslo] waits
TEXT:
[PER Ida Rask]'s [LOC Kenya]-led [ORG Pellow & Co.] said no. Nobody asked.

[MISC Norwegian] boats left.
END
# id: x2 | kind: agency | beat: sea | lang: fr
TITLE: Rien
TEXT:
Il a quitté l’[ORG Assemblée].
END
`
	docs, err := readMarked(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	want := "[LOC Oslo] waits\n[PER Ida Rask] 's [LOC Kenya] - led [ORG Pellow & Co.] said no .\nNobody asked .\n[MISC Norwegian] boats left .\n" +
		"Rien\nIl a quitté l’ [ORG Assemblée] .\n"
	if d := cmp.Diff(want, show(docs[0])+show(docs[1])); d != "" {
		t.Error(d)
	}
}

func TestOwnArticlesAreReadWhole(t *testing.T) {
	t.Parallel()
	own, err := readOwn("data/own")
	if err != nil {
		t.Fatal(err)
	}
	docs, entities := 0, 0
	for _, d := range own {
		docs++
		for _, s := range d.sents {
			entities += len(segments(s.gold))
		}
	}
	if docs < 590 || entities < 13000 {
		t.Errorf("%d articles with %d entities", docs, entities)
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	in := "Prime\tB-PER\nMinister\tI-PER\nIda\tI-PER\nRask\tI-PER\nmet\tO\nthem\tB-ORG\nin\tO\nthe\tB-LOC\nNorth\tI-LOC\nof\tO\nthe\tB-LOC\ncity\tI-LOC\n"
	docs, err := readCoNLL(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	clean(docs, false)
	if d := cmp.Diff("Prime Minister [PER Ida Rask] met them in the [LOC North] of the city\n", show(docs[0])); d != "" {
		t.Error(d)
	}
	docs, _ = readCoNLL(strings.NewReader("in\tO\noslo\tB-LOC\nnow\tO\n"))
	clean(docs, true)
	if m := docs[0].sents[0].masks(false); m[1] != anyTag || m[0] == anyTag {
		t.Errorf("a name written small is not left open: %b", m)
	}
}

func TestVariants(t *testing.T) {
	t.Parallel()
	docs, err := readMarked(strings.NewReader("# id: x | lang: en\nTITLE: the [PER Ida Aas-Brekken] plan\nTEXT:\nA well-known [LOC Bay] on the 2-1 day.\nEND\n"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("the [PER Ida Aas - Brekken] plan\nA well - known [LOC Bay] on the 2-1 day .\n", show(splitHyphens(docs[0]))); d != "" {
		t.Error(d)
	}
	seen := map[string]bool{}
	r := rand.New(rand.NewPCG(1, 1))
	for range 40 {
		title, _, _ := strings.Cut(show(shout(docs[0], r)), "\n")
		seen[title] = true
	}
	for _, want := range []string{"the [PER Ida Aas-Brekken] plan", "THE [PER IDA AAS-BREKKEN] PLAN", "The [PER Ida Aas-Brekken] Plan"} {
		if !seen[want] {
			t.Errorf("no variant %q among %v", want, seen)
		}
	}
}

func TestSegmentsRoundTrip(t *testing.T) {
	t.Parallel()
	want := []segment{{0, 1, PER}, {1, 3, PER}, {4, 8, ORG}, {8, 9, LOC}}
	tags := make([]tag, 9)
	for _, s := range want {
		putSegment(tags, s)
	}
	if d := cmp.Diff(want, segments(tags), cmp.AllowUnexported(segment{})); d != "" {
		t.Error(d)
	}
	for i := 1; i < len(tags); i++ {
		if !follows(tags[i-1], tags[i]) {
			t.Errorf("tag %d may not follow %d", tags[i], tags[i-1])
		}
	}
}
