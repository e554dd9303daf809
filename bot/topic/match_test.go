package topic

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sitrep/feeds"
	"sitrep/summarize"
)

func parse(t testing.TB, s string) Query {
	t.Helper()
	q, err := Parse(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return q
}

// A small press, invented, with what is easily confused.
var press = map[string]feeds.Article{
	"quake":     {Lang: "en", Title: "Strong quake shakes Tarnland coast", Text: "A magnitude 6.1 tremor woke people along the coast of Tarnland on Tuesday, the geological survey said. No one was hurt.\n\nThe epicentre lay off Port Ellery, said Ada Quist, the governor."},
	"beben":     {Lang: "de", Title: "Schwerer Erdstoß vor der Küste", Text: "Ein Erdbeben der Stärke 6,1 hat am Dienstag die Küste erschüttert. Die Erdbebenwarte meldete keine Verletzten.\n\nDie Gouverneurin Ada Quist sprach von Glück."},
	"terremoto": {Lang: "es", Title: "Un sismo despierta a la costa", Text: "Un terremoto de magnitud 6,1 sacudió el martes la costa sin causar víctimas, dijo la gobernadora Ada Quist."},
	"insurance": {Lang: "en", Title: "Norsund raises premiums for houses", Text: "The insurer Norsund said on Tuesday that premiums for houses would rise by 8 percent next year. It named higher building costs.\n\nBrokers had expected less. The company, which was founded after an earthquake a century ago, insures every third house in Lindenau.\n\nIts shares were unchanged."},
	"merger":    {Lang: "en", Title: "Orla Lines to be acquired by rival Vesper", Text: "The ferry company Orla Lines has accepted a takeover by its larger rival Vesper, both said on Monday. Vesper pays 40 million crowns.\n\nThe competition authority has to agree."},
	"airline":   {Lang: "en", Title: "Vesper Air and Lark to join forces", Text: "The carriers Vesper Air and Lark said on Monday that they would merge. The new airline will have 60 aircraft.\n\nUnions fear for 300 jobs."},
	"airport":   {Lang: "en", Title: "Lindenau airport opens third runway", Text: "The airport of Lindenau opened its third runway on Monday. Lark, the largest airline there, said it would add flights to 12 towns.\n\nResidents had gone to court against the noise for nine years."},
	"rates":     {Lang: "en", Title: "Central bank of Tarnland lowers key rate", Text: "The central bank lowered its key rate by half a point to 4 percent on Thursday. It was the second cut in interest rates this year.\n\nGovernor Piet Hollander said that inflation was under control."},
	"savings":   {Lang: "en", Title: "Lindenau savings club closes after 90 years", Text: "A savings club of dockers in Lindenau closes this week. It had lent its members money without interest since 1936.\n\nCrime rates in the harbour were high then, the last treasurer, Jon Abel, recalled."},
	"zins":      {Lang: "de", Title: "Notenbank senkt den Leitzins", Text: "Die Notenbank hat ihren Leitzins am Donnerstag auf 4 Prozent gesenkt. Es ist die zweite Zinssenkung in diesem Jahr."},
	"derail":    {Lang: "en", Title: "Night train comes off the rails near Tarn", Text: "Eleven people were hurt when the night train to Lindenau left the tracks near Tarn on Friday, the railway said."},
	"inquiry":   {Lang: "en", Title: "Loose bolt blamed for rail crash at Tarn", Text: "A loose bolt caused Friday's accident near Tarn, investigators said on Sunday. The line stays closed for a week."},
	"training":  {Lang: "en", Title: "Football club trains without its captain", Text: "Lindenau United trained without its captain on Friday, two days before the club plays Tarn at home in the last match of the season.\n\nThe coach, Rolf Amsel, said that peace talks with the player had failed."},
	"peace":     {Lang: "en", Title: "Peace talks in Quillon resume", Text: "Rebels and government of Quillon resumed peace talks on Tuesday after a pause of four months, mediators said."},
	"ai":        {Lang: "en", Title: "Tarnland's parliament passes law on algorithms", Text: "Makers of machine-learning systems will need a licence in Tarnland, under a bill that parliament passed on Wednesday.\n\nThe minister Lena Ostrow called it a start."},
	"us":        {Lang: "en", Title: "They told us to wait, passengers say", Text: "Passengers who spent the night in a ferry terminal said that nobody spoke to them. \"They told us to wait,\" said one. Who is to blame is not clear. It was cold."},
	"who":       {Lang: "en", Title: "WHO sends doctors to Quillon", Text: "The World Health Organization sent 40 doctors to Quillon on Tuesday, where an outbreak of cholera has killed nine."},
	"quillon":   {Lang: "en", Title: "Lindenau zoo gets two otters", Text: "The zoo of Lindenau showed its two new otters on Sunday. They come from a zoo in Quillon and are named Ebb and Flow.\n\nThe keeper Ulla Wenz said that they ate well. Tickets cost 9 crowns."},
	"namesake":  {Lang: "en", Title: "Ben Quist wins chess title", Text: "Ben Quist, 14, won the junior chess title of Lindenau on Sunday after nine games without a loss."},
	"apple":     {Lang: "en", Title: "Late frost ruins apple harvest", Text: "Growers around Tarn lost four fifths of their apples to the frost of April. An apple tree needs two years to recover, they said."},
	"vaccine":   {Lang: "pt", Title: "Vacina contra a dengue chega às escolas", Text: "Uma vacina de dose única contra a dengue chega às escolas de Lindenau na segunda-feira, disse a ministra."},
	"wildfire":  {Lang: "fr", Title: "Incendie de forêt : mille évacués", Text: "Un feu de forêt a forcé mille personnes à quitter leurs maisons lundi, ont annoncé les secours."},
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"earthquake":                         "beben quake terremoto",
		"Erdbeben":                           "beben quake terremoto",
		"séisme":                             "beben quake terremoto",
		"seisme":                             "beben quake terremoto",
		"EARTHQUAKES":                        "beben quake terremoto",
		`"earthquake"`:                       "insurance", // as it is written, wherever it stands
		"merger":                             "airline merger",
		"merger AND airline":                 "airline",
		"airline merger":                     "airline",
		"merger -airline":                    "merger",
		"interest rates":                     "rates zins",
		"Interest rate":                      "rates zins",
		"train derailment":                   "derail inquiry",
		"peace talks":                        "peace",
		`"peace talks"`:                      "peace training",
		`"peace talks" -football`:            "peace",
		"artificial intelligence regulation": "ai",
		"Ada Quist":                          "beben quake terremoto",
		"Quist":                              "beben namesake quake terremoto",
		"quist -chess":                       "beben terremoto", // in lower case a name has to be what it is about
		"Lena Ostrow OR Piet Hollander":      "ai rates",
		"WHO":                                "who",
		"World Health Organization":          "who",
		"United States":                      "",
		"US":                                 "",
		"Quillon":                            "peace quillon who",
		"dengue vaccine":                     "vaccine",
		"wildfires":                          "wildfire",
		"Waldbrand":                          "wildfire",
		"Apple":                              "apple",
		"(ferry OR train) AND (merger OR derailment)": "derail inquiry merger",
		"cholera":   "who",
		"otters":    "quillon",
		"football":  "training",
		"zeppelin":  "",
		"-football": "!",
	} {
		if want == "!" {
			continue
		}
		q := parse(t, query)
		var got []string
		for id, a := range press {
			if q.Match(ArticleDocument(&a, nil)) {
				got = append(got, id)
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", query, got, want)
			for _, id := range got {
				if !strings.Contains(want, id) {
					a := press[id]
					t.Logf("   %s %.2f", id, q.Score(ArticleDocument(&a, nil)))
				}
			}
			for _, id := range strings.Fields(want) {
				a := press[id]
				t.Logf("   %s %.2f", id, q.Score(ArticleDocument(&a, nil)))
			}
		}
	}
}

// A name that the summarizer knows for a place has to be what the article is
// about; a person or organisation counts wherever it is named.
func TestKindsOfNames(t *testing.T) {
	t.Parallel()
	a := press["quillon"]
	q := parse(t, "Quillon")
	for kind, want := range map[summarize.ActorType]bool{summarize.Place: false, summarize.Org: true, summarize.Person: true} {
		brief := &summarize.Brief{Lang: "en", Actors: []summarize.Actor{{Name: "Quillon", Type: kind}}}
		if got := q.Match(ArticleDocument(&a, brief)); got != want {
			t.Errorf("%s: %v", kind, got)
		}
	}
	// In a long report even a name must come back.
	long := feeds.Article{Lang: "en", Title: "A year in the harbour", Text: strings.Repeat("The crane turned and the gulls cried over the quay.\n\n", 60) + "Norsund paid for it."}
	if parse(t, "Norsund").Match(ArticleDocument(&long, nil)) {
		t.Error("a passing mention in a long report")
	}
	long.Text += strings.Repeat(" Norsund wrote letters.", 5)
	if !parse(t, "Norsund").Match(ArticleDocument(&long, nil)) {
		t.Error("a name that runs through the end of a long report")
	}
}

func TestNamesInTheirForms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		query, text, lang string
		want              bool
	}{
		{"Warren Ashcombe", "Gen. Warren B. Ashcombe spoke in Tarn.", "en", true},
		{"Baresic", "The captain Niko Barešić stays.", "en", true},
		{"Barešić", "The captain Niko Baresic stays.", "en", true},
		{"Solvang", "Solvang's lawyers said so.", "en", true},
		{"Solvang", "Solvangs Anwälte sagten es.", "de", true},
		{"van der Hoek", "Van der Hoek denies it.", "en", true},
		{"Joost van der Hoek", "The banker Joost van der Hoek denies it.", "en", true},
		{"Joost van der Hoek", "Joost Bakker met Anna van der Hoek.", "en", false},
		{"Ingrid Moe", "Ingrid Berg met Marte Moe.", "en", false},
		{"Ingrid Moe", "Ingrid left. Moe stayed.", "en", false},
		{"NATO", "Die Nato-Botschafter kommen am Freitag.", "de", true},
		{"NATO", "The senator said so.", "en", false},
		{"AI", "L'IA change le travail des journaux, dit-il.", "fr", true},
		{"EU", "The European Union agreed on Monday.", "en", true},
		{"UN", "Un homme a été blessé lundi à Lyon.", "fr", false},
		{"climate", "Das Klimaschutzgesetz ist beschlossen.", "de", true},
		{"Klima", "Der Klimawandel trifft die Küste.", "de", true},
		{"Cessez-le-feu", "The ceasefire holds.", "en", true},
		{"5G", "The 5G network is sold.", "en", true},
		{"start-up", "The start-up closes.", "en", true},
		{"Chile", "Chilean miners reopen the shaft in the north of Chile.", "en", true},
	} {
		d := NewDocument([]Part{{tt.text, tt.lang, Body}}, nil)
		if got := parse(t, tt.query).Score(d) >= Threshold/2; got != tt.want {
			t.Errorf("%q in %q: %.2f", tt.query, tt.text, parse(t, tt.query).Score(d))
		}
	}
}

