package llm

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// stand is a line that stands on sentences, or on itself.
func stand(text string, evidence ...string) Line {
	if len(evidence) == 0 {
		evidence = []string{text}
	}
	return Line{Text: text, Lang: "en", Evidence: evidence}
}

func told(l Line) Line { l.Told = true; return l }

func spanish(text string) Line { return Line{Text: text, Lang: "es", Evidence: []string{text}} }

// A model that lies about what is the same: each line stays in one group, no
// line takes another's place that says something else.
func TestMerge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines   []Line
		answer  string
		want    []Group
		dropped int
	}{
		"the same in other words": {
			[]Line{stand("The fire in the Hafen district killed 12 people.", "The fire in the Hafen district on Monday killed 12 people, police said."), stand("Twelve ships left."),
				stand("In the Hafen district 12 people died in a fire.", "In the Hafen district 12 people died in a fire that killed people on two floors.")},
			`{"groups":[{"best":0,"same":[0,2]},{"best":1,"same":[1]}]}`, []Group{{0, []int{0, 2}}, {1, []int{1}}}, 0},
		"other figures": {
			[]Line{stand("12 people were killed by the fire."), stand("The fire killed 12 people."), stand("The fire killed 17 people."), stand("Police opened an inquiry.")},
			`{"groups":[{"best":1,"same":[0,1,2,9,-3]},{"best":7,"same":[3]}]}`, []Group{{1, []int{0, 1}}, {2, []int{2}}, {3, []int{3}}}, 2},
		"a denial": {
			[]Line{stand("The port director signed the report."), stand("The port director did not sign the report.")},
			`{"groups":[{"best":0,"same":[0,1]}]}`, []Group{{0, []int{0}}, {1, []int{1}}}, 1},
		"a doubt": {
			[]Line{stand("The harbour of Vellmar will close for a month."), stand("The harbour of Vellmar may close for a month.")},
			`{"groups":[{"best":0,"same":[0,1]}]}`, []Group{{0, []int{0}}, {1, []int{1}}}, 1},
		"another name": {
			[]Line{stand("Aurel Montbrun was re-elected as head of the port."), stand("Ottoline Krey was re-elected as head of the port.")},
			`{"groups":[{"best":1,"same":[0,1]}]}`, []Group{{1, []int{1}}, {0, []int{0}}}, 1},
		"another day": {
			[]Line{stand("The strike of the dockers begins on Monday."), stand("The strike of the dockers begins on Friday.")},
			`{"groups":[{"best":0,"same":[0,1]}]}`, []Group{{0, []int{0}}, {1, []int{1}}}, 1},
		"the contrary": {
			[]Line{stand("The strike of the dockers began on Monday."), stand("The strike of the dockers ended on Monday."), stand("Prices of grain rose in May."), stand("Prices of grain fell in May.")},
			`{"groups":[{"best":0,"same":[0,1]},{"best":2,"same":[2,3]}]}`, []Group{{0, []int{0}}, {2, []int{2}}, {1, []int{1}}, {3, []int{3}}}, 2},
		"nothing in common": {
			[]Line{stand("The harbour wall is cracked."), stand("The mayor opened a school."), stand("Nine ships were sent away.")},
			`{"groups":[{"best":0,"same":[0,1,2]}]}`, []Group{{0, []int{0}}, {1, []int{1}}, {2, []int{2}}}, 2},
		"less than the other says": { // "off a bridge" would be lost, or get a source that doesn't say it
			[]Line{stand("Three people died."), stand("Three people died when a car was swept off a bridge at Lower Hallam.")},
			`{"groups":[{"best":0,"same":[0,1]}]}`, []Group{{0, []int{0}}, {1, []int{1}}}, 1},
		"one of its sources says less": {
			[]Line{stand("Repairs of the wall cost 31 million euros."), stand("Repairs of the wall cost 31 million euros in all.", "Repairs of the wall cost 31 million euros in all.", "The wall is repaired.")},
			`{"groups":[{"best":0,"same":[0,1]}]}`, []Group{{0, []int{0}}, {1, []int{1}}}, 1},
		"without evidence": {
			[]Line{stand("Nine ships were sent away."), {Text: "Nine ships were sent away.", Lang: "en"}},
			`{"groups":[{"best":0,"same":[0,1]}]}`, []Group{{0, []int{0}}, {1, []int{1}}}, 1},
		"named twice": {
			[]Line{stand("Nine ships were sent away."), stand("Nine ships were sent away on Monday.", "Nine ships were sent away on Monday."), stand("Nine ships were sent away.")},
			`{"groups":[{"best":0,"same":[0,2]},{"best":1,"same":[0,1,2]},{"best":0,"same":[0]}]}`, []Group{{0, []int{0, 2}}, {1, []int{1}}}, 1},
		"no such lines": {
			[]Line{stand("Nine ships were sent away."), stand("Police opened an inquiry.")},
			`{"groups":[{"best":5,"same":[-1,7,99]},{"best":-1,"same":[]}]}`, []Group{{0, []int{0}}, {1, []int{1}}}, 2},
		"none grouped": {
			[]Line{stand("Nine ships were sent away."), stand("Police opened an inquiry.")},
			`{"groups":[]}`, []Group{{0, []int{0}}, {1, []int{1}}}, 0},
		"what was told stays": {
			[]Line{stand("Nine ships were sent to other ports."), told(stand("Nine ships were sent to other ports on Monday.", "Nine ships were sent to other ports on Monday.")), told(stand("Nine ships were sent to other ports."))},
			`{"groups":[{"best":0,"same":[0,1,2]}]}`, []Group{{1, []int{1}}, {0, []int{0}}, {2, []int{2}}}, 1},
		"what was told takes the new in": {
			[]Line{stand("Nine ships were sent to other ports."), told(stand("To other ports nine ships were sent."))},
			`{"groups":[{"best":0,"same":[0,1]}]}`, []Group{{1, []int{0, 1}}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "openai", always(c.answer), nil)
			got, err := r.engine.Merge(t.Context(), "", c.lines)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(got, c.want, func(a, b Group) bool { return a.Best == b.Best && slices.Equal(a.Same, b.Same) }) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if o := r.last(); o.Dropped != c.dropped {
				t.Errorf("%d dropped, want %d", o.Dropped, c.dropped)
			}
		})
	}
}

