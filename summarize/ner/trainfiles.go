package ner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

// TrainOptions says where training finds what it learns from.
type TrainOptions struct {
	// Data is the folder with the open corpora, in its subfolder train; see
	// data/README.md for their names and formats.
	Data string
	// Own is the folder with the project's own annotated articles.
	Own string
	// Out is the file that the model is written to.
	Out string
	// Clusters and Gazetteer are the lists that the lexicon is built from; it is
	// written beside Out. Without them the embedded lexicon is used.
	Clusters, Gazetteer string
}

// corpora are the files under Data/train that are learned from. Those of
// tweets and mails write names small.
var corpora = []struct {
	name  string
	small bool
}{
	{"wikigold.all", false}, {"crossner.all", false}, {"ewt.dev", true}, {"ewt.test", true}, {"re3d.train", false}, {"re3d.test", false},
	{"btc.all", true}, {"wnut.train", true}, {"wnut.dev", true}, {"wnut.test", true},
}

// TrainFiles trains the tagger and writes its model, telling progress on w. The
// same files give the same model, byte for byte, on machines of one
// architecture. It takes some minutes on one core, and 2 GB.
func TrainFiles(ctx context.Context, w io.Writer, opts TrainOptions) error {
	start := time.Now()
	progress := func(format string, args ...any) {
		fmt.Fprintf(w, "%6.0fs  "+format+"\n", append([]any{time.Since(start).Seconds()}, args...)...)
	}
	lex, err := decodeLexicon(lexiconData)
	if opts.Clusters != "" || opts.Gazetteer != "" {
		lex, err = lexiconFiles(opts.Clusters, opts.Gazetteer)
	}
	if err != nil {
		return err
	}
	sources, err := readSources(opts)
	if err != nil {
		return err
	}
	m, err := fit(ctx, lex, sources, standard, progress)
	if err != nil {
		return err
	}
	if opts.Clusters != "" {
		if err := writeFile(filepath.Join(filepath.Dir(opts.Out), "lexicon.bin"), lex.encode()); err != nil {
			return err
		}
	}
	data := m.encode()
	progress("%s: %d bytes", opts.Out, len(data))
	return writeFile(opts.Out, data)
}

func lexiconFiles(clusters, gazetteer string) (*lexicon, error) {
	c, err := os.Open(clusters)
	if err != nil {
		return nil, fmt.Errorf("opening the clusters: %w", err)
	}
	defer func() { _ = c.Close() }()
	g, err := os.Open(gazetteer)
	if err != nil {
		return nil, fmt.Errorf("opening the gazetteer: %w", err)
	}
	defer func() { _ = g.Close() }()
	return buildLexicon(c, g)
}

// readOwn reads the annotated articles of a folder, file by file in the
// order of their names (n2 before n10).
func readOwn(dir string) ([]document, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no annotated articles in %q", dir)
	}
	sort.Slice(files, func(i, j int) bool {
		if len(files[i]) != len(files[j]) {
			return len(files[i]) < len(files[j])
		}
		return files[i] < files[j]
	})
	var all []document
	for _, name := range files {
		docs, err := readFile(name, readMarked)
		if err != nil {
			return nil, err
		}
		all = append(all, docs...)
	}
	return all, nil
}

// readSources reads all corpora. Our own articles count four times: twice as
// they are, once with hyphenated words in parts, once with headlines; the few
// in other languages than English thrice more.
func readSources(opts TrainOptions) ([]source, error) {
	own, err := readOwn(opts.Own)
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(standard.seed, 3))
	var parted, loud, foreign []document
	for _, d := range own {
		if d.lang != "en" {
			foreign = append(foreign, d)
		}
		parted = append(parted, splitHyphens(d))
		loud = append(loud, shout(d, r))
	}
	sources := []source{{own, 2}, {parted, 1}, {loud, 1}, {foreign, 3}}
	for _, c := range corpora {
		docs, err := readFile(filepath.Join(opts.Data, "train", c.name), readCoNLLFile)
		if err != nil {
			return nil, err
		}
		clean(docs, c.small)
		sources = append(sources, source{docs, 1})
	}
	return sources, nil
}

func readFile(name string, read func(io.Reader) ([]document, error)) (docs []document, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("opening a corpus: %w", err)
	}
	defer func() { _ = f.Close() }()
	if docs, err = read(f); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return docs, nil
}

// writeFile replaces a file at once or not at all.
func writeFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+strings.TrimPrefix(filepath.Base(name), ".")+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return os.Rename(f.Name(), name)
}
