package extractive

import (
	"bufio"
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"sitrep/feeds/feedstest/corpus"
	"sitrep/summarize"
	"sitrep/summarize/actors"
	"sitrep/summarize/text"
)

// ownArticle is an annotated article of the training data with gold roles,
// quotations and name chains.
type ownArticle struct {
	ID, Title, Body string
	InTitle, InBody []actors.Entity
	Roles           []struct{ Name, Role, Evidence string }
	Quotes          []struct {
		Text    string
		Speaker *string
	}
	Coref [][]string
}

var bracket = regexp.MustCompile(`\[(PER|ORG|LOC|MISC) ([^\]]+)\]`)

func unmark(s string) (string, []actors.Entity) {
	var b strings.Builder
	var out []actors.Entity
	last := 0
	for _, m := range bracket.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(s[last:m[0]])
		kind := map[string]actors.Kind{"PER": actors.KindPerson, "ORG": actors.KindOrg, "LOC": actors.KindPlace, "MISC": actors.KindMisc}[s[m[2]:m[3]]]
		out = append(out, actors.Entity{Start: b.Len(), End: b.Len() + m[5] - m[4], Kind: kind})
		b.WriteString(s[m[4]:m[5]])
		last = m[1]
	}
	b.WriteString(s[last:])
	return b.String(), out
}