// Whatever a model answers, each line is in just one group, and stays itself
// where it was told.
func TestMergeKeepsEveryLine(t *testing.T) {
	t.Parallel()
	lines := []Line{stand("Nine ships were sent away."), told(stand("Nine ships were sent away.")), stand("The wall has cracks."), stand("Nine ships were sent away."), told(stand("The wall has cracks."))}
	answers := []string{`{}`, `{"groups":null}`, `{"groups":[{}]}`, `{"groups":[{"best":0,"same":[0,1,2,3,4]}]}`, `{"groups":[{"best":3,"same":[4,3,2,1,0]},{"best":0,"same":[1]}]}`}
	for a := range 5 {
		for b := range 5 {
			answers = append(answers, fmt.Sprintf(`{"groups":[{"best":%d,"same":[%d,%d,%d]},{"best":%d,"same":[0,4]}]}`, a, b, (a+b)%5, (a*b)%7, b))
		}
	}
	for _, answer := range answers {
		r := newRig(t, "openai", always(answer), nil)
		groups, err := r.engine.Merge(t.Context(), "", lines)
		if err != nil {
			t.Fatal(err)
		}
		count := make([]int, len(lines))
		for _, g := range groups {
			if !slices.Contains(g.Same, g.Best) {
				t.Errorf("%s: %v lacks its best line", answer, g)
			}
			for _, i := range g.Same {
				count[i]++
				if lines[i].Told && i != g.Best {
					t.Errorf("%s: line %d was told, and is gone", answer, i)
				}
			}
		}
		if slices.Min(count) != 1 || slices.Max(count) != 1 {
			t.Errorf("%s: lines are in %v groups", answer, count)
		}
	}
}

func TestMergeAsksNothingWhereNothingCanBeJoined(t *testing.T) {
	t.Parallel()
	r := newRig(t, "openai", always(`{"groups":[{"best":0,"same":[0,1]}]}`), nil)
	for _, lines := range [][]Line{nil, {stand("Nine ships left.")}, {spanish("Nueve barcos salieron."), spanish("Nueve barcos salieron.")}} {
		groups, err := r.engine.Merge(t.Context(), "", lines)
		if err != nil || len(groups) != len(lines) {
			t.Errorf("%v, %v", groups, err)
		}
	}
	if n := r.provider.calls(); n != 0 {
		t.Errorf("asked %d times", n)
	}
}

func TestMergeWhereTheModelFails(t *testing.T) {
	t.Parallel()
	r := newRig(t, "anthropic", func(int, providerRequest) providerAnswer { return providerAnswer{Status: 500} }, func(c *Config) { c.Timeout = time.Second })
	if groups, err := r.engine.Merge(t.Context(), "", []Line{stand("Nine ships left."), stand("Nine ships left.")}); err == nil || groups != nil {
		t.Errorf("%v, %v", groups, err)
	}
}
