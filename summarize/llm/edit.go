package llm

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sitrep/summarize/grounding"
)

const maxEditOut = 1_500 // tokens

// A Sentence is one that the model wrote over the lines of a digest, with the
// line that carries it.
type Sentence struct {
	Text string
	Line int // index into the lines that were given
}

type claimsDraft struct {
	Claims []struct {
		Text     string `json:"text"`
		Evidence string `json:"evidence"`
	} `json:"claims"`
}

// BottomLine writes one to three sentences over a digest's lines. Each passed
// grounding against the line it stands on; none may be left, which is no error.
func (e *Engine) BottomLine(ctx context.Context, guild string, lines []string) ([]Sentence, error) {
	return e.write(ctx, "bottom line", guild, bottomLineTask, lines, 3, 300)
}

// StoryHeadline writes a headline over a story's lines; ok is false where none passed.
func (e *Engine) StoryHeadline(ctx context.Context, guild string, lines []string) (headline string, ok bool, err error) {
	found, err := e.write(ctx, "headline", guild, headlineTask, lines, 1, 120)
	if err != nil || len(found) == 0 {
		return "", false, err
	}
	return strings.TrimRight(found[0].Text, "."), true, nil
}

func (e *Engine) write(ctx context.Context, task, guild, instructions string, lines []string, most, maxRunes int) ([]Sentence, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	var draft claimsDraft
	out, err := e.ask(ctx, task, guild, Request{System: instructions, Data: linesData(lines, ""), Name: "claims", Schema: claimsSchema, MaxTokens: maxEditOut}, &draft)
	if err != nil {
		e.report(out)
		return nil, err
	}
	var found []Sentence
	for _, claim := range draft.Claims {
		text := strings.TrimSpace(claim.Text)
		line := slices.IndexFunc(lines, func(l string) bool { _, _, ok := grounding.Find(l, claim.Evidence); return ok })
		if line < 0 || text == "" || utf8.RuneCountInString(text) > maxRunes || len(found) == most || !grounding.Plain(text) || grounding.Instruction(text) {
			out.Dropped++
			continue
		}
		if ok, _ := grounding.Carries(lines[line], text); !ok {
			out.Dropped++
			continue
		}
		found = append(found, Sentence{text, line})
	}
	e.report(out)
	return found, nil
}

// Translate puts lines into a language (BCP 47). A translation that loses a
// figure, a name or a quotation, or brings a link or mention in, is not taken:
// that line comes back as it was. names[i] are the names that line i keeps.
func (e *Engine) Translate(ctx context.Context, guild, to string, lines []string, names [][]string) ([]string, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	var draft struct {
		Lines []string `json:"lines"`
	}
	out, err := e.ask(ctx, "translate", guild, Request{System: translateTask, Data: linesData(lines, to), Name: "lines", Schema: translateSchema, MaxTokens: 2 * maxEditOut}, &draft)
	if err != nil {
		e.report(out)
		return lines, err
	}
	if len(draft.Lines) != len(lines) {
		out.Dropped = len(lines)
		e.report(out)
		return lines, fmt.Errorf("%w: %d lines for %d", ErrUnusable, len(draft.Lines), len(lines))
	}
	result := slices.Clone(lines)
	for i, translated := range draft.Lines {
		var keep []string
		if i < len(names) {
			keep = names[i]
		}
		translated = strings.TrimSpace(translated)
		if faithful(lines[i], translated, keep) {
			result[i] = translated
		} else {
			out.Dropped++
		}
	}
	e.report(out)
	return result, nil
}

// faithful checks what code can check of a translation.
func faithful(original, translated string, names []string) bool {
	if translated == "" || len(translated) > 3*len(original)+40 || !grounding.Plain(translated) || grounding.Instruction(translated) {
		return false
	}
	if !slices.Equal(figures(original), figures(translated)) || (quoted(original) > 0) != (quoted(translated) > 0) {
		return false
	}
	for _, name := range names {
		if !strings.Contains(translated, name) {
			return false
		}
	}
	return true
}

// figures are the numbers of a text, sorted, with 1,900 and 1.900 and 1 900 alike.
func figures(s string) []string {
	var out []string
	var b strings.Builder
	runes := []rune(s)
	flush := func() {
		if b.Len() > 0 {
			out = append(out, plainFigure(b.String()))
			b.Reset()
		}
	}
	for i, r := range runes {
		inside := i > 0 && i+1 < len(runes) && unicode.IsDigit(runes[i-1]) && unicode.IsDigit(runes[i+1])
		switch {
		case unicode.IsDigit(r):
			b.WriteRune(r)
		case inside && (r == '.' || r == ','):
			b.WriteRune('.')
		case inside && (r == '\u00a0' || r == '\u202f' || r == '’'):
		default:
			flush()
		}
	}
	flush()
	slices.Sort(out)
	return out
}

// plainFigure drops the dots that group thousands, and zeros that say nothing.
func plainFigure(s string) string {
	parts := strings.Split(s, ".")
	for len(parts) > 1 && len(parts[len(parts)-1]) == 3 {
		parts[len(parts)-2] += parts[len(parts)-1]
		parts = parts[:len(parts)-1]
	}
	s = strings.Join(parts, ".")
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return s
}

func quoted(s string) int {
	n := 0
	for _, r := range s {
		if strings.ContainsRune("\"“”„«»「」", r) {
			n++
		}
	}
	return n
}

func linesData(lines []string, to string) string {
	data, _ := json.Marshal(struct {
		To    string   `json:"to,omitempty"`
		Lines []string `json:"lines"`
	}{to, lines}) // strings alone: it can't fail
	return string(data)
}
