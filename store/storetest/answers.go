package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/summarize"
)

// wire fills two guilds' feeds: "town" follows tide and alpine, "coast"
// follows delta alone. Each story is one article, an hour after the other.
func wire(b *bench) map[string]summarize.Story {
	b.t.Helper()
	out := map[string]summarize.Story{}
	at := b.clock()
	var ada int64
	for _, n := range []struct {
		word, guild, feed string
		o                 outlet
		who, role, did    string
		quote             string
	}{
		{"ferries", "town", "tide", tide, "Ada Brun", "mayor of Lysvik", "stopped the ferries", "Nobody sails tonight"},
		{"storm", "coast", "delta", delta, "Per Sand", "harbour master", "closed the harbour before the storm", "We have seen worse"},
		{"bridge", "town", "alpine", alpine, "Ada Brun", "mayor of Lysvik", "opened the bridge", "It holds"},
		{"strike", "town", "tide", tide, "Ada Brun", "former mayor of Lysvik", "ended the strike at the ferry", ""},
		{"secret", "coast", "delta", delta, "Ada Brun", "smuggler", "sold a lighthouse", "Between us, it leaks"},
	} {
		f := b.follow2(n.guild, n.feed, n.o)
		a := b.publish(f, item(n.word, b.clock()))[0]
		a.Publisher, a.Family = n.o.name, n.o.family
		id := int64(0)
		if n.who == "Ada Brun" {
			id = ada
		}
		br := b.read(a, id, person(n.who, n.role), n.did, n.quote)
		if n.who == "Ada Brun" {
			ada = b.actorNamed(n.who).ID
		}
		st := told("On "+n.word, br.Developments[0].Text, source(a, br))
		st.Actors = []summarize.StoryActor{{ActorID: b.actorNamed(n.who).ID, Name: n.who, Type: summarize.Person, Role: n.role, RoleBy: source(a, br)}}
		out[n.word] = b.join(st, a, 0)
		b.pass(time.Hour)
	}
	_ = at
	return out
}

// follow2 follows a feed, or finds it followed.
func (b *bench) follow2(guild, word string, o outlet) feeds.Feed {
	b.t.Helper()
	for _, w := range must[[]bot.Follow](b.t)(b.s.Follows(b.ctx(), guild)) {
		if strings.Contains(w.Feed.URL, "//"+word+".") {
			return w.Feed
		}
	}
	return b.follow(guild, word, o)
}

func headlines(p bot.StoryPage) (words []string) {
	for _, st := range p.Stories {
		words = append(words, strings.TrimPrefix(st.Headline, "On "))
	}
	return words
}

func latest(t *testing.T, b *bench) {
	wire(b)
	town := bot.Scope{GuildID: "town"}
	for _, c := range []struct {
		scope bot.Scope
		f     bot.StoryFilter
		want  []string
		total int
	}{
		{town, bot.StoryFilter{Limit: 9}, []string{"strike", "bridge", "ferries"}, 3},
		{town, bot.StoryFilter{Limit: 1, Offset: 1}, []string{"bridge"}, 3},
		{town, bot.StoryFilter{Limit: 5, Offset: 9}, nil, 3},
		{town, bot.StoryFilter{Since: start.Add(time.Hour)}, []string{"strike", "bridge"}, 2},
		{town, bot.StoryFilter{Publisher: tide.name}, []string{"strike", "ferries"}, 2},
		{town, bot.StoryFilter{Publisher: delta.name}, nil, 0},
		{town, bot.StoryFilter{Topic: "ferry"}, []string{"strike", "ferries"}, 2},
		{town, bot.StoryFilter{Topic: `bridge OR "the strike"`}, []string{"strike", "bridge"}, 2},
		{town, bot.StoryFilter{Topic: "lighthouse"}, nil, 0},
		{bot.Scope{GuildID: "coast"}, bot.StoryFilter{}, []string{"secret", "storm"}, 2},
		{bot.Scope{GuildID: "nobody"}, bot.StoryFilter{}, nil, 0},
		{bot.Scope{UserID: "u1"}, bot.StoryFilter{}, nil, 0},
		{bot.Scope{UserID: "u1", Guilds: []string{"town", "coast"}}, bot.StoryFilter{Limit: 2}, []string{"secret", "strike"}, 5},
	} {
		p := must[bot.StoryPage](t)(b.s.LatestStories(b.ctx(), c.scope, c.f))
		if got := headlines(p); !cmp.Equal(got, c.want) || p.Total != c.total {
			t.Errorf("%+v %+v: %v of %d, want %v of %d", c.scope, c.f, got, p.Total, c.want, c.total)
		}
	}
	if _, err := b.s.LatestStories(b.ctx(), town, bot.StoryFilter{Topic: "(bridge"}); err == nil {
		t.Error("a topic that doesn't parse was taken")
	}
	// Older than every window is still found.
	b.pass(400 * 24 * time.Hour)
	if got := headlines(must[bot.StoryPage](t)(b.s.LatestStories(b.ctx(), town, bot.StoryFilter{Limit: 9}))); len(got) != 3 {
		t.Errorf("after a year: %v", got)
	}
}

