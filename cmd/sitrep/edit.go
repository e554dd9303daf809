package main

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"sitrep/bot"
	"sitrep/bot/digest"
	"sitrep/summarize"
	"sitrep/summarize/llm"
)

const (
	// editTime bounds what a model may take over one digest: it is on time
	// whatever the model does.
	editTime = 20 * time.Second
	// askedAtOnce bounds the questions of one digest that are under way together.
	askedAtOnce = 4
	// foldedLines is how many lines of a story the model is asked to join: more
	// than any digest shows of one.
	foldedLines = 12
)

// editorStore is what editing digests needs of a store.
type editorStore interface {
	Guild(ctx context.Context, id string) (bot.Guild, error)
	BriefedBy(ctx context.Context, articles []int64) (map[int64]string, error)
}

// composer composes digests, and has the model, if there is one, edit those of
// guilds that let their texts go to it. The digest tells who wrote its lines.
func composer(engine *llm.Engine, store editorStore, log *slog.Logger) func(context.Context, digest.Input) bot.Digest {
	return func(ctx context.Context, in digest.Input) bot.Digest {
		d := digest.Compose(in)
		edits := false
		if engine != nil && !d.Quiet && len(d.Items) > 0 {
			if g, err := store.Guild(ctx, in.Schedule.GuildID); err == nil && !g.LLMOptOut {
				ctx, cancel := context.WithTimeout(ctx, editTime)
				if stories, folded := fold(ctx, engine, d, in, log); folded {
					in.Stories, edits = stories, true
					d = digest.Compose(in)
				}
				edits = edit(ctx, engine, &d, log) || edits
				edits = translate(ctx, engine, &d, log) || edits
				cancel()
			}
		}
		d.Engine = writers(ctx, store, d, edits, engine, log)
		return d
	}
}

// writers tells who wrote a digest's lines: "embedded", "llm:" and the model, or
// "mixed:" and the model where some are the model's and some the articles' own.
func writers(ctx context.Context, store editorStore, d bot.Digest, edits bool, engine *llm.Engine, log *slog.Logger) string {
	const own = "embedded"
	var articles []int64
	for _, item := range d.Items {
		for _, l := range item.Lines {
			if len(l.Sources) > 0 {
				articles = append(articles, l.Sources[0].ArticleID)
			}
		}
	}
	engines, err := store.BriefedBy(ctx, articles)
	if err != nil {
		log.WarnContext(ctx, "who wrote the lines of a digest", "err", err)
	}
	model, others := "", false
	for _, id := range articles {
		if name, ok := strings.CutPrefix(engines[id], "llm:"); ok {
			model = name
		} else {
			others = true
		}
	}
	if edits {
		model = cmp.Or(model, engine.Model())
	}
	switch {
	case model == "":
		return own
	case others:
		return "mixed:" + model
	}
	return "llm:" + model
}

// fold joins, in the stories that the digest is made of, lines that state one
// fact in different words, so that the digest tells it once with all its
// sources. It returns the stories anew, and whether anything was joined.
func fold(ctx context.Context, engine *llm.Engine, d bot.Digest, in digest.Input, log *slog.Logger) ([]summarize.Story, bool) {
	stories := slices.Clone(in.Stories)
	var folded atomic.Bool
	var g errgroup.Group
	g.SetLimit(askedAtOnce)
	for i := range stories {
		if !slices.ContainsFunc(d.Items, func(it bot.Item) bool { return it.StoryID == stories[i].ID && !it.LeadOnly }) {
			continue
		}
		g.Go(func() error {
			developments, joined, err := foldStory(ctx, engine, in.Schedule.GuildID, stories[i].Developments, in.Shown)
			if err != nil {
				log.InfoContext(ctx, "a story's lines stay as they are", "story", stories[i].ID, "err", err)
				return nil
			}
			if joined {
				stories[i].Developments = developments
				folded.Store(true)
			}
			return nil
		})
	}
	_ = g.Wait() // it was logged
	return stories, folded.Load()
}

// foldStory joins those of a story's developments that the model says state one
// fact. One that the channel was told stays itself, and takes the others in. The
// heaviest are asked about, in their order.
func foldStory(ctx context.Context, engine *llm.Engine, guild string, all []summarize.StoryDevelopment, shown map[int64]int) ([]summarize.StoryDevelopment, bool, error) {
	asked := make([]int, 0, len(all))
	for i, d := range all {
		if !d.Withdrawn {
			asked = append(asked, i)
		}
	}
	slices.SortStableFunc(asked, func(a, b int) int { return cmp.Compare(all[b].Weight, all[a].Weight) })
	asked = asked[:min(len(asked), foldedLines)]
	lines := make([]llm.Line, len(asked))
	news := 0
	for n, i := range asked {
		d := all[i]
		_, told := shown[d.ID]
		if !told {
			news++
		}
		lines[n] = llm.Line{Text: d.Text, Lang: d.Lang, Told: told}
		for _, s := range d.Sources {
			lines[n].Evidence = append(lines[n].Evidence, s.Evidence.Text)
		}
	}
	if news == 0 {
		return all, false, nil
	}
	groups, err := engine.Merge(ctx, guild, lines)
	if err != nil {
		return nil, false, err
	}
	out, gone := slices.Clone(all), map[int]bool{}
	for _, g := range groups {
		into := &out[asked[g.Best]]
		into.Sources = slices.Clone(into.Sources)
		for _, n := range g.Same {
			if n == g.Best {
				continue
			}
			gone[asked[n]] = true
			takeIn(into, all[asked[n]])
		}
	}
	if len(gone) == 0 {
		return all, false, nil
	}
	kept := out[:0:0]
	for i, d := range out {
		if !gone[i] {
			kept = append(kept, d)
		}
	}
	return kept, true, nil
}

