package extractive

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"sitrep/feeds/feedstest/corpus"
	"sitrep/summarize"
	"sitrep/summarize/actors"
	"sitrep/summarize/ner"
)

func records(t testing.TB, path string) []Record {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out []Record
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var r Record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// oracle is a tagger that knows the gold names: what the rules do when tagging
// is no matter. Set ORACLE=1 to measure with it.
type oracle map[string][3][]string // by body: persons, organisations, places

func (o oracle) names(title, body *actors.Passage) (inTitle, inBody []actors.Entity) {
	known := o[body.Text]
	return find(title.Text, known), find(body.Text, known)
}

func find(s string, names [3][]string) []actors.Entity {
	var out []actors.Entity
	taken := make([]bool, len(s)+1)
	type cand struct {
		name string
		kind actors.Kind
	}
	var all []cand
	for k, list := range names {
		for _, n := range list {
			all = append(all, cand{n, []actors.Kind{actors.KindPerson, actors.KindOrg, actors.KindPlace}[k]})
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return len(all[i].name) > len(all[j].name) })
	for _, c := range all {
		for _, m := range regexp.MustCompile(`(?:^|[^\pL\pN])(`+regexp.QuoteMeta(c.name)+`)(?:$|[^\pL\pN])`).FindAllStringSubmatchIndex(s, -1) {
			if taken[m[2]] || taken[m[3]-1] {
				continue
			}
			for i := m[2]; i < m[3]; i++ {
				taken[i] = true
			}
			out = append(out, actors.Entity{Start: m[2], End: m[3], Kind: c.kind})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Start < out[j].Start })
	return out
}

type goldActor struct {
	ID, Name, Type string
	Aliases        []string
	Articles       []string
}

func goldOracle(t testing.TB, recs []Record, path string) oracle {
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var gold struct{ Actors []goldActor }
	if err := json.Unmarshal(raw, &gold); err != nil {
		t.Fatal(err)
	}
	lead := regexp.MustCompile(`^(?:[Tt]he|Dr\.|Mr\.|Ms\.|M\.|Vice Admiral|Vizeadmiral|U\.S\. Gen\.|Gen\.|Governor|President|President-elect|Professor|Senator|Colonel|Dame|General|général|Die|Der|die|La|el|a|la|Les|The opposition|The rebel) `)
	o := oracle{}
	for _, r := range recs {
		var names [3][]string
		for _, a := range gold.Actors {
			in := false
			for _, id := range a.Articles {
				in = in || id == r.ID
			}
			if !in {
				continue
			}
			for _, alias := range append([]string{a.Name}, a.Aliases...) {
				for lead.MatchString(alias) {
					alias = lead.ReplaceAllString(alias, "")
				}
				upper := false
				for _, w := range strings.Fields(alias) {
					upper = upper || strings.ToLower(w[:1]) != w[:1] || w[0] > 0x7f
				}
				if !upper {
					continue
				}
				k := map[string]int{"person": 0, "org": 1, "place": 2}[a.Type]
				names[k] = append(names[k], alias)
			}
		}
		o[bound(r.Text)] = names
	}
	return o
}

func goldenEngine(t testing.TB, recs []Record) *Engine {
	if os.Getenv("ORACLE") != "" {
		return &Engine{namer: goldOracle(t, recs, corpus.Path(t, "golden", "gold.json"))}
	}
	return engine(t)
}

// TestGolden scores the analysis of the golden set by its own scorer, and holds it
// to what the reader is meant to reach. ERRORS=n prints n errors, ORACLE=1 takes
// the gold names, ANALYSIS=file keeps the analysis.
func TestGolden(t *testing.T) {
	recs := records(t, corpus.Path(t, "golden", "articles.jsonl"))
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("the scorer needs python3")
	}
	analysis, briefs, err := Analyse(context.Background(), goldenEngine(t, recs), recs)
	if err != nil {
		t.Fatal(err)
	}
	type withStories struct {
		Analysis
		Stories []map[string]any `json:"stories"`
	}
	out := withStories{Analysis: analysis, Stories: goldStories(t, recs, briefs)}
	path := filepath.Join(t.TempDir(), "analysis.json")
	raw, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	if keep := os.Getenv("ANALYSIS"); keep != "" {
		path = keep
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	n := os.Getenv("ERRORS")
	if n == "" {
		n = "0"
	}
	cmd := exec.Command(python, corpus.Path(t, "golden", "score.py"), "--gold", corpus.Path(t, "golden"), "--out", path, "--errors", n,
		"--max", "unsupported_claims=0", "quote_false=0", "injected_developments=0", "not_actor_hits=0",
		"--min", "actor_f1=0.92", "key_actor_recall=0.9", "role_precision=0.92", "role_recall=0.85", "coref_b3_f1=0.92", "quote_recall=0.92", "quote_speaker_accuracy=0.9", "development_recall=0.85")
	said, err := cmd.CombinedOutput()
	t.Logf("\n%s", said)
	if err != nil {
		t.Error(err)
	}
}

// goldStories groups the briefs by the gold events, so that what the briefs
// offer to a story can be measured apart from clustering.
func goldStories(t testing.TB, recs []Record, briefs []summarize.Brief) []map[string]any {
	raw, err := os.ReadFile(corpus.Path(t, "golden", "gold.json"))
	if err != nil {
		t.Fatal(err)
	}
	var gold struct {
		Events []struct {
			ID       string
			Articles []string
		}
	}
	if err := json.Unmarshal(raw, &gold); err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, r := range recs {
		at[r.ID] = i
	}
	var out []map[string]any
	for _, e := range gold.Events {
		var devs []map[string]any
		for _, id := range e.Articles {
			for _, d := range briefs[at[id]].Developments {
				devs = append(devs, map[string]any{"text": d.Text, "sources": []map[string]any{{"article": id, "evidence": d.Evidence.Text}}})
			}
		}
		out = append(out, map[string]any{"id": e.ID, "articles": e.Articles, "publishers": 1, "developments": devs})
	}
	return out
}

// engine is the engine with the embedded tagger.
func engine(t testing.TB) *Engine {
	t.Helper()
	tagger, err := ner.Load()
	if err != nil {
		t.Fatal(err)
	}
	return New(tagger)
}