func storyOf(t *testing.T, b *bench) {
	st, _, _ := bridge(b)
	got := must[summarize.Story](t)(b.s.StoryOf(b.ctx(), bot.Scope{GuildID: "only-delta"}, st.ID))
	if len(got.Articles) != 1 || got.Publishers != 1 {
		t.Errorf("story: %+v", got)
	}
	// Who follows the copy and its original has heard one voice.
	got = must[summarize.Story](t)(b.s.StoryOf(b.ctx(), bot.Scope{UserID: "u", Guilds: []string{"only-delta", "only-alpine"}}, st.ID))
	if len(got.Articles) != 2 || got.Publishers != 1 || got.Developments[0].Publishers != 1 {
		t.Errorf("an original and its copy: %d publishers, %d of the development", got.Publishers, got.Developments[0].Publishers)
	}
	got = must[summarize.Story](t)(b.s.StoryOf(b.ctx(), bot.Scope{UserID: "u", Guilds: []string{"only-tide", "only-harbour", "only-alpine"}}, st.ID))
	if got.Publishers != 2 {
		t.Errorf("two of a family and a third: %d publishers", got.Publishers)
	}
	for _, sc := range []bot.Scope{{GuildID: "nobody"}, {}} {
		if _, err := b.s.StoryOf(b.ctx(), sc, st.ID); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("scope %+v: %v", sc, err)
		}
	}
}

func searching(t *testing.T, b *bench) {
	wire(b)
	both := bot.Scope{UserID: "u1", Guilds: []string{"town", "coast"}}
	search := func(sc bot.Scope, query string, f bot.StoryFilter) []string {
		t.Helper()
		return headlines(must[bot.StoryPage](t)(b.s.SearchStories(b.ctx(), sc, query, f)))
	}
	for query, want := range map[string][]string{
		"brun":                           {"secret", "strike", "bridge", "ferries"},
		"BRÜN":                           {"secret", "strike", "bridge", "ferries"},
		"ferry":                          {"strike", "ferries"}, // and its plural
		"ada harbour":                    nil,
		"ada OR harbour":                 {"secret", "strike", "bridge", "storm", "ferries"},
		`"opened the bridge"`:            {"bridge"},
		`"bridge the opened"`:            nil,
		"brun -lighthouse NOT ferry":     {"bridge"},
		"-brun":                          {"storm"},
		"(bridge OR storm) brun":         {"bridge"},
		"master":                         {"storm"}, // in a role
		"worse":                          {"storm"}, // in a quote
		"((bridge":                       {"bridge"},
		"bridge) AND OR":                 {"bridge"},
		`bridge" zz0 '; DROP TABLE x --`: nil,
		"*":                              nil,
		"":                               nil,
		"-":                              nil,
	} {
		if got := search(both, query, bot.StoryFilter{Limit: 9}); !cmp.Equal(got, want) {
			t.Errorf("%q found %v, want %v", query, got, want)
		}
	}
	town := bot.Scope{GuildID: "town"}
	if got := search(town, "brun", bot.StoryFilter{Limit: 9}); !cmp.Equal(got, []string{"strike", "bridge", "ferries"}) {
		t.Errorf("found %v in one guild's feeds", got)
	}
	if got := search(town, "lighthouse OR smuggler OR leaks", bot.StoryFilter{}); len(got) != 0 {
		t.Errorf("found %v of another guild's feeds", got)
	}
	if got := search(both, "brun", bot.StoryFilter{Since: start.Add(3 * time.Hour), Publisher: tide.name}); !cmp.Equal(got, []string{"strike"}) {
		t.Errorf("narrowed: %v", got)
	}
	if got := search(both, "brun", bot.StoryFilter{Offset: 1, Limit: 1}); !cmp.Equal(got, []string{"strike"}) {
		t.Errorf("second page: %v", got)
	}
	// Scripts without spaces.
	f := b.follow("asia", "asia", delta)
	a := item("asia", b.clock())
	a.Title = "東京の橋が開通"
	a = b.publish(f, a)[0]
	br := b.read(a, 0, person("Ken Mori", "governor"), "opened it", "")
	b.join(told(a.Title, br.Developments[0].Text, source(a, br)), a, 0)
	for query, n := range map[string]int{"東京": 1, "橋": 1, "京東": 0} {
		if got := search(bot.Scope{GuildID: "asia"}, query, bot.StoryFilter{}); len(got) != n {
			t.Errorf("%q found %v", query, got)
		}
	}
	// More feeds than lead a search by their marks.
	for i := range 60 {
		b.follow("big", fmt.Sprintf("big%d", i), outlet{"Big", "Big"})
	}
	b.follow("big", "tide", tide)
	if got := search(bot.Scope{GuildID: "big"}, "brun", bot.StoryFilter{}); !cmp.Equal(got, []string{"strike", "ferries"}) {
		t.Errorf("found %v in many feeds", got)
	}
}

