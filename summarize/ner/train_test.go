package ner

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sitrep/summarize/text"
)

// smallData lays out corpora of a few sentences as TrainFiles wants them.
func smallData(t *testing.T) TrainOptions {
	t.Helper()
	dir := t.TempDir()
	opts := TrainOptions{Data: dir, Own: filepath.Join(dir, "own"), Out: filepath.Join(dir, "model.bin")}
	for _, d := range []string{"own", "train"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var own strings.Builder
	for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
		own.WriteString("# id: " + id + " | kind: agency | beat: sea | lang: en\nTITLE: [LOC Quorvia] waits for [PER Ida Rask]\nTEXT:\n" +
			"Captain [PER Tom Sayer] of [ORG Pellow Lines] left [LOC Quorvia] on Monday.\n\n[PER Rask] said the [ORG Pellow Lines] ship was late.\nEND\n")
	}
	files := map[string]string{"own/n1.txt": own.String()}
	for _, c := range corpora {
		files["train/"+c.name] = "-DOCSTART-\tO\n\nIda\tB-PER\nRask\tI-PER\nsaw\tO\nQuorvia\tB-LOC\n.\tO\n\n-DOCSTART-\tO\n\nPellow\tB-ORG\nLines\tI-ORG\nsank\tO\n.\tO\n"
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return opts
}

func TestTrainingIsReproducible(t *testing.T) {
	t.Parallel()
	opts := smallData(t)
	var log bytes.Buffer
	if err := TrainFiles(t.Context(), &log, opts); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "epoch") {
		t.Errorf("progress: %s", log.String())
	}
	once, err := os.ReadFile(opts.Out)
	if err != nil {
		t.Fatal(err)
	}
	if err := TrainFiles(t.Context(), io.Discard, opts); err != nil {
		t.Fatal(err)
	}
	twice, err := os.ReadFile(opts.Out)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(once, twice) {
		t.Error("the same files gave two models")
	}

	m, err := decodeModel(once)
	if err != nil {
		t.Fatal(err)
	}
	if again := m.encode(); !bytes.Equal(again, once) {
		t.Error("a model read and written again differs")
	}
	lex, err := decodeLexicon(lexiconData)
	if err != nil {
		t.Fatal(err)
	}
	in := "Tom Sayer of Pellow Lines left Quorvia."
	got := newTagger(lex, m).Tag([][]text.Token{text.Tokens(in)})
	var names []string
	for _, e := range got[0] {
		names = append(names, e.Type.String()+" "+e.Span.Of(in))
	}
	if s := strings.Join(names, ", "); s != "PER Tom Sayer, ORG Pellow Lines, LOC Quorvia" {
		t.Errorf("learned: %s", s)
	}
}

func TestTrainingStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	opts := smallData(t)
	if err := TrainFiles(ctx, io.Discard, opts); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(opts.Out); err == nil {
		t.Error("a model is left behind")
	}
	opts.Own = t.TempDir()
	if err := TrainFiles(t.Context(), io.Discard, opts); err == nil {
		t.Error("no articles are enough")
	}
}

func TestLexiconRoundTrip(t *testing.T) {
	t.Parallel()
	l, err := buildLexicon(strings.NewReader("the\t1\t2\t3\nharrow\t4\t5\t6\n"), strings.NewReader("CITY\tharrow bay\nLAST\trask\nFIRST\trask\n"))
	if err != nil {
		t.Fatal(err)
	}
	l, err = decodeLexicon(l.encode())
	if err != nil {
		t.Fatal(err)
	}
	if e := l.word(lowerHash("Harrow")); e.c != [3]uint16{5, 6, 7} || e.phrase != 2 {
		t.Errorf("harrow: %+v", e)
	}
	if e := l.word(lowerHash("RASK")); e.gaz != 1<<5|1<<6 {
		t.Errorf("rask: %+v", e)
	}
	if g := l.phrase(join(phraseTemplate, join(phraseTemplate, 0, lowerHash("harrow")), lowerHash("bay"))); g != 1<<3 {
		t.Errorf("harrow bay: %b", g)
	}
	if e := l.word(lowerHash("unheard")); e != (lexEntry{}) {
		t.Errorf("unheard: %+v", e)
	}
	for _, bad := range []string{"the\t1\t2\n", "the\tx\t2\t3\n"} {
		if _, err := buildLexicon(strings.NewReader(bad), strings.NewReader("")); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
	if _, err := buildLexicon(strings.NewReader(""), strings.NewReader("RIVER\tnile\n")); err == nil {
		t.Error("an unknown list is read")
	}
}
