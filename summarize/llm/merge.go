package llm

import (
	"context"
	"slices"
	"strings"

	"sitrep/summarize/grounding"
	"sitrep/summarize/text"
)

// A Line is a statement of a story, with the sentences that it stands on, one a
// source.
type Line struct {
	Text     string
	Lang     string // BCP 47
	Evidence []string
	Told     bool // readers have been told it: it stays as it is
}

// A Group is lines that state the same fact.
type Group struct {
	Best int   // the line that states it: one that was told where there is one
	Same []int // all of them, Best included, ascending
}

// Merge groups a story's lines that state the same fact. The model only
// proposes: a line joins another where each statement is carried by the
// sentences of the other, and their figures, denials and doubts agree. All other
// lines, and those that the model leaves out, stand alone; every line is in just
// one group. Only English lines are joined: of other languages the contraries
// are not known.
func (e *Engine) Merge(ctx context.Context, guild string, lines []Line) ([]Group, error) {
	texts := make([]string, len(lines))
	english := 0
	for i, l := range lines {
		texts[i] = l.Text
		if isEnglish(l) {
			english++
		}
	}
	if english < 2 {
		return alone(lines, nil, make([]bool, len(lines))), nil
	}
	var draft struct {
		Groups []struct {
			Best int   `json:"best"`
			Same []int `json:"same"`
		} `json:"groups"`
	}
	out, err := e.ask(ctx, "merge", guild, Request{System: mergeTask, Data: linesData(texts, ""), Name: "groups", Schema: mergeSchema, MaxTokens: maxEditOut}, &draft)
	if err != nil {
		e.report(out)
		return nil, err
	}
	taken := make([]bool, len(lines))
	var groups []Group
	for _, g := range draft.Groups {
		free := func(i int) bool { return i >= 0 && i < len(lines) && !taken[i] }
		best := g.Best
		if i := slices.IndexFunc(g.Same, func(i int) bool { return free(i) && lines[i].Told }); i >= 0 && !(free(best) && lines[best].Told) {
			best = g.Same[i]
		}
		if !free(best) {
			out.Dropped++
			continue
		}
		group := Group{Best: best, Same: []int{best}}
		taken[best] = true
		for _, i := range g.Same {
			switch {
			case !free(i) || lines[i].Told:
			case !sameFact(lines[best], lines[i]):
				out.Dropped++
			default:
				taken[i] = true
				group.Same = append(group.Same, i)
			}
		}
		slices.Sort(group.Same)
		groups = append(groups, group)
	}
	e.report(out)
	return alone(lines, groups, taken), nil
}

// alone adds a group for each line that is in none.
func alone(lines []Line, groups []Group, taken []bool) []Group {
	for i := range lines {
		if !taken[i] {
			groups = append(groups, Group{Best: i, Same: []int{i}})
		}
	}
	return groups
}

func isEnglish(l Line) bool { return l.Lang == "en" || strings.HasPrefix(l.Lang, "en-") }

// sameFact checks what code can check of two lines that are said to state one
// fact: all sources of the second carry the first, the first's carry the second,
// and neither says the opposite of the other.
func sameFact(best, other Line) bool {
	if !isEnglish(best) || !isEnglish(other) || !slices.Equal(figures(best.Text), figures(other.Text)) || opposed(best.Text, other.Text) {
		return false
	}
	carries := func(claim string) func(string) bool {
		return func(evidence string) bool { ok, _ := grounding.Carries(evidence, claim); return ok }
	}
	for _, evidence := range other.Evidence {
		if !carries(best.Text)(evidence) {
			return false
		}
	}
	return len(other.Evidence) > 0 && slices.ContainsFunc(best.Evidence, carries(other.Text))
}

// opposites are words that news are told with, and their contraries. Two lines
// that differ in one of them alone share all their other words, and would pass
// for one.
var opposites = pairs(`begin end, begin stop, start end, start stop, start finish, rise fall, rise drop, rise decline, increase decrease, increase fall, raise cut, raise lower, gain lose, gain loss, win lose, victory defeat,
	open close, reopen close, approve reject, accept reject, adopt reject, support oppose, back oppose, confirm deny, agree refuse, arrest release, detain release, guilty innocent, convict acquit, convict clear,
	buy sell, hire fire, join leave, arrive leave, enter leave, allow ban, permit ban, lift impose, alive dead, survive die, rescue drown, find lose, build destroy, attack defend, strengthen weaken, grow shrink,
	widen narrow, improve worsen, north south, east west, up down, first last, more less, more fewer, higher lower, before after, with without, true false, legal illegal, safe unsafe, possible impossible`)

// irregular are forms that no stemmer brings to their stem.
var irregular = map[string]string{"began": "begin", "begun": "begin", "rose": "rise", "risen": "rise", "fell": "fall", "fallen": "fall", "lost": "lose", "won": "win", "bought": "buy", "sold": "sell", "left": "leave",
	"found": "find", "built": "build", "grew": "grow", "grown": "grow", "shrank": "shrink", "shrunk": "shrink", "died": "die", "denied": "deny", "denies": "deny"}

func pairs(list string) map[string][]string {
	m := map[string][]string{}
	for pair := range strings.SplitSeq(list, ",") {
		words := strings.Fields(pair)
		a, b := bare(words[0]), bare(words[1])
		m[a], m[b] = append(m[a], b), append(m[b], a)
	}
	return m
}

func bare(word string) string {
	word = text.FoldPlain(word)
	if base, ok := irregular[word]; ok {
		word = base
	}
	return text.Stem(word, "en")
}

// opposed reports that one line has a word, and the other in its place the contrary.
func opposed(a, b string) bool {
	stems := func(s string) map[string]bool {
		m := map[string]bool{}
		for _, t := range text.Tokens(s) {
			if t.Kind != text.Punct {
				m[bare(t.Text)] = true
			}
		}
		return m
	}
	in, other := stems(a), stems(b)
	for word := range in {
		for _, contrary := range opposites[word] {
			if other[contrary] && !in[contrary] && !other[word] {
				return true
			}
		}
	}
	return false
}