func suggesting(t *testing.T, b *bench) {
	all := wire(b)
	town, coast := bot.Scope{GuildID: "town"}, bot.Scope{GuildID: "coast"}
	labels := func(list []bot.Suggestion, err error) (out []string) {
		t.Helper()
		b.must(err)
		for _, s := range list {
			out = append(out, s.Label)
		}
		return out
	}
	for _, c := range []struct {
		scope  bot.Scope
		typed  string
		actors []string
	}{
		{town, "", []string{"Ada Brun"}},
		{town, "a", []string{"Ada Brun"}},
		{town, "bru", []string{"Ada Brun"}},
		{town, "ada br", []string{"Ada Brun"}},
		{town, "BRÛN", []string{"Ada Brun"}},
		{town, "adda brun", []string{"Ada Brun"}}, // a slip
		{town, "brunn", []string{"Ada Brun"}},     // another
		{town, "per", nil},                        // of another guild's feeds
		{coast, "", []string{"Ada Brun", "Per Sand"}},
		{coast, "san", []string{"Per Sand"}},
		{coast, "sannd", []string{"Per Sand"}},
		{coast, "xyzzy", nil},
		{bot.Scope{GuildID: "nobody"}, "ada", nil},
	} {
		got := labels(b.s.SuggestActors(b.ctx(), c.scope, c.typed, 9))
		slices.Sort(got)
		if !cmp.Equal(got, c.actors) {
			t.Errorf("%q in %s: %v, want %v", c.typed, c.scope.GuildID, got, c.actors)
		}
	}
	for typed, want := range map[string][]string{
		"": {"On strike", "On bridge", "On ferries"}, "bri": {"On bridge"}, "on f": {"On ferries"}, "secret": nil,
		fmt.Sprint(all["bridge"].ID): {"On bridge"}, fmt.Sprint(all["secret"].ID): nil,
	} {
		if got := labels(b.s.SuggestStories(b.ctx(), town, typed, 9)); !cmp.Equal(got, want) {
			t.Errorf("stories for %q: %v, want %v", typed, got, want)
		}
	}
	for typed, want := range map[string][]string{"": {alpine.name, tide.name}, "led": {tide.name}, "delta": nil} {
		if got := labels(b.s.SuggestSources(b.ctx(), town, typed, 9)); !cmp.Equal(got, want) {
			t.Errorf("sources for %q: %v, want %v", typed, got, want)
		}
	}
}

