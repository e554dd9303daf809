package discord

import (
	"cmp"
	"slices"
	"strings"

	"sitrep/bot"
	"sitrep/bot/discord/locale"
	"sitrep/feeds"
	"sitrep/feeds/catalog"
	"sitrep/summarize/text"
)

// CatalogPacks are the starter packs of the bundled catalog.
type CatalogPacks struct{}

// SuggestPacks finds packs whose name, in the asker's language or in English, holds
// what was typed: those in that language first, then themes, then countries, each
// by name.
func (CatalogPacks) SuggestPacks(part, lang string, limit int) []bot.Suggestion {
	type named struct {
		catalog.Pack
		label, folded string
		rank          int
	}
	names := locale.For(lang)
	part, lang = text.FoldPlain(strings.TrimSpace(part)), strings.ToLower(lang[:min(2, len(lang))])
	var found []named
	for _, p := range catalog.Packs() {
		n := named{Pack: p, label: packName(names, p), rank: 2}
		n.folded = text.FoldPlain(n.label)
		if !strings.Contains(n.folded+" "+text.FoldPlain(p.Name)+" "+p.ID, part) {
			continue
		}
		switch {
		case lang != "en" && strings.HasPrefix(p.Lang, lang):
			n.rank = 0
		case p.Kind == "theme":
			n.rank = 1
		}
		found = append(found, n)
	}
	slices.SortStableFunc(found, func(a, b named) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.folded, b.folded))
	})
	var out []bot.Suggestion
	for _, p := range found[:min(limit, len(found))] {
		out = append(out, bot.Suggestion{Label: p.label, Value: p.ID})
	}
	return out
}

// packName is what a pack is called in a language.
func packName(l *locale.Printer, p catalog.Pack) string {
	if key := "pack." + p.ID; l.Has(key) {
		return l.Plain(key)
	}
	return p.Name
}

// Pack returns the pack with an id.
func (CatalogPacks) Pack(id, lang string) (Pack, bool) {
	p, ok := catalog.ByID(id)
	if !ok {
		return Pack{}, false
	}
	out := Pack{ID: p.ID, Name: packName(locale.For(lang), p)}
	for _, f := range p.Feeds {
		out.Feeds = append(out.Feeds, feeds.Feed{URL: f.URL, Title: f.Title, Lang: p.Lang, State: feeds.StateActive})
	}
	return out, true
}
