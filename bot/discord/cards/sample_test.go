package cards

import (
	"time"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/summarize"
)

// The sample newsroom of the card tests: invented outlets, people and events.

var noon = time.Date(2026, 5, 12, 12, 0, 0, 0, time.UTC)

func source(id int64, publisher, path, sentence string, ago time.Duration) summarize.Source {
	hosts := map[string]string{"Kestrel Bay Courier": "courier.example", "Nordhavn Dagblad": "dagblad.example",
		"The Tallow Street Ledger": "ledger.example", "Radio Ossa": "ossa.example", "Pelican Wire": "pelican.example"}
	return summarize.Source{ArticleID: id, URL: "https://" + hosts[publisher] + path, Publisher: publisher, Family: publisher, At: noon.Add(-ago),
		Evidence: summarize.Evidence{ArticleID: id, Part: summarize.PartText, End: len(sentence), Text: sentence}}
}

func ferry() bot.Item {
	courier := source(11, "Kestrel Bay Courier", "/2026/ferry-inquiry", "The inquiry, led by retired judge Ilse Varnholt, found that the ferry Amaranth sailed with one of its two bow doors unlatched.", 3*time.Hour)
	wire := source(12, "Pelican Wire", "/amaranth-report", "Investigators said on Tuesday that a bow door of the Amaranth had not been latched when it left Kestrel Bay.", 2*time.Hour)
	dagblad := source(13, "Nordhavn Dagblad", "/forlis-rapport", "The operator, Sund & Skerry Lines, will suspend the route until its remaining ships have been inspected.", time.Hour)
	return bot.Item{
		StoryID: 501, Headline: "Inquiry: ferry Amaranth left port with a bow door unlatched", Lang: "en", Topic: "shipping", State: bot.ItemUpdated,
		Lines: []bot.Line{
			{DevelopmentID: 1, Text: "The ferry Amaranth sailed with one of its two bow doors unlatched, the inquiry led by Ilse Varnholt found.", Sources: []summarize.Source{courier, wire}},
			{DevelopmentID: 2, Text: "Sund & Skerry Lines suspends the route until its remaining ships have been inspected.", Sources: []summarize.Source{dagblad}},
			{DevelopmentID: 3, Version: 2, Text: "14 people were injured.", Was: "11 people were injured.", Changed: true, Sources: []summarize.Source{wire}},
		},
		Background: &bot.Line{Text: "The Amaranth ran aground off Kestrel Bay on 3 May.", Sources: []summarize.Source{courier}},
		Who: []summarize.StoryActor{
			{ActorID: 7, Name: "Ilse Varnholt", Type: summarize.Person, Role: "retired judge", RoleBy: courier},
			{ActorID: 8, Name: "Sund & Skerry Lines", Type: summarize.Org, Role: "the operator", RoleBy: dagblad},
		},
		Publishers: 3, FirstSeenAt: noon.Add(-9 * 24 * time.Hour), Severity: 0.6, ImageURL: "https://courier.example/img/amaranth.jpg",
		Disputes: []summarize.Dispute{{Field: "injured", Open: true, Values: []summarize.DisputeValue{
			{Value: "14", Number: 14, Sources: []summarize.Source{wire}}, {Value: "11", Number: 11, Sources: []summarize.Source{courier}}}}},
	}
}

func budgetVote() bot.Item {
	ledger := source(21, "The Tallow Street Ledger", "/budget", "The council adopted the budget by 31 votes to 24 after a session of nine hours.", 5*time.Hour)
	return bot.Item{StoryID: 502, Headline: "Council adopts budget after nine-hour session", Lang: "en", Topic: "city hall", State: bot.ItemNew,
		Lines: []bot.Line{
			{DevelopmentID: 4, Text: "The council adopted the budget by 31 votes to 24.", Sources: []summarize.Source{ledger}},
			{DevelopmentID: 5, Text: "Mayor Tobiah Renfrow called the result “a floor, not a ceiling”.", Sources: []summarize.Source{ledger, source(22, "Radio Ossa", "/n/7714", "“A floor, not a ceiling,” said Mayor Tobiah Renfrow.", 4*time.Hour)}},
		},
		Who:        []summarize.StoryActor{{ActorID: 9, Name: "Tobiah Renfrow", Type: summarize.Person, Role: "mayor", RoleBy: ledger}},
		Publishers: 2, FirstSeenAt: noon.Add(-5 * time.Hour), Severity: 0.3}
}