func dossiers(t *testing.T, b *bench) {
	all := wire(b)
	town, coast := bot.Scope{GuildID: "town"}, bot.Scope{GuildID: "coast"}
	find := func(sc bot.Scope, name string) []summarize.KnownActor {
		t.Helper()
		return must[[]summarize.KnownActor](t)(b.s.FindActors(b.ctx(), sc, name, 9))
	}
	found := find(town, "ada brun")
	if len(found) != 1 || found[0].Mentions != 3 || !cmp.Equal(found[0].Context, []string{"former mayor of Lysvik"}) {
		t.Fatalf("found %+v", found)
	}
	ada := found[0].ID
	if got := find(town, "Brun"); len(got) != 1 || got[0].ID != ada {
		t.Errorf("found by a part of the name: %+v", got)
	}
	if got := find(town, "Per Sand"); len(got) != 0 {
		t.Errorf("found %+v of another guild's feeds", got)
	}
	d := must[bot.Dossier](t)(b.s.Dossier(b.ctx(), town, ada, b.clock()))
	var roles, lines, quotes []string
	for _, r := range d.Roles {
		roles = append(roles, r.Role.Text)
		if r.ActorID != ada || r.URL == "" || r.Publisher == "" || r.At.IsZero() || r.Role.Evidence.ArticleID != r.ArticleID {
			t.Errorf("role %+v", r)
		}
	}
	for _, l := range d.Latest {
		lines = append(lines, l.Text)
		if l.DevelopmentID == 0 || l.Version != 1 || len(l.Sources) != 1 {
			t.Errorf("line %+v", l)
		}
	}
	for _, q := range d.Quotes {
		quotes = append(quotes, q.Text)
	}
	if want := []string{"former mayor of Lysvik", "mayor of Lysvik"}; !cmp.Equal(roles, want) {
		t.Errorf("roles %v, want %v", roles, want)
	}
	if want := []string{"Ada Brun ended the strike at the ferry", "Ada Brun opened the bridge", "Ada Brun stopped the ferries"}; !cmp.Equal(lines, want) {
		t.Errorf("latest %v, want %v", lines, want)
	}
	if want := []string{"It holds", "Nobody sails tonight"}; !cmp.Equal(quotes, want) {
		t.Errorf("quotes %v, want %v", quotes, want)
	}
	if len(d.PerDay) != 30 || d.PerDay[29] != 3 || d.Articles != 3 || d.Actor.Mentions != 3 || d.Actor.Name != "Ada Brun" {
		t.Errorf("counts: %+v", d)
	}
	// The other guild's feeds say other things of her.
	d = must[bot.Dossier](t)(b.s.Dossier(b.ctx(), coast, ada, b.clock().Add(24*time.Hour)))
	if len(d.Roles) != 1 || d.Roles[0].Role.Text != "smuggler" || len(d.Latest) != 1 || d.PerDay[28] != 1 || d.PerDay[29] != 0 {
		t.Errorf("the other guild's dossier: %+v", d)
	}
	for _, sc := range []bot.Scope{{GuildID: "nobody"}, {}} {
		if _, err := b.s.Dossier(b.ctx(), sc, ada, b.clock()); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("scope %+v: %v", sc, err)
		}
	}
	if _, err := b.s.Dossier(b.ctx(), town, 999, b.clock()); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("unknown actor: %v", err)
	}
	q := must[[]bot.QuoteBy](t)(b.s.QuotesBy(b.ctx(), town, ada, "hold", 9))
	if len(q) != 1 || q[0].Text != "It holds" || q[0].URL == "" || q[0].Evidence.ArticleID != q[0].ArticleID {
		t.Errorf("quotes with a word: %+v", q)
	}
	if q := must[[]bot.QuoteBy](t)(b.s.QuotesBy(b.ctx(), town, ada, "leaks", 9)); len(q) != 0 {
		t.Errorf("quotes of another guild's feeds: %+v", q)
	}
	_ = all
}