func TestStoryDocument(t *testing.T) {
	t.Parallel()
	s := summarize.Story{
		Headline: "Night train comes off the rails", Lang: "en",
		Articles: []summarize.StoryArticle{{Title: "Nachtzug entgleist bei Tarn", Lang: "de"}},
		Developments: []summarize.StoryDevelopment{
			{Text: "Eleven people were hurt.", Lang: "en", Weight: 0.9}, {Text: "The minister Lena Ostrow ordered an inquiry.", Lang: "en", Weight: 0.2},
			{Text: "A bridge collapsed.", Lang: "en", Withdrawn: true},
		},
		Actors: []summarize.StoryActor{{Name: "Lena Ostrow", Type: summarize.Person}},
	}
	d := StoryDocument(&s)
	for query, want := range map[string]bool{"train derailment": true, "Zugunglück": true, "Lena Ostrow": true, "bridge": false, "library": false} {
		if got := parse(t, query).Match(d); got != want {
			t.Errorf("%s: %v", query, got)
		}
	}
}

func TestBranches(t *testing.T) {
	t.Parallel()
	for query, want := range map[string][]string{
		"oil":                                 {"oil"},
		"oil gas":                             {"oil gas"},
		"climate OR (oil gas) OR \"a deal\"":  {"climate", "oil gas", "“a deal”"},
		"ferry -storm OR (x1 AND (y1 OR z1))": {"ferry -storm", "x1 (y1 OR z1)"},
	} {
		var got []string
		for _, b := range parse(t, query).Branches() {
			got = append(got, b.Label)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q", query, got)
		}
	}
	if (Query{}).Branches() != nil {
		t.Error("the zero Query has branches")
	}
}

