package discord

import (
	"testing"

	"sitrep/bot/discord/cards"
	"sitrep/bot/discord/locale"
	"sitrep/feeds/catalog"
)

func TestEveryPackCanBePickedAndDrawn(t *testing.T) {
	t.Parallel()
	all := catalog.Packs()
	if len(all) < 40 {
		t.Errorf("%d packs", len(all))
	}
	for _, p := range all {
		if len(cards.ID(cards.ActFollowPack, p.ID)) > 100 || p.ID == "" {
			t.Errorf("the id %q fits no button", p.ID)
		}
		pack, ok := CatalogPacks{}.Pack(p.ID, "de")
		if !ok || len(pack.Feeds) == 0 {
			t.Errorf("%s: %v, %d feeds", p.ID, ok, len(pack.Feeds))
		}
		if err := cards.Pack(locale.For("de"), pack.ID, pack.Name, pack.Feeds).Check(); err != nil {
			t.Errorf("%s: %v", p.ID, err)
		}
	}
	for _, lang := range locale.Langs() {
		list := CatalogPacks{}.SuggestPacks("", lang, 25)
		if len(list) != 25 {
			t.Errorf("%s: %d packs are suggested", lang, len(list))
		}
		if err := cards.Setup(locale.For(lang), list, "123456789012345678", "every weekday at 8", "America/Argentina/ComodRivadavia").Check(); err != nil {
			t.Errorf("%s: %v", lang, err)
		}
		if first, _ := catalog.ByID(list[0].Value); lang != "en" && first.Lang[:2] != lang[:2] {
			t.Logf("%s: no pack of its own; first is %s", lang, first.Name)
		}
	}
}

func TestPacksAreNamedInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Langs() {
		p := locale.For(lang)
		for _, pack := range catalog.Packs() {
			if key := "pack." + pack.ID; !p.Has(key) {
				t.Errorf("%s lacks %s: %s", lang, key, pack.Name)
			} else if lang == locale.Default && p.Plain(key) != pack.Name {
				t.Errorf("%s is %q in the catalog of feeds, %q in that of words", key, pack.Name, p.Plain(key))
			}
		}
	}
	for typed, want := range map[string]string{"österr": "at-news", "osterreich": "at-news", "austria": "at-news", "at-news": "at-news", "häfen": "maritime", "ships": "maritime"} {
		if list := (CatalogPacks{}).SuggestPacks(typed, "de", 25); len(list) != 1 || list[0].Value != want {
			t.Errorf("%q suggests %v", typed, list)
		}
	}
	if pack, _ := (CatalogPacks{}).Pack("at-news", "pt-BR"); pack.Name != "Áustria" {
		t.Errorf("named %q", pack.Name)
	}
	if first := (CatalogPacks{}).SuggestPacks("", "de", 1); first[0].Label != "Deutschland" {
		t.Errorf("a German is offered %v first", first)
	}
}