func ownArticles(t testing.TB) []ownArticle {
	raw, err := os.ReadFile(corpus.Path(t, "data", "ner", "own", "n11.txt"))
	if err != nil {
		t.Fatal(err)
	}
	gold := map[string]*ownArticle{}
	file, err := os.Open(corpus.Path(t, "data", "ner", "own", "n11.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		a := new(ownArticle)
		if err := json.Unmarshal(lines.Bytes(), a); err != nil {
			t.Fatal(err)
		}
		gold[a.ID] = a
	}
	var out []ownArticle
	for _, block := range strings.Split(string(raw), "\nEND") {
		block = strings.TrimSpace(block)
		if block == "" {
			continue
		}
		head, rest, _ := strings.Cut(block, "\nTITLE:")
		id := strings.TrimPrefix(strings.SplitN(strings.SplitN(head, "|", 2)[0], ":", 2)[1], " ")
		title, body, _ := strings.Cut(rest, "\nTEXT:\n")
		a := gold[strings.TrimSpace(id)]
		if a == nil {
			t.Fatalf("no gold for %q", id)
		}
		a.Title, a.InTitle = unmark(strings.TrimSpace(title))
		a.Body, a.InBody = unmark(strings.TrimSpace(body))
		out = append(out, *a)
	}
	return out
}

type fixed struct{ a ownArticle }

func (f fixed) names(title, body *actors.Passage) (inTitle, inBody []actors.Entity) {
	return f.a.InTitle, f.a.InBody
}

func overlap(body, x, y string) bool {
	i, j := strings.Index(body, x), strings.Index(body, y)
	if i < 0 || j < 0 || x == "" || y == "" {
		return false
	}
	for i >= 0 {
		for k := j; k >= 0; {
			common := min(i+len(x), k+len(y)) - max(i, k)
			if common*2 >= min(len(x), len(y)) {
				return true
			}
			n := strings.Index(body[k+1:], y)
			if n < 0 {
				break
			}
			k += 1 + n
		}
		n := strings.Index(body[i+1:], x)
		if n < 0 {
			break
		}
		i += 1 + n
	}
	return false
}

func tokenF1(x, y string) float64 {
	count := map[string]int{}
	xs, ys := strings.Fields(text.Fold(x)), strings.Fields(text.Fold(y))
	for _, w := range xs {
		count[w]++
	}
	common := 0
	for _, w := range ys {
		if count[w] > 0 {
			count[w]--
			common++
		}
	}
	if common == 0 {
		return 0
	}
	return 2 * float64(common) / float64(len(xs)+len(ys))
}

// TestOwn measures roles, quotations and name chains on the annotated articles,
// with their gold names: the rules alone. ERRORS=n prints n errors of a kind;
// TAGGED=1 uses the tagger's names instead.
func TestOwn(t *testing.T) {
	arts := ownArticles(t)
	limit, _ := strconv.Atoi(os.Getenv("ERRORS"))
	shown := map[string]int{}
	fail := func(kind, id, what string) {
		if shown[kind]++; shown[kind] <= limit {
			t.Logf("%s %s: %s", id, kind, what)
		}
	}
	var given, right, wanted, found, quotes, quoted, spoken, spokenRight, invented int
	var pSum, rSum, items float64
	for _, art := range arts {
		eng := &Engine{namer: fixed{art}}
		if os.Getenv("TAGGED") != "" {
			eng = engine(t)
		}
		r := eng.Reading(art.Title, art.Body, "en", "")
		same := func(name string, act summarize.Actor) bool {
			forms := map[string]bool{}
			for _, f := range act.Forms() {
				forms[text.Fold(f)] = true
			}
			if forms[text.Fold(name)] {
				return true
			}
			for _, group := range art.Coref {
				in := false
				for _, g := range group {
					in = in || g == name
				}
				if in {
					for _, g := range group {
						if forms[text.Fold(g)] {
							return true
						}
					}
				}
			}
			return false
		}
		hit := map[int]bool{}
		for _, act := range r.Actors {
			for _, role := range act.Roles {
				given++
				ok := false
				for i, g := range art.Roles {
					if same(g.Name, act) && (overlap(art.Body, role.Evidence.Text, g.Evidence) || tokenF1(role.Text, g.Role) >= 0.6) {
						ok = true
						hit[i] = true
					}
				}
				if ok {
					right++
				} else {
					fail("wrong role", art.ID, act.Name+": "+role.Text+" <- "+role.Evidence.Text)
				}
			}
		}
		for i, g := range art.Roles {
			wanted++
			if hit[i] {
				found++
			} else {
				fail("missed role", art.ID, g.Name+": "+g.Role+" <- "+g.Evidence)
			}
		}
		norm := func(s string) string { return strings.TrimRight(strings.Trim(text.Fold(s), "\"' "), ",.;:!?\"' ") }
		for _, g := range art.Quotes {
			quotes++
			ok := false
			for _, q := range r.Quotes {
				if norm(q.Text) != norm(g.Text) {
					continue
				}
				ok = true
				quoted++
				if g.Speaker == nil {
					if q.Speaker >= 0 {
						invented++
						fail("speaker invented", art.ID, g.Text+" <- "+r.Actors[q.Speaker].Name)
					}
					break
				}
				spoken++
				if q.Speaker >= 0 && same(*g.Speaker, r.Actors[q.Speaker]) {
					spokenRight++
				} else {
					who := "nobody"
					if q.Speaker >= 0 {
						who = r.Actors[q.Speaker].Name
					}
					fail("wrong speaker", art.ID, g.Text+" <- "+who+", not "+*g.Speaker)
				}
				break
			}
			if !ok {
				fail("missed quote", art.ID, g.Text)
			}
		}
		// B-cubed over names.
		group := map[string]int{}
		for i, g := range art.Coref {
			for _, n := range g {
				group[text.Fold(n)] = i
			}
		}
		for n, i := range group {
			items++
			for _, act := range r.Actors {
				in := map[string]bool{}
				has := false
				for _, f := range act.Forms() {
					f = text.Fold(f)
					if _, ok := group[f]; ok {
						in[f] = true
					}
					has = has || f == n
				}
				if !has {
					continue
				}
				common := 0
				for f := range in {
					if group[f] == i {
						common++
					}
				}
				size := 0
				for _, j := range group {
					if j == i {
						size++
					}
				}
				pSum += float64(common) / float64(len(in))
				rSum += float64(common) / float64(size)
				if common < size || common < len(in) {
					fail("chain", art.ID, n+" in "+strings.Join(act.Forms(), " / "))
				}
				break
			}
		}
	}
	p, r := pSum/items, rSum/items
	t.Logf("role precision %.4f recall %.4f (%d of %d)  quote recall %.4f speaker %.4f invented %d  chains B3 P %.4f R %.4f F1 %.4f",
		float64(right)/float64(given), float64(found)/float64(wanted), found, wanted, float64(quoted)/float64(quotes), float64(spokenRight)/float64(spoken), invented, p, r, 2*p*r/(p+r))
	if float64(right) < 0.94*float64(given) || float64(found) < 0.88*float64(wanted) || float64(quoted) < 0.97*float64(quotes) || float64(spokenRight) < 0.92*float64(spoken) || 2*p*r/(p+r) < 0.98 {
		t.Error("the rules have become worse")
	}
}