// company: two actors in one article, one of whom acts on the other.
func company(t *testing.T, b *bench) {
	f := b.follow("g1", "a", tide)
	a := b.publish(f, item("one", start))[0]
	body, br := brief(person("Ada Brun", "mayor"), "dismissed Per Sand", "")
	at := strings.Index(body, "Per Sand")
	br.Actors = append(br.Actors, summarize.Actor{Name: "Per Sand", Type: summarize.Person, Key: true,
		Mentions: []summarize.Mention{{Text: "Per Sand", Part: summarize.PartText, Start: at, End: at + 8}}})
	br.Developments = append(br.Developments, summarize.Development{Text: "Something else", Actors: []int{0}, Evidence: summarize.Evidence{Part: summarize.PartText, Start: 0, End: 3}})
	a.Text = body
	b.must(b.s.SaveReading(b.ctx(), a, br, []bot.ActorLink{{Index: 0}, {Index: 1}}))
	ada, per := b.actorNamed("Ada Brun").ID, b.actorNamed("Per Sand").ID
	sc := bot.Scope{GuildID: "g1"}
	for _, pair := range [][2]int64{{ada, per}, {per, ada}} {
		lines := must[[]bot.Line](t)(b.s.Between(b.ctx(), sc, pair[0], pair[1], 9))
		if len(lines) != 1 || lines[0].Text != "Ada Brun dismissed Per Sand" || len(lines[0].Sources) != 1 || lines[0].Sources[0].Publisher != tide.name {
			t.Errorf("between them: %+v", lines)
		}
	}
	if lines := must[[]bot.Line](t)(b.s.Between(b.ctx(), bot.Scope{GuildID: "g2"}, ada, per, 9)); len(lines) != 0 {
		t.Errorf("told to another guild: %+v", lines)
	}
	if lines := must[[]bot.Line](t)(b.s.Between(b.ctx(), sc, ada, ada, 9)); len(lines) != 0 {
		t.Errorf("between her and herself: %+v", lines)
	}
	d := must[bot.Dossier](t)(b.s.Dossier(b.ctx(), sc, ada, start))
	if want := []bot.Company{{ActorID: per, Name: "Per Sand", Type: summarize.Person, Stories: 1}}; !cmp.Equal(d.Company, want) {
		t.Errorf("company %+v, want %+v", d.Company, want)
	}
	if len(d.Latest) != 2 || d.Latest[0].DevelopmentID != 0 {
		t.Errorf("what stands in no story yet: %+v", d.Latest)
	}

	// An operator finds that the two are one, and that they are not.
	op := must[int64](t)(b.s.MergeActors(b.ctx(), ada, per, "u9", start))
	if _, err := b.s.MergeActors(b.ctx(), per, ada, "u9", start); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("merged twice: %v", err)
	}
	if found := must[[]summarize.KnownActor](t)(b.s.FindActors(b.ctx(), sc, "per sand", 9)); len(found) != 1 || found[0].ID != ada {
		t.Errorf("found %+v, want the one that took it over", found)
	}
	if d := must[bot.Dossier](t)(b.s.Dossier(b.ctx(), sc, per, start)); d.Actor.ID != ada || !cmp.Equal(d.Actor.Aliases, []string{"Per Sand"}) || len(d.Company) != 0 {
		t.Errorf("merged dossier: %+v", d)
	}
	if r := must[[]bot.Reading](t)(b.s.BriefedArticles(b.ctx(), 9)); r[0].Brief.Actors[1].ID != ada {
		t.Errorf("the brief still names actor %d", r[0].Brief.Actors[1].ID)
	}
	if k := b.actorNamed("Per Sand"); k.ID != ada {
		t.Errorf("the next reading is offered %+v", k)
	}
	b.must(b.s.UndoActorOp(b.ctx(), op))
	if err := b.s.UndoActorOp(b.ctx(), op); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("undone twice: %v", err)
	}
	if d := must[bot.Dossier](t)(b.s.Dossier(b.ctx(), sc, per, start)); d.Actor.ID != per || d.Articles != 1 {
		t.Errorf("after undoing: %+v", d)
	}
}

func splitActors(t *testing.T, b *bench) {
	f := b.follow("g1", "a", tide)
	arts := b.publish(f, item("one", start), item("two", start.Add(time.Hour)))
	b.read(arts[0], 0, person("Ada Brun", "mayor"), "opened the bridge", "")
	ada := b.actorNamed("Ada Brun").ID
	b.read(arts[1], ada, person("Adam Brunner", "goalkeeper"), "saved a penalty", "") // wrongly
	sc := bot.Scope{GuildID: "g1"}
	op, adam, err := b.s.SplitActor(b.ctx(), ada, []string{"adam brunner"}, "u9", start)
	b.must(err)
	for id, role := range map[int64]string{ada: "mayor", adam: "goalkeeper"} {
		d := must[bot.Dossier](t)(b.s.Dossier(b.ctx(), sc, id, start.Add(time.Hour)))
		if d.Articles != 1 || len(d.Roles) != 1 || d.Roles[0].Role.Text != role || len(d.Actor.Aliases) != 0 {
			t.Errorf("actor %d after the split: %+v", id, d)
		}
	}
	if k := b.actorNamed("Adam Brunner"); k.ID != adam || k.Mentions != 1 {
		t.Errorf("the new actor: %+v", k)
	}
	if s := must[[]bot.Suggestion](t)(b.s.SuggestActors(b.ctx(), sc, "brunn", 9)); len(s) == 0 || s[0].Label != "Adam Brunner" {
		t.Errorf("suggested: %+v", s)
	}
	if _, _, err := b.s.SplitActor(b.ctx(), ada, []string{"Nobody"}, "u9", start); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("split off a name it hasn't: %v", err)
	}
	if _, _, err := b.s.SplitActor(b.ctx(), ada, []string{"Ada Brun"}, "u9", start); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("split off its only name: %v", err)
	}
	b.must(b.s.UndoActorOp(b.ctx(), op))
	d := must[bot.Dossier](t)(b.s.Dossier(b.ctx(), sc, adam, start.Add(time.Hour)))
	if d.Actor.ID != ada || d.Actor.Name != "Ada Brun" || d.Articles != 2 || len(d.Roles) != 2 {
		t.Errorf("after undoing: %+v", d)
	}
}
