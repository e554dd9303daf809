package stories

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/feeds"
	"sitrep/summarize"
)

var monday = time.Date(2027, 5, 3, 6, 0, 0, 0, time.UTC)

func hours(n float64) time.Time { return monday.Add(time.Duration(n * float64(time.Hour))) }

// written makes a member of an article whose every sentence is a development.
func written(id int64, publisher string, at float64, title string, sentences ...string) Member {
	a := &feeds.Article{
		ID: id, FeedID: id, Title: title, Text: strings.Join(sentences, " "), Lang: "en", Publisher: publisher, Family: publisher,
		URL: "https://" + strings.ToLower(strings.ReplaceAll(publisher, " ", "")) + ".example/" + plainFloat(float64(id)), PublishedAt: hours(at), SeenAt: hours(at),
	}
	return Member{Article: a, Brief: briefOf(a, sentences...)}
}

func briefOf(a *feeds.Article, sentences ...string) *summarize.Brief {
	b := &summarize.Brief{ArticleID: a.ID, Engine: "embedded", Lang: a.Lang, Headline: a.Title}
	for i, s := range sentences {
		at := strings.Index(a.Text, s)
		b.Developments = append(b.Developments, summarize.Development{
			Text: s, Weight: 0.95 - 0.05*float64(i), Evidence: summarize.Evidence{Part: summarize.PartText, Start: at, End: at + len(s), Text: s},
		})
	}
	return b
}

// numbered gives new developments ids, as the store does.
func numbered(s summarize.Story) summarize.Story {
	next := int64(100)
	for _, d := range s.Developments {
		next = max(next, d.ID+1)
	}
	for i := range s.Developments {
		if s.Developments[i].ID == 0 {
			s.Developments[i].ID = next
			next++
		}
	}
	return s
}

func texts(s summarize.Story) []string {
	var out []string
	for _, d := range s.Developments {
		out = append(out, d.Text)
	}
	return out
}

func find(t *testing.T, s summarize.Story, part string) summarize.StoryDevelopment {
	t.Helper()
	for _, d := range s.Developments {
		if strings.Contains(d.Text, part) {
			return d
		}
	}
	t.Fatalf("no line with %q in %q", part, texts(s))
	return summarize.StoryDevelopment{}
}

func TestComposeMergesAFactFromSeveralSources(t *testing.T) {
	t.Parallel()
	s := Compose(summarize.Story{}, []Member{
		written(1, "Tollgate Mail", 0, "Dam at Orvik Lake gives way", "The dam at Orvik Lake gave way on Monday after a week of rain.", "Two villages were evacuated."),
		written(2, "Skerry Times", 1, "Orvik dam fails", "A dam at Orvik Lake gave way early on Monday after a week of heavy rain.", "The water company Norsund Vann denied that it had ignored warnings."),
	}, hours(2))
	d := find(t, s, "Orvik Lake gave way")
	if len(d.Sources) != 2 || d.Publishers != 2 || d.Version != 1 {
		t.Errorf("sources %d, publishers %d, version %d: %q", len(d.Sources), d.Publishers, d.Version, texts(s))
	}
	if len(s.Developments) != 3 {
		t.Errorf("lines %q", texts(s))
	}
	if s.Publishers != 2 || !s.FirstSeenAt.Equal(hours(0)) {
		t.Errorf("publishers %d, first seen %v", s.Publishers, s.FirstSeenAt)
	}
	for _, d := range s.Developments {
		for _, src := range d.Sources {
			if src.Evidence.Text == "" || src.URL == "" || src.ArticleID == 0 {
				t.Errorf("a source without its evidence: %+v", src)
			}
		}
	}
}

