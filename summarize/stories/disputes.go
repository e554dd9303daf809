package stories

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"sitrep/summarize"
)

// agree reports that two figures of one field can both be true as stated: the
// same number, one the other's rounding, or one within the other's range.
func agree(f, g figure) bool {
	if f.value == g.value {
		return true
	}
	if f.high > 0 || g.high > 0 {
		loF, hiF := f.value, max(f.value, f.high)
		loG, hiG := g.value, max(g.value, g.high)
		return loF <= hiG && loG <= hiF
	}
	if f.field == "vote" || f.field == "magnitude" {
		return false
	}
	return rounds(f.value, g.value) || rounds(g.value, f.value)
}

// rounds reports that round, a number with two noughts or more at its end (or a
// multiple of a tenth of its scale), is b rounded to as many places.
func rounds(round, b float64) bool {
	if round < 1000 || b < 1000 {
		return false
	}
	step := 1.0
	for math.Mod(round, step*10) == 0 {
		step *= 10
	}
	return step >= 100 && math.Round(b/step)*step == round
}

// disputes finds the figures on which the members differ.
func disputes(members []Member, voices map[int64]string, figs map[int64][]figure) []summarize.Dispute {
	type said struct {
		member *Member
		figure figure
	}
	byField := map[string][]said{}
	for i := range members {
		m := &members[i]
		for field, f := range chosen(figs[m.Article.ID]) {
			byField[field] = append(byField[field], said{m, f})
		}
	}
	var out []summarize.Dispute
	fields := make([]string, 0, len(byField))
	for field := range byField {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	for _, field := range fields {
		all := byField[field]
		// A later statement of the same outlet takes the place of its earlier one.
		latest := map[string]int{}
		outlet := func(m *Member) string {
			if m.CopyOf != 0 {
				return voices[m.Article.ID]
			}
			return family(m.Article) + "/" + m.Article.Publisher
		}
		for i, s := range all {
			latest[outlet(s.member)] = i
		}
		var values []summarize.DisputeValue
		var rep []figure
		corrected := false
		for i, s := range all {
			at := latest[outlet(s.member)]
			last := all[at]
			if i != at && !agree(s.figure, last.figure) {
				continue
			}
			at = slices.IndexFunc(rep, func(f figure) bool { return agree(f, s.figure) })
			if at < 0 {
				at = len(values)
				values = append(values, summarize.DisputeValue{Value: s.figure.stated, Number: shown(s.figure)})
				rep = append(rep, s.figure)
			}
			values[at].Sources = append(values[at].Sources, sourceOf(s.member, s.figure.evidence))
		}
		if len(values) < 2 || strings.HasPrefix(field, "#") && !comparable(rep) {
			continue
		}
		newest := all[len(all)-1].figure
		for _, old := range newest.superseded {
			corrected = corrected || slices.ContainsFunc(rep, func(f figure) bool { return f.value == old })
		}
		slices.SortStableFunc(values, func(a, b summarize.DisputeValue) int {
			return cmp.Or(cmp.Compare(len(b.Sources), len(a.Sources)), a.Sources[0].At.Compare(b.Sources[0].At))
		})
		out = append(out, summarize.Dispute{Field: rep[0].label, Values: values, Open: !corrected})
	}
	return out
}

func shown(f figure) float64 {
	if f.field == "vote" {
		return math.Floor(f.value / 1e6)
	}
	return f.value
}

// chosen is what an article states of each field: the first figure that it gives. Of counted
// nouns only those that it counts once.
func chosen(figs []figure) map[string]figure {
	out := map[string]figure{}
	var twice []string
	for _, f := range figs {
		have, ok := out[f.field]
		if !ok {
			out[f.field] = f
			continue
		}
		if !agree(have, f) && strings.HasPrefix(f.field, "#") {
			twice = append(twice, f.field)
		}
		if len(have.superseded) == 0 && len(f.superseded) > 0 {
			have.superseded = f.superseded
			out[f.field] = have
		}
	}
	for _, field := range twice {
		delete(out, field)
	}
	return out
}

// comparable reports that the same noun, counted differently, is likely the
// same thing: numbers of one size, and words around them in common or large.
func comparable(fs []figure) bool {
	for i, f := range fs {
		for _, g := range fs[i+1:] {
			lo, hi := min(f.value, g.value), max(f.value, g.value)
			if hi > 2*lo {
				return false
			}
			shared := 0
			for w := range f.context {
				if g.context[w] {
					shared++
				}
			}
			if hi > 1.5*lo && shared < 2 || lo < 1000 && shared < 2 && f.lang == g.lang {
				return false
			}
		}
	}
	return true
}

// severity reads how grave or far-reaching the event is from the harm it did
// and the words of its titles and openings.
func severity(members []Member, figs map[int64][]figure, publishers int) float64 {
	level := 0.0
	for _, m := range members {
		for field, f := range chosen(figs[m.Article.ID]) {
			v := 0.0
			switch field {
			case "dead":
				v = 0.45 + 0.12*math.Log10(1+f.value)
			case "injured", "missing":
				v = 0.3 + 0.1*math.Log10(1+f.value)
			case "evacuated", "displaced":
				v = 0.25 + 0.08*math.Log10(1+f.value)
			case "magnitude":
				v = 0.1 * f.value
			}
			level = max(level, v)
		}
		lead := m.Article.Text
		if len(lead) > 400 {
			lead = lead[:400]
		}
		for _, w := range words(m.Article.Title + ". " + lead) {
			for _, g := range gravity {
				if matches(w.form, g.words) {
					level = max(level, g.level)
				}
			}
		}
	}
	return min(1, level+0.05*math.Log2(float64(max(1, publishers))))
}

var gravity = []struct {
	level float64
	words []string
}{
	{0.6, strings.Fields("war invasion coup massacre famine pandemic nuclear tsunami assassinat* genocide krieg putsch guerra guerre golpe")},
	{0.5, strings.Fields("attack* earthquake explosion bomb* killed crash* derail* missile* shooting hostage* outbreak hurricane typhoon erdbeben anschlag terremoto sismo atentado attentat explosion seisme")},
	{0.4, strings.Fields("elect* recount resign* impeach* sanction* ceasefire verdict convicted jailed sentenced bankrupt* breach evacuat* emergency wahl* rucktritt eleccion* dimision demission")},
	{0.3, strings.Fields("merger takeover strike* trial recall* vaccine rates cabinet minister* tribunal proces fusion")},
}