func comet() bot.Item {
	ossa := source(31, "Radio Ossa", "/n/7720", "Comet visible before dawn this week", 8*time.Hour)
	return bot.Item{StoryID: 503, Headline: "Comet visible before dawn this week", Lang: "en", Topic: "city hall", State: bot.ItemNew, LeadOnly: true,
		Lines: []bot.Line{{Text: "Look east an hour before sunrise.", Sources: []summarize.Source{ossa}}}, Publishers: 1, FirstSeenAt: noon.Add(-8 * time.Hour)}
}

func japanese() bot.Item {
	return bot.Item{StoryID: 504, Headline: "港湾局、フェリー航路の再開を延期", Lang: "ja", Topic: "shipping", State: bot.ItemNew,
		Lines:      []bot.Line{{DevelopmentID: 6, Text: "港湾局は火曜日、全船の点検が終わるまで航路の再開を延期すると発表した。", Sources: []summarize.Source{source(41, "Pelican Wire", "/ja/kouro", "港湾局は火曜日、全船の点検が終わるまで航路の再開を延期すると発表した。", time.Hour)}}},
		Publishers: 1, FirstSeenAt: noon.Add(-time.Hour)}
}

func morning() (bot.Digest, bot.Schedule) {
	items := []bot.Item{ferry(), budgetVote(), japanese(), comet()}
	return bot.Digest{ID: 90, Title: "Harbour morning", Lang: "en", Zone: "Europe/Copenhagen", Slot: noon, Since: noon.Add(-24 * time.Hour), Until: noon,
			BottomLine: []bot.Line{
				{Text: "The Amaranth sailed with a bow door unlatched; its operator suspends the route.", Sources: ferry().Lines[0].Sources},
				{Text: "The city has a budget, by 31 votes to 24.", Sources: budgetVote().Lines[0].Sources}},
			Items: items, Shown: len(items), Engine: "embedded", Feeds: bot.FeedStats{Read: 12, Failed: 1, Articles: 1034},
			LeftOut: []bot.LeftOut{{StoryID: 505, Reason: "floor"}}},
		bot.Schedule{ID: 3, Name: "Harbour morning", Topics: "shipping OR \"city hall\"", Lang: "en"}
}

func ferryStory() summarize.Story {
	it := ferry()
	s := summarize.Story{ID: 501, Headline: it.Headline, Lang: "en", Actors: it.Who, Publishers: 3, Severity: 0.6,
		FirstSeenAt: it.FirstSeenAt, UpdatedAt: noon.Add(-time.Hour), ImageURL: it.ImageURL, Disputes: it.Disputes}
	for i, l := range it.Lines {
		s.Developments = append(s.Developments, summarize.StoryDevelopment{ID: l.DevelopmentID, Version: l.Version, Text: l.Text, Was: l.Was,
			Sources: l.Sources, Publishers: len(l.Sources), Weight: 1 - float64(i)/10, FirstSeenAt: noon.Add(-time.Duration(3-i) * time.Hour)})
		for _, src := range l.Sources {
			s.Articles = append(s.Articles, summarize.StoryArticle{ArticleID: src.ArticleID, URL: src.URL, Title: it.Headline, Publisher: src.Publisher, PublishedAt: src.At})
		}
	}
	s.Developments = append(s.Developments, summarize.StoryDevelopment{ID: 10, Text: "The captain had been dismissed.", Withdrawn: true,
		FirstSeenAt: noon.Add(-4 * time.Hour), Sources: it.Lines[0].Sources[:1]})
	return s
}