// A Set says of every query what the query says itself.
func TestSet(t *testing.T) {
	t.Parallel()
	set := NewSet()
	var queries []Query
	for i, s := range []string{"earthquake", "merger AND airline", "interest rates", "-football", "Ada Quist", "WHO", `"peace talks" -football`, "train derailment",
		"(ferry OR train) AND -merger", "Klima", "dengue vaccine", "NOT (ferry OR train)", "otters OR -otters"} {
		q := parse(t, s)
		queries = append(queries, q)
		set.Add(int64(i), q)
	}
	set.Add(99, Query{})
	if set.Len() != len(queries) {
		t.Errorf("%d queries", set.Len())
	}
	for id, a := range press {
		d := ArticleDocument(&a, nil)
		var want []int64
		for i, q := range queries {
			if q.Match(d) {
				want = append(want, int64(i))
			}
		}
		if got := set.Match(d); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
}

func TestAlerts(t *testing.T) {
	t.Parallel()
	articles := []feeds.Article{press["derail"], press["inquiry"], press["otters"], press["training"]}
	articles[1].Title, articles[1].Text = "Loose bolt found at Tarn", "A loose bolt was found on the railway near Tarn, investigators said on Sunday. The line stays closed."
	for i := range articles {
		articles[i].ID = int64(i + 1)
	}
	watches := []Watch{{"w1", parse(t, "train derailment")}, {"w2", parse(t, "football")}}
	alone := Alerts(articles, nil, nil, watches)
	if !slices.Equal(alone, []Hit{{"w1", 1}, {"w2", 4}}) {
		t.Errorf("articles alone: %v", alone)
	}
	story := summarize.Story{Articles: []summarize.StoryArticle{{ArticleID: 1}, {ArticleID: 2}}}
	if got := Alerts(articles, nil, []summarize.Story{story}, watches); !slices.Equal(got, []Hit{{"w1", 1}, {"w1", 2}, {"w2", 4}}) {
		t.Errorf("with the story: %v", got)
	}
	if got := Alerts(nil, nil, []summarize.Story{story}, watches); got != nil {
		t.Errorf("of nothing: %v", got)
	}
}

// The lexicon must not lead from one notion to another by a slip of the pen.
func TestLexicon(t *testing.T) {
	t.Parallel()
	if len(lexicon().notions) < 250 {
		t.Errorf("%d notions", len(lexicon().notions))
	}
	for i, n := range lexicon().notions {
		for _, p := range n.patterns {
			if len(p.words) == 0 {
				t.Errorf("notion %d has an empty pattern", i)
			}
			for _, w := range p.words {
				if w.plain == "" || len(w.keys) == 0 || strings.ContainsAny(w.plain, "_~|") {
					t.Errorf("notion %d: %+v", i, w)
				}
			}
		}
	}
	for _, lang := range []string{"the", "of", "en", "de", "la"} {
		if found := lexicon().find([]string{lang}); len(found) > 0 {
			t.Errorf("%q is in the lexicon", lang)
		}
	}
}

func TestHostileDocuments(t *testing.T) {
	t.Parallel()
	q := parse(t, "earthquake OR \"peace talks\"")
	for _, s := range []string{"", "\x00\xff\xfe", strings.Repeat("earthquake ", 100_000), strings.Repeat("-", 50_000), strings.Repeat("a-", 50_000), strings.Repeat("人", 20_000), "\u202eekauqhtrae"} {
		d := NewDocument([]Part{{s, "", Body}, {s, "de", Title}}, []Name{{s, summarize.Person}})
		q.Score(d)
		if len(d.tokens) > maxTokens {
			t.Errorf("%d tokens", len(d.tokens))
		}
	}
}

func BenchmarkSet(b *testing.B) {
	words := strings.Fields("election flood merger vaccine strike storm tariff budget museum festival satellite harbour drought referendum cable refugees inflation wildfire ceasefire fraud")
	set := NewSet()
	for i := range 5000 {
		q, err := Parse(fmt.Sprintf("%s %s", words[i%len(words)], words[(i/len(words)+i)%len(words)]))
		if err != nil {
			b.Fatal(err)
		}
		set.Add(int64(i), q)
	}
	a := press["merger"]
	d := ArticleDocument(&a, nil)
	b.ReportAllocs()
	for b.Loop() {
		set.Match(d)
	}
}

func BenchmarkDocument(b *testing.B) {
	a := press["quake"]
	a.Text = strings.Repeat(a.Text+"\n\n", 12)
	b.ReportAllocs()
	for b.Loop() {
		ArticleDocument(&a, nil)
	}
}