// takeIn gives a development the sources of another that states the same.
func takeIn(d *summarize.StoryDevelopment, other summarize.StoryDevelopment) {
	for _, s := range other.Sources {
		if !slices.ContainsFunc(d.Sources, func(have summarize.Source) bool { return have.ArticleID == s.ArticleID }) {
			d.Sources = append(d.Sources, s)
		}
	}
	families := map[string]bool{}
	for _, s := range d.Sources {
		families[cmp.Or(s.Family, s.Publisher)] = true
	}
	d.Publishers = max(d.Publishers, other.Publishers, min(len(families), d.Publishers+other.Publishers))
	d.Weight = max(d.Weight, other.Weight)
	if other.FirstSeenAt.Before(d.FirstSeenAt) {
		d.FirstSeenAt = other.FirstSeenAt
	}
	if other.ChangedAt.After(d.ChangedAt) {
		d.ChangedAt = other.ChangedAt
	}
}

// edit has the model write a digest's bottom line and headlines. What fails or
// doesn't pass stays as it was composed. It reports whether anything of the
// model's got in.
func edit(ctx context.Context, engine *llm.Engine, d *bot.Digest, log *slog.Logger) bool {
	var lines []bot.Line
	var texts []string
	for _, item := range d.Items {
		for _, l := range item.Lines {
			lines, texts = append(lines, l), append(texts, l.Text)
		}
	}
	d.Items = slices.Clone(d.Items)
	var edits atomic.Bool
	var bottom []bot.Line
	var g errgroup.Group
	g.SetLimit(askedAtOnce)
	g.Go(func() error {
		sentences, err := engine.BottomLine(ctx, d.GuildID, texts)
		if err != nil {
			log.InfoContext(ctx, "the bottom line stays as composed", "err", err)
		}
		for _, s := range sentences {
			line := lines[s.Line]
			line.Text = s.Text
			bottom = append(bottom, line)
		}
		return nil
	})
	for i := range d.Items {
		item := &d.Items[i]
		if item.LeadOnly || len(item.Lines) < 2 {
			continue
		}
		g.Go(func() error {
			var own []string
			for _, l := range item.Lines {
				own = append(own, l.Text)
			}
			headline, ok, err := engine.StoryHeadline(ctx, d.GuildID, own)
			switch {
			case err != nil:
				log.InfoContext(ctx, "a headline stays as it is", "story", item.StoryID, "err", err)
			case ok:
				item.Headline = headline
				edits.Store(true)
			}
			return nil
		})
	}
	_ = g.Wait() // it was logged
	if len(bottom) > 0 {
		d.BottomLine = bottom
		edits.Store(true)
	}
	return edits.Load()
}

// translate puts what a digest says into its language: headlines, lines, and the
// bottom line of stories in another. It reports whether anything was.
func translate(ctx context.Context, engine *llm.Engine, d *bot.Digest, log *slog.Logger) bool {
	to, _, _ := strings.Cut(d.Lang, "-")
	if to == "" {
		return false
	}
	d.BottomLine = slices.Clone(d.BottomLine)
	var edits atomic.Bool
	var g errgroup.Group
	g.SetLimit(askedAtOnce)
	for i := range d.Items {
		item := &d.Items[i]
		if from, _, _ := strings.Cut(item.Lang, "-"); from == "" || from == to || from == "und" {
			continue
		}
		item.Lines = slices.Clone(item.Lines)
		texts := []*string{&item.Headline}
		for n := range item.Lines {
			texts = append(texts, &item.Lines[n].Text)
			for b := range d.BottomLine {
				if item.Lines[n].DevelopmentID != 0 && d.BottomLine[b].DevelopmentID == item.Lines[n].DevelopmentID {
					texts = append(texts, &d.BottomLine[b].Text)
				}
			}
		}
		if item.Background != nil && item.Background.Text != "" {
			background := *item.Background
			item.Background = &background
			texts = append(texts, &background.Text)
		}
		g.Go(func() error {
			if translateTexts(ctx, engine, d.GuildID, d.Lang, texts, item.Who, log) {
				item.TranslatedFrom, item.Lang = item.Lang, d.Lang
				edits.Store(true)
			}
			return nil
		})
	}
	_ = g.Wait() // it was logged
	return edits.Load()
}

// translateTexts translates texts in place, the names of actors kept, and
// reports whether any was.
func translateTexts(ctx context.Context, engine *llm.Engine, guild, to string, texts []*string, who []summarize.StoryActor, log *slog.Logger) bool {
	given, keep := make([]string, len(texts)), make([][]string, len(texts))
	for n, t := range texts {
		given[n] = *t
		for _, w := range who {
			if strings.Contains(*t, w.Name) {
				keep[n] = append(keep[n], w.Name)
			}
		}
	}
	out, err := engine.Translate(ctx, guild, to, given, keep)
	if err != nil {
		log.InfoContext(ctx, "lines stay in their own language", "err", err)
		return false
	}
	changed := false
	for n, t := range texts {
		changed = changed || out[n] != *t
		*t = out[n]
	}
	return changed
}