// What only shares its people and its subject is not the same fact.
func TestWhatOneSaysIsNotWhatAnotherDoes(t *testing.T) {
	t.Parallel()
	s := Compose(summarize.Story{}, []Member{
		written(1, "Tollgate Mail", 0, "Train leaves the rails at Havn", "A night train left the rails near Havn on Monday, killing two people.",
			"The driver had reported a strange noise, according to Sigrun Aas-Olden, who runs Norsund Rail."),
		written(2, "Skerry Times", 30, "Head of Norsund Rail resigns", "The head of Norsund Rail, Sigrun Aas-Olden, stepped down on Tuesday.",
			"Norsund Rail said the two timetables had been explained to its staff."),
		written(3, "Radio Osmere", 30, "Norsund Rail to cut jobs", "Norsund Rail expects to cut 190 jobs, most of them in Havn."),
	}, hours(31))
	for _, part := range []string{"strange noise", "stepped down", "two timetables", "190 jobs"} {
		if d := find(t, s, part); len(d.Sources) != 1 {
			t.Errorf("%q is said to be told by %d sources: %+v", d.Text, len(d.Sources), d.Sources)
		}
	}
}

// What was to come gives way to what came, and is news then.
func TestOutcomeReplacesExpectation(t *testing.T) {
	t.Parallel()
	first := written(1, "Tollgate Mail", 0, "Bridge trial opens", "The trial of the engineer Halvard Brekke over the Orvik bridge opened on Monday.",
		"His wife, Marit Brekke, is expected to testify about the bridge drawings on Wednesday.")
	before := numbered(Compose(summarize.Story{}, []Member{first}, hours(1)))
	second := written(2, "Skerry Times", 55, "Forgery alleged at bridge trial", "The court in Havn was told on Wednesday that nobody who signed for the steel of the span had ever looked at it.", "His wife, Marit Brekke, testified about the bridge drawings on Wednesday and said they were forged.")
	after := numbered(Compose(before, []Member{first, second}, hours(56)))
	was, is := find(t, before, "expected to testify"), find(t, after, "were forged")
	if is.ID != was.ID || is.Version != 2 || is.Was != was.Text || is.Corrected || !is.ChangedAt.Equal(hours(56)) {
		t.Errorf("after she testified: %+v", is)
	}
	if len(is.Sources) != 1 || is.Sources[0].ArticleID != 2 || len(is.Overtaken) != 1 || is.Overtaken[0].ArticleID != 1 || is.Publishers != 1 {
		t.Errorf("who says that she testified: %+v; who said that she would: %+v; %d publishers", is.Sources, is.Overtaken, is.Publishers)
	}
	if again := Compose(after, []Member{first, second}, hours(60)); !cmp.Equal(after, again) {
		t.Errorf("composing again changed the story:\n%s", cmp.Diff(after, again))
	}
}

// What opens a later article is news, however much it shares with what was told
// before; an agency's text that an outlet carries hours later is not.
func TestALaterArticleOpensWithNews(t *testing.T) {
	t.Parallel()
	called := "The Union of Ferrymen called a three-day strike on Monday after talks with Osmere Lines over night shifts had broken down."
	s := Compose(summarize.Story{}, []Member{
		written(1, "Tollgate Mail", 0, "Ferrymen call strike", called),
		written(2, "Radio Osmere", 7, "Ferry strike called", called),
		written(3, "Skerry Times", 26, "Ferry strike called off", "A three-day strike of the Union of Ferrymen was called off on Tuesday after Osmere Lines had accepted talks over night shifts."),
	}, hours(27))
	if d := find(t, s, "called a three-day"); len(d.Sources) != 2 {
		t.Errorf("%d sources for the call", len(d.Sources))
	}
	if d := find(t, s, "called off"); len(d.Sources) != 1 {
		t.Errorf("%d sources for its end", len(d.Sources))
	}
}

