package feeds_test

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sitrep/feeds"
	"sitrep/feeds/feedstest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (run with -update to accept):\n%s", name, got)
	}
}

// What an operator reads of good, poor and broken feeds.
func TestExamine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "gazette.example")
		now := time.Now()
		long := feedstest.Entries(1, 20, now.Add(-20*time.Minute))
		for i := range long {
			long[i].Text = "<p>" + strings.Repeat("The council of Norrvik talked about the harbour and what it costs. ", 40) + "</p>"
		}
		poor := feedstest.Entries(1, 4, now.Add(-200*24*time.Hour))
		poor[0].GUID, poor[1].GUID, poor[2].GUID, poor[3].GUID = "", "", "", ""
		poor[1].At, poor[2].Link = time.Time{}, ""
		poor[3].Title = ""
		pages := []struct {
			path string
			page feedstest.Page
		}{
			{"/good", feedstest.Page{Body: feedstest.RSS("Gazette", long...), ETag: `"1"`, Header: map[string]string{"Cache-Control": "max-age=7200"}}},
			{"/poor", feedstest.Page{Body: feedstest.RSS("Old notes", poor...)}},
			{"/empty", feedstest.Page{Body: feedstest.RSS("Empty"), LastModified: "Tue, 03 Mar 2026 08:00:00 GMT"}},
			{"/cut", feedstest.Page{Body: bytes.TrimSuffix(feedstest.RSS("Cut", feedstest.Entries(1, 3, now)...), []byte("</item></channel></rss>"))}},
			{"/page", feedstest.Page{Body: []byte("<html></html>"), ContentType: "text/html"}},
			{"/gone", feedstest.Page{Status: http.StatusGone}},
			{"/moved", feedstest.Page{Status: http.StatusMovedPermanently, Header: map[string]string{"Location": "/good"}}},
		}
		var out bytes.Buffer
		for _, p := range pages {
			b.pub.Set(p.path, p.page)
		}
		for _, u := range []string{"/good", "/poor", "/empty", "/cut", "/page", "/gone", "/moved"} {
			r, err := feeds.Examine(t.Context(), b.client, "http://gazette.example"+u, feeds.Pace{}, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if err := r.WriteText(&out, time.Now()); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&out)
		}
		r, err := feeds.Examine(t.Context(), b.client, "http://10.0.0.1/feed", feeds.Pace{}, time.Now())
		if err != nil || r.OK || r.Kind != feeds.FailRefused {
			t.Errorf("%+v, %v", r, err)
		}
		golden(t, "examine.golden", out.Bytes())
	})
}
