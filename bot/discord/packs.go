package discord

import (
	"cmp"
	"slices"
	"strings"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/feeds/catalog"
)

// CatalogPacks are the starter packs of the bundled catalog.
type CatalogPacks struct{}

// SuggestPacks finds packs whose name holds what was typed: those in the asker's
// language first, then themes, then countries.
func (CatalogPacks) SuggestPacks(part, lang string, limit int) []bot.Suggestion {
	part, lang = strings.ToLower(strings.TrimSpace(part)), strings.ToLower(lang[:min(2, len(lang))])
	all := slices.DeleteFunc(catalog.Packs(), func(p catalog.Pack) bool { return !strings.Contains(strings.ToLower(p.Name+" "+p.ID), part) })
	rank := func(p catalog.Pack) int {
		switch {
		case lang != "en" && strings.HasPrefix(p.Lang, lang):
			return 0
		case p.Kind == "theme":
			return 1
		}
		return 2
	}
	slices.SortStableFunc(all, func(a, b catalog.Pack) int { return cmp.Compare(rank(a), rank(b)) })
	var out []bot.Suggestion
	for _, p := range all[:min(limit, len(all))] {
		out = append(out, bot.Suggestion{Label: p.Name, Value: p.ID})
	}
	return out
}

// Pack returns the pack with an id.
func (CatalogPacks) Pack(id string) (Pack, bool) {
	p, ok := catalog.ByID(id)
	if !ok {
		return Pack{}, false
	}
	out := Pack{ID: p.ID, Name: p.Name}
	for _, f := range p.Feeds {
		out.Feeds = append(out.Feeds, feeds.Feed{URL: f.URL, Title: f.Title, Lang: p.Lang, State: feeds.StateActive})
	}
	return out, true
}