func TestComposeDoesNotDependOnTheOrderOfMembers(t *testing.T) {
	t.Parallel()
	a := written(1, "Tollgate Mail", 0, "Dam at Orvik Lake gives way", "The dam at Orvik Lake gave way on Monday after a week of rain.", "Two villages were evacuated.")
	b := written(2, "Skerry Times", 1, "Orvik dam fails", "A dam at Orvik Lake gave way early on Monday after a week of heavy rain.", "At least 3 people are missing.")
	c := written(3, "Radio Osmere", 1, "Missing after dam break", "Five people are missing after the dam break at Orvik Lake.")
	want := Compose(summarize.Story{}, []Member{a, b, c}, hours(2))
	got := Compose(summarize.Story{}, []Member{c, a, b}, hours(2))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSupport(t *testing.T) {
	t.Parallel()
	member := func(id int64, publisher, family string, copyOf int64, text string) Member {
		return Member{Article: &feeds.Article{ID: id, Publisher: publisher, Family: family, Text: text, Lang: "en", PublishedAt: hours(float64(id))}, CopyOf: copyOf}
	}
	tests := map[string]struct {
		members []Member
		want    int
	}{
		"one":                          {[]Member{member(1, "A", "A", 0, "")}, 1},
		"two outlets of one owner":     {[]Member{member(1, "A", "G", 0, ""), member(2, "B", "G", 0, "")}, 1},
		"two owners":                   {[]Member{member(1, "A", "A", 0, ""), member(2, "B", "B", 0, "")}, 2},
		"a copy":                       {[]Member{member(1, "A", "A", 0, ""), member(2, "B", "B", 1, "")}, 1},
		"copies of what nobody has":    {[]Member{member(1, "A", "A", 9, ""), member(2, "B", "B", 9, "")}, 1},
		"an agency credited twice":     {[]Member{member(1, "A", "A", 0, "HAVN, May 3 (Polwire) — It rained."), member(2, "B", "B", 0, "HAVN (Polwire) - Rain fell.")}, 1},
		"an agency and its own report": {[]Member{member(1, "Polwire", "Polwire", 0, "HAVN (Polwire) — It rained."), member(2, "B", "B", 0, "HAVN (Polwire) — Rain.")}, 1},
		"brackets in a sentence":       {[]Member{member(1, "A", "A", 0, "The union (Polwork) – it has two members – met."), member(2, "B", "B", 0, "The union (Polwork) – small – met.")}, 2},
		"no names at all":              {[]Member{member(1, "", "", 0, ""), member(2, "", "", 0, "")}, 1},
	}
	for name, tt := range tests {
		if got := Compose(summarize.Story{}, tt.members, hours(9)).Publishers; got != tt.want {
			t.Errorf("%s: %d publishers, want %d", name, got, tt.want)
		}
	}
}

// Only a figure of the same thing makes a line news.
func TestRecounted(t *testing.T) {
	t.Parallel()
	tests := []struct {
		was, is string
		lang    string
		want    bool
	}{
		{"Three tugs pulled the ferry off the reef on Wednesday and towed her to Havn.", "Hundreds lined the quay as tugs brought in the ferry that ran aground with 214 people aboard.", "en", false},
		{"At least 4 people died when a bus overturned near Havn.", "The number of people who died when a bus overturned near Havn rose to 7.", "en", true},
		{"Nine ships were sent to other ports.", "Eleven ships were sent to other ports.", "en", true},
		{"The bank is to pay 2.3 billion euros for its rival.", "It will pay 2.1 billion euros, a filing says.", "en", true},
		{"The bank is to pay 2.3 billion euros for its rival.", "The bank buys its rival, which has 40 branches.", "en", false},
		{"Norsund Rail will cut 190 jobs.", "The railway wants to shed 190 posts within two years.", "en", false},
		{"Neun Schiffe mussten andere Häfen anlaufen.", "Elf Schiffe mussten andere Häfen anlaufen.", "de", true},
		{"The works take two years.", "The works take three years.", "en", true},
		{"The works are to end in 2027.", "The works are to end in 2028.", "en", false}, // years are no amounts
	}
	for _, tt := range tests {
		line := func(text string) summarize.StoryDevelopment {
			return summarize.StoryDevelopment{Text: text, Lang: tt.lang, FirstSeenAt: hours(0)}
		}
		if got := recounted(line(tt.was), line(tt.is)); got != tt.want {
			t.Errorf("%q, then %q: %v", tt.was, tt.is, got)
		}
	}
}

func TestChangedFigureMakesALineNews(t *testing.T) {
	t.Parallel()
	first := written(1, "Tollgate Mail", 0, "Bus overturns near Havn", "At least 4 people died when a bus overturned near Havn.", "The road is closed.")
	before := numbered(Compose(summarize.Story{}, []Member{first}, hours(1)))
	second := written(2, "Skerry Times", 5, "Bus crash toll rises", "The number of people who died when a bus overturned near Havn rose to 7.")
	after := numbered(Compose(before, []Member{first, second}, hours(6)))
	was, is := find(t, before, "overturned"), find(t, after, "overturned")
	if is.ID != was.ID || is.Version != 2 || is.Was != was.Text || is.Corrected || !is.ChangedAt.Equal(hours(6)) {
		t.Errorf("after the toll rose: %+v", is)
	}
	if len(is.Sources) != 1 || is.Sources[0].ArticleID != 2 || len(is.Overtaken) != 1 {
		t.Errorf("who says so: %+v; who said otherwise before: %+v", is.Sources, is.Overtaken)
	}
	if road := find(t, after, "road"); road.ID != find(t, before, "road").ID || road.Version != 1 || !road.ChangedAt.Equal(hours(1)) {
		t.Errorf("what did not change: %+v", road)
	}
	again := Compose(after, []Member{first, second}, hours(9))
	if diff := cmp.Diff(after, again); diff != "" {
		t.Errorf("composing again changed the story:\n%s", diff)
	}
	var changes []summarize.Change
	for _, n := range summarize.News(after, map[int64]int{was.ID: 1, find(t, before, "road").ID: 1}) {
		changes = append(changes, n.Change)
	}
	if len(changes) != 2 || changes[0] == changes[1] {
		t.Errorf("changes %v", changes)
	}
}

func TestEditAtTheSourceIsACorrection(t *testing.T) {
	t.Parallel()
	m := written(1, "Tollgate Mail", 0, "Mill to close", "The paper mill at Grau will close with the loss of 420 jobs.", "The mayor, Ilse Brandvik, called it theft.")
	before := numbered(Compose(summarize.Story{}, []Member{m}, hours(1)))

	edited := written(1, "Tollgate Mail", 0, "Mill to close", "The paper mill at Grau will close with the loss of 240 jobs.")
	after := Compose(before, []Member{edited}, hours(3))
	jobs := find(t, after, "jobs")
	if jobs.ID != find(t, before, "jobs").ID || jobs.Version != 2 || !jobs.Corrected || !strings.Contains(jobs.Was, "420") || jobs.Withdrawn {
		t.Errorf("the changed figure: %+v", jobs)
	}
	theft := find(t, after, "theft")
	if !theft.Withdrawn || !theft.Corrected || theft.Version != 2 {
		t.Errorf("the withdrawn claim: %+v", theft)
	}
	shown := map[int64]int{jobs.ID: 1, theft.ID: 1}
	for _, n := range summarize.News(after, shown) {
		want := summarize.Updated
		if n.Development.ID == theft.ID {
			want = summarize.Withdrawn
		}
		if n.Change != want {
			t.Errorf("%q is %s", n.Development.Text, n.Change)
		}
	}
	if news := summarize.News(after, map[int64]int{}); len(news) != 1 {
		t.Errorf("a claim that was withdrawn before it was shown is told: %+v", news)
	}
}

func TestALineIsKeptWhileAnArticleStatesIt(t *testing.T) {
	t.Parallel()
	m := written(1, "Tollgate Mail", 0, "Mill to close", "The paper mill at Grau will close.", "The mayor, Ilse Brandvik, called it theft.")
	before := numbered(Compose(summarize.Story{}, []Member{m}, hours(1)))
	m.Brief.Developments = m.Brief.Developments[:1] // the reader changed its mind, not the article
	after := Compose(before, []Member{m}, hours(2))
	if d := find(t, after, "theft"); d.Withdrawn || d.Version != 1 {
		t.Errorf("%+v", d)
	}
}

func TestActorsKeepTheRoleAsFirstStated(t *testing.T) {
	t.Parallel()
	a := written(1, "Tollgate Mail", 0, "x", "y")
	a.Brief.Actors = []summarize.Actor{{Name: "Brandvik", Type: summarize.Person, ID: 5, Salience: 0.4}}
	b := written(2, "Skerry Times", 1, "x", "y")
	b.Brief.Actors = []summarize.Actor{{
		Name: "Ilse Brandvik", Type: summarize.Person, ID: 5, Salience: 0.9, Key: true, Roles: []summarize.Role{{Text: "mayor of Grau", Evidence: summarize.Evidence{Text: "mayor"}}},
	}}
	c := written(3, "Radio Osmere", 2, "x", "y")
	c.Brief.Actors = []summarize.Actor{{Name: "Ilse Brandvik", Type: summarize.Person, ID: 5, Salience: 0.9, Roles: []summarize.Role{{Text: "former mayor"}}}}
	s := Compose(summarize.Story{}, []Member{c, b, a}, hours(3))
	if len(s.Actors) != 1 || s.Actors[0].Name != "Ilse Brandvik" || s.Actors[0].Role != "mayor of Grau" || s.Actors[0].RoleBy.Publisher != "Skerry Times" {
		t.Errorf("%+v", s.Actors)
	}
}

func TestHeadlineIsPlainRatherThanLoud(t *testing.T) {
	t.Parallel()
	s := Compose(summarize.Story{}, []Member{
		written(1, "A", 0, "OPINION: WHY THE DAM HAD TO FAIL", "The dam at Orvik Lake gave way on Monday."),
		written(2, "B", 1, "Dam at Orvik Lake gives way after rain", "The dam at Orvik Lake gave way on Monday."),
		written(3, "C", 2, "LIVE: ORVIK DAM", "The dam at Orvik Lake gave way on Monday."),
	}, hours(3))
	if s.Headline != "Dam at Orvik Lake gives way after rain" {
		t.Errorf("headline %q", s.Headline)
	}
}

func TestTimesThatCannotBe(t *testing.T) {
	t.Parallel()
	future := &feeds.Article{ID: 1, PublishedAt: hours(90_000), SeenAt: hours(1)}
	missing := &feeds.Article{ID: 2, SeenAt: hours(2)}
	if got := eventTime(future); !got.Equal(hours(1)) {
		t.Errorf("a future date counts as %v", got)
	}
	if got := eventTime(missing); !got.Equal(hours(2)) {
		t.Errorf("a missing date counts as %v", got)
	}
}

func TestHostileArticles(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", "\x00\xff\xfe", strings.Repeat("a", 1<<20), strings.Repeat("1,", 1<<16), strings.Repeat("million ", 1<<14), strings.Repeat("between 1 and ", 1<<13),
		"between", "$", "€", "between 5", "5 to", "\"", strings.Repeat("(", 1000), "ß’’’’ L’’ d’", "١٢٣ people died", "12 of", "twenty-", "3 % % %",
	} {
		for _, lang := range []string{"", "en", "de", "fr", "es", "pt", "it", "zz"} {
			a := &feeds.Article{ID: 1, Title: body, Text: body, Lang: lang}
			brief := &summarize.Brief{Lang: lang, Developments: []summarize.Development{{Text: body, Evidence: summarize.Evidence{Part: summarize.PartText, Start: 1 << 30, End: 1 << 31, Text: body}}}}
			x := NewIndex(Options{})
			if err := x.Join(Features(a, brief), func(Placement) (int64, error) { return 1, nil }); err != nil {
				t.Fatal(err)
			}
			Compose(summarize.Story{}, []Member{{Article: a, Brief: brief}, {Article: &feeds.Article{ID: 2, Text: body}}}, monday)
		}
	}
}

func TestHeadlineGivesNoFigureThatChanged(t *testing.T) {
	t.Parallel()
	early := written(1, "Tollgate Mail", 0, "Three dead as dam at Orvik Lake gives way above two villages", "Three people were killed when the dam at Orvik Lake gave way on Monday.")
	late := written(2, "Skerry Times", 9, "Fourth body found below Orvik dam", "The death toll of the dam that gave way at Orvik Lake rose to four on Tuesday.")
	alone := Compose(summarize.Story{}, []Member{early}, hours(1))
	if alone.Headline != early.Article.Title {
		t.Fatalf("headline %q", alone.Headline)
	}
	if s := Compose(alone, []Member{early, late}, hours(10)); s.Headline != late.Article.Title {
		t.Errorf("headline %q, though four are dead", s.Headline)
	}
}
