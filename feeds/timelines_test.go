package feeds_test

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"sitrep/feeds"
	"sitrep/feeds/feedstest"
	"sitrep/feeds/feedstest/corpus"
)

type snapshot struct {
	at   time.Time
	body []byte
}

func timeline(t *testing.T, path string) []snapshot {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []snapshot
	r := tar.NewReader(z)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse("20060102T150405Z", strings.TrimSuffix(filepath.Base(h.Name), filepath.Ext(h.Name)))
		if err != nil {
			continue
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, snapshot{at, body})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].at.Before(out[j].at) })
	return out
}

// Months of real polling: no item may be stored twice, none missed, whatever is
// retitled, re-dated, gone and back, or broken in between.
func TestTimelines(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	files, _ := filepath.Glob(filepath.Join(corpus.Path(t, "data/feeds/timelines"), "*.tar.gz"))
	for _, path := range files {
		store := feedstest.NewStore("https://feeds.example/feed")
		ctx := context.Background()
		id := int64(1)
		var broken, edited int
		seen := map[string]bool{} // GUID, else link, of every item ever shown
		for _, s := range timeline(t, path) {
			f := store.Feed(id)
			doc, err := feeds.Parse(s.body, "", f.URL, s.at)
			if err != nil {
				broken++
				continue
			}
			known, _ := store.KnownArticles(ctx, id, 1500)
			articles, mem := feeds.Identify(f, doc.Items, known, s.at)
			f.Memory, f.LastCheckedAt = mem, s.at
			saved, err := store.SaveChanged(ctx, feeds.Check{Feed: f, At: s.at}, articles)
			if err != nil {
				t.Fatal(err)
			}
			edited += saved.Edited
			for _, it := range doc.Items {
				key := it.GUID
				if key == "" {
					key = it.URL
				}
				seen[key] = true
			}
		}
		stored := store.Articles(id)
		guids, links := map[string]int{}, map[string]int{}
		for _, a := range stored {
			if a.GUID != "" {
				guids[a.GUID]++
			}
			if a.URL != "" {
				links[a.URL]++
			}
		}
		twice := 0
		for _, m := range []map[string]int{guids, links} {
			for k, n := range m {
				if n > 1 {
					twice++
					t.Errorf("%s: stored %d times: %.200q", filepath.Base(path), n, k)
				}
			}
		}
		missed := 0
		for k := range seen {
			if guids[k] == 0 && links[k] == 0 {
				missed++
				t.Errorf("%s: missed %.200q", filepath.Base(path), k)
			}
		}
		t.Logf("%s: %d items ever shown, %d stored, %d edits, %d broken answers, %d stored twice, %d missed", filepath.Base(path), len(seen), len(stored), edited, broken, twice, missed)
		if mem := store.Feed(id).Memory; mem.ChurnGUID || mem.ChurnLink {
			t.Errorf("%s: taken for a churning feed: %+v", filepath.Base(path), mem)
		}
	}
}
