package feeds

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"sitrep/feeds/feedstest/corpus"
)

// The dates of feedparser's own tests; at least 95% must come out alike.
func TestParseDateCorpus(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(corpus.Path(t, "data/feeds/feedparser_dates.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases [][]any
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	passed := 0
	for _, c := range cases {
		in := c[1].(string)
		got, ok := ParseDate(in)
		want, wanted := c[2].([]any)
		if !wanted {
			if !ok {
				passed++
			} else {
				t.Logf("%s %q: got %v, want none", c[0], in, got)
			}
			continue
		}
		n := func(i int) int { return int(want[i].(float64)) }
		w := time.Date(n(0), time.Month(n(1)), n(2), n(3), n(4), n(5), 0, time.UTC)
		if ok && got.Truncate(time.Second).Equal(w) {
			passed++
		} else {
			t.Logf("%s %q: got %v %v, want %v", c[0], in, got, ok, w)
		}
	}
	t.Logf("dates: %d of %d", passed, len(cases))
	if passed*100 < 95*len(cases) {
		t.Errorf("%d of %d dates read as expected, want 95%%", passed, len(cases))
	}
}