func varnholt() bot.Dossier {
	courier := ferry().Lines[0].Sources[0]
	perDay := []int{0, 0, 1, 0, 0, 2, 3, 1, 0, 0, 0, 0, 1, 0, 2, 4, 2, 1, 0, 0, 1, 6, 9, 5, 3, 2, 4, 3, 7, 5}
	return bot.Dossier{
		Actor: summarize.KnownActor{ID: 7, Name: "Ilse Varnholt", Type: summarize.Person, Aliases: []string{"Varnholt", "Judge Varnholt"}, LastSeenAt: noon.Add(-time.Hour), Mentions: 62},
		Roles: []summarize.RoleObservation{
			{ActorID: 7, Role: summarize.Role{Text: "head of the Amaranth inquiry"}, URL: courier.URL, Publisher: courier.Publisher, At: noon.Add(-2 * time.Hour)},
			{ActorID: 7, Role: summarize.Role{Text: "judge at the maritime court", Status: summarize.RoleFormer}, URL: "https://dagblad.example/forlis", Publisher: "Nordhavn Dagblad", At: noon.Add(-9 * 24 * time.Hour)},
		},
		Latest: []bot.Line{ferry().Lines[0]},
		Quotes: []bot.QuoteBy{{Text: "A door that is not latched is not a door,", ArticleID: 11, URL: courier.URL, Publisher: courier.Publisher, At: courier.At}},
		Company: []bot.Company{{ActorID: 8, Name: "Sund & Skerry Lines", Type: summarize.Org, Stories: 9},
			{ActorID: 9, Name: "Tobiah Renfrow", Type: summarize.Person, Stories: 1}},
		PerDay: perDay, Articles: 62}
}

func sampleFollows() []bot.Follow {
	return []bot.Follow{
		{Feed: feeds.Feed{ID: 1, URL: "https://courier.example/feed", SiteURL: "https://courier.example/", Title: "Kestrel Bay Courier", Description: "News of the bay, every day but Sunday", State: feeds.StateActive, LastCheckedAt: noon}, Include: "harbour OR ferry"},
		{Feed: feeds.Feed{ID: 2, URL: "https://ossa.example/rss", SiteURL: "https://ossa.example/", Title: "Radio Ossa", State: feeds.StateFailing, Since: noon.Add(-50 * time.Hour), Reason: "The server has trouble (503 Service Unavailable).", Fails: 9, NextCheckAt: noon.Add(4 * time.Hour), LastCheckedAt: noon}},
		{Feed: feeds.Feed{ID: 3, URL: "https://ledger.example/old.xml", Title: "The Tallow Street Ledger", State: feeds.StateGone, Since: noon.Add(-9 * 24 * time.Hour), Reason: "The publisher says that this feed is gone for good (410).", Moved: "https://ledger.example/feed", LastCheckedAt: noon}},
		{Feed: feeds.Feed{ID: 4, URL: "https://pelican.example/wire.json", Title: "Pelican Wire", State: feeds.StateActive}, Exclude: "sport"},
	}
}

func sampleBrief() (feeds.Article, summarize.Brief) {
	it := ferry()
	a := feeds.Article{URL: it.Lines[0].Sources[0].URL, Title: it.Headline, Publisher: "Kestrel Bay Courier", PublishedAt: noon.Add(-3 * time.Hour), ImageURL: it.ImageURL}
	b := summarize.Brief{Engine: "embedded", Lang: "en", Headline: it.Headline,
		Actors: []summarize.Actor{{Name: "Ilse Varnholt", Type: summarize.Person, Key: true, Roles: []summarize.Role{{Text: "judge", Status: summarize.RoleFormer}}},
			{Name: "Sund & Skerry Lines", Type: summarize.Org, Key: true}, {Name: "Kestrel Bay", Type: summarize.Place}},
		Quotes: []summarize.Quote{{Text: "A door that is not latched is not a door.", Speaker: 0}, {Text: "We were told to sail.", Speaker: -1}}}
	for _, l := range it.Lines {
		b.Developments = append(b.Developments, summarize.Development{Text: l.Text, Evidence: l.Sources[0].Evidence})
	}
	return a, b
}
