package digest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/bot"
	"sitrep/summarize"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var noon = time.Date(2027, 3, 9, 12, 0, 0, 0, time.UTC)

func at(hours float64) time.Time { return noon.Add(time.Duration(hours * float64(time.Hour))) }

func source(publisher string, hours float64, evidence string) summarize.Source {
	return summarize.Source{
		ArticleID: int64(len(publisher)), URL: "https://" + strings.ToLower(strings.ReplaceAll(publisher, " ", "")) + ".example/a", Publisher: publisher, Family: publisher, At: at(hours),
		Evidence: summarize.Evidence{Part: summarize.PartText, End: len(evidence), Text: evidence},
	}
}

func development(id int64, hours, weight float64, text string, publishers ...string) summarize.StoryDevelopment {
	d := summarize.StoryDevelopment{ID: id, Version: 1, Text: text, Lang: "en", Weight: weight, FirstSeenAt: at(hours), ChangedAt: at(hours), Publishers: len(publishers)}
	for _, p := range publishers {
		d.Sources = append(d.Sources, source(p, hours, text))
	}
	return d
}

func ferry() summarize.Story {
	return summarize.Story{
		ID: 1, Headline: "Ferry runs aground off Kestrel Point", Lang: "en", Publishers: 3, Severity: 0.55, FirstSeenAt: at(-6), UpdatedAt: at(-1),
		Articles: []summarize.StoryArticle{{ArticleID: 11, Publisher: "Tollgate Mail"}},
		Developments: []summarize.StoryDevelopment{
			development(101, -6, 0.9, "A car ferry with 212 people aboard ran aground off Kestrel Point in fog on Tuesday morning.", "Tollgate Mail", "Radio Osmere", "Skerry Times"),
			development(102, -3, 0.7, "All passengers were taken off by lifeboat within four hours, the coastguard said.", "Radio Osmere", "Skerry Times"),
			development(103, -1, 0.5, "The master, Ottoline Varga, was questioned and released.", "Skerry Times"),
			development(104, -1, 0.2, "Crossings are suspended until Friday.", "Tollgate Mail"),
		},
		Actors: []summarize.StoryActor{
			{Name: "Ottoline Varga", Type: summarize.Person, Role: "master of the ferry", Salience: 0.8},
			{Name: "Kestrel Point", Type: summarize.Place, Salience: 0.7},
			{Name: "Osmere Lines", Type: summarize.Org, Role: "ferry operator", Salience: 0.6},
		},
		Disputes: []summarize.Dispute{{
			Field: "injured", Open: true, Values: []summarize.DisputeValue{
				{Value: "9", Number: 9, Sources: []summarize.Source{source("Radio Osmere", -3, "Nine people were injured.")}},
				{Value: "at least 14", Number: 14, Sources: []summarize.Source{source("Skerry Times", -1, "At least 14 were hurt.")}},
			},
		}},
	}
}

func library() summarize.Story {
	return summarize.Story{
		ID: 2, Headline: "Dunmarrow council votes to keep all its libraries", Lang: "en", Publishers: 1, Severity: 0.1, FirstSeenAt: at(-4), UpdatedAt: at(-4),
		Articles:     []summarize.StoryArticle{{ArticleID: 21, Publisher: "Tollgate Mail"}},
		Developments: []summarize.StoryDevelopment{development(201, -4, 0.8, "Dunmarrow council voted by 31 to 12 to keep its nine libraries open.", "Tollgate Mail")},
	}
}

func input(stories ...summarize.Story) Input {
	return Input{
		Schedule: bot.Schedule{ID: 7, ChannelID: "900", Zone: "Europe/Oslo", Size: bot.SizeStandard, QuietDay: true},
		Title:    "Coast and county", Lang: "en", Slot: noon, Since: at(-12), Until: noon, Stories: stories, Shown: map[int64]int{},
		Feeds: bot.FeedStats{Read: 9, Failed: 1, Articles: 41}, Engine: "embedded",
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestGoldenDigests(t *testing.T) {
	t.Parallel()
	ongoing := input(ferry(), library())
	ongoing.Shown = map[int64]int{101: 1, 102: 1}
	ongoing.Since = at(-2)
	changed := ferry()
	changed.Developments[0].Version = 2
	changed.Developments[0].Was = changed.Developments[0].Text
	changed.Developments[0].Text = strings.Replace(changed.Developments[0].Text, "212", "198", 1)
	changed.Developments[0].ChangedAt = at(-1)
	revised := input(changed)
	revised.Shown = map[int64]int{101: 1, 102: 1, 103: 1, 104: 1}
	revised.Since = at(-2)
	quiet := input()
	for name, in := range map[string]Input{"first": input(ferry(), library()), "ongoing": ongoing, "revised": revised, "quiet": quiet} {
		d := Compose(in)
		for _, width := range []int{80, 44} {
			var b bytes.Buffer
			if err := Write(&b, d, Options{Width: width}); err != nil {
				t.Fatal(err)
			}
			golden(t, name+map[int]string{80: "", 44: "_narrow"}[width]+".txt", b.Bytes())
		}
	}
	var b bytes.Buffer
	if err := WriteJSON(&b, Compose(input(ferry(), library()))); err != nil {
		t.Fatal(err)
	}
	golden(t, "first.json", b.Bytes())
}

func TestComposeIsDeterministic(t *testing.T) {
	t.Parallel()
	want := Compose(input(ferry(), library()))
	got := Compose(input(library(), ferry()))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the order of the rows changed the digest:\n%s", diff)
	}
}

func reasons(d bot.Digest) map[int64]string {
	m := map[int64]string{}
	for _, l := range d.LeftOut {
		m[l.StoryID] = l.Reason
	}
	return m
}

func TestLeftOut(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*Input)
		want   map[int64]string
	}{
		"nothing": {func(*Input) {}, map[int64]string{}},
		"floor":   {func(in *Input) { in.Schedule.MinPublishers = 2 }, map[int64]string{2: ReasonFloor}},
		"topic": {func(in *Input) {
			in.Topic = func(s summarize.Story) (string, float64, bool) { return "sea", 1, s.ID == 1 }
		}, map[int64]string{2: ReasonTopic}},
		"shown": {func(in *Input) { in.Shown = map[int64]int{201: 1} }, map[int64]string{2: ReasonShown}},
		"an older version shown": {func(in *Input) {
			in.Shown = map[int64]int{201: 1}
			in.Stories[1].Developments[0].Version = 2
		}, map[int64]string{}},
		"size": {func(in *Input) {
			in.Schedule.Size = bot.SizeShort
			for i := range int64(4) {
				s := library()
				s.ID = 30 + i
				s.Headline = []string{"Quarry reopens", "Choir wins prize", "Bakery burns down", "Museum finds coins"}[i]
				s.Developments = []summarize.StoryDevelopment{development(300+i, -11, 0.8, s.Headline+" says mayor "+string(rune('a'+i))+".", "Skerry Times")}
				in.Stories = append(in.Stories, s)
			}
		}, map[int64]string{31: ReasonSize, 32: ReasonSize, 33: ReasonSize}},
		"likeness": {func(in *Input) {
			twin := ferry()
			twin.ID = 3
			in.Stories = append(in.Stories, twin)
		}, map[int64]string{3: ReasonDiversity}},
		"merged": {func(in *Input) { in.Stories[1].MergedInto = 1 }, map[int64]string{2: ReasonShown}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := input(ferry(), library())
			tt.change(&in)
			if diff := cmp.Diff(tt.want, reasons(Compose(in))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLinesOfAStoryThatRanBefore(t *testing.T) {
	t.Parallel()
	in := input(ferry())
	in.Shown = map[int64]int{101: 1}
	in.Since = at(-2)
	d := Compose(in)
	item := d.Items[0]
	var ids []int64
	for _, l := range item.Lines {
		ids = append(ids, l.DevelopmentID)
	}
	// 102 came before the window: an earlier edition had its chance.
	if !slices.Equal(ids, []int64{103, 104}) {
		t.Errorf("lines %v", ids)
	}
	if item.State != bot.ItemUpdated || item.Background == nil || item.Background.DevelopmentID != 101 {
		t.Errorf("state %s, background %+v", item.State, item.Background)
	}
}

// Nobody needs to hear on Friday what is to happen on Wednesday, where there is
// anything else to hear.
func TestWhatWasToComeIsLeftOutWhenItsDayHasGoneBy(t *testing.T) {
	t.Parallel()
	s := ferry()
	day := noon.Truncate(24 * time.Hour)
	s.Developments[3].EventAt = day // "until Friday", told an hour ago: today is not over
	in := input(s)
	texts := func() (ids []int64) {
		in.Schedule.Size = bot.SizeLong
		for _, l := range Compose(in).Items[0].Lines {
			ids = append(ids, l.DevelopmentID)
		}
		return ids
	}
	in.Stories[0].Developments = s.Developments[2:]
	if ids := texts(); !slices.Equal(ids, []int64{103, 104}) {
		t.Errorf("on the day: %v", ids)
	}
	s.Developments[3].Sources[0].At = day.AddDate(0, 0, -3)
	s.Developments[3].EventAt = day.AddDate(0, 0, -2)
	if ids := texts(); !slices.Equal(ids, []int64{103}) {
		t.Errorf("two days later: %v", ids)
	}
	in.Stories[0].Developments = s.Developments[3:]
	if ids := texts(); !slices.Equal(ids, []int64{104}) {
		t.Errorf("alone: %v", ids)
	}
}

// A headline is followed by what it promises, unless the channel was told of that.
func TestTheHeadlinesLineComesFirst(t *testing.T) {
	t.Parallel()
	s := ferry()
	s.Articles[0] = summarize.StoryArticle{ArticleID: int64(len("Skerry Times")), Publisher: "Skerry Times", Title: s.Headline}
	for i := range s.Developments[:2] { // it tells of them further down
		for k := range s.Developments[i].Sources {
			s.Developments[i].Sources[k].Evidence.Start = 900
		}
	}
	in := input(s)
	if id := Compose(in).Items[0].Lines[0].DevelopmentID; id != 103 {
		t.Errorf("new: line %d comes first", id)
	}
	in.Shown = map[int64]int{103: 1}
	if id := Compose(in).Items[0].Lines[0].DevelopmentID; id != 101 {
		t.Errorf("told before: line %d comes first", id)
	}
}

// A toll that has been counted anew is not told beside the new one, though the
// sources' difference is.
func TestOutdatedTollIsLeftOut(t *testing.T) {
	t.Parallel()
	s := ferry()
	first, second := "Nine people were injured in the fog.", "At least 14 were hurt."
	s.Developments = []summarize.StoryDevelopment{
		development(101, -9, 0.9, first, "Tollgate Mail"),
		development(102, -1, 0.5, second, "Skerry Times"),
	}
	for i, text := range []string{first, second} {
		s.Disputes[0].Values[i].Sources[0] = s.Developments[i].Sources[0]
		if s.Disputes[0].Values[i].Sources[0].Evidence.Text != text {
			t.Fatal("not that source")
		}
	}
	item := Compose(input(s)).Items[0]
	if len(item.Lines) != 1 || item.Lines[0].DevelopmentID != 102 || len(item.Disputes) != 1 {
		t.Errorf("%d lines, the first is %d; %d disputes", len(item.Lines), item.Lines[0].DevelopmentID, len(item.Disputes))
	}
	s.Disputes[0].Values[0].Sources[0].At = at(-3) // at about the same time nobody knows who is right
	if item := Compose(input(s)).Items[0]; len(item.Lines) != 2 {
		t.Errorf("%d lines", len(item.Lines))
	}
}

func TestWhoIsIntroduced(t *testing.T) {
	t.Parallel()
	s := ferry()
	s.Actors[2].Role = "Owner" // of what?
	var names []string
	for _, a := range Compose(input(s)).Items[0].Who {
		names = append(names, a.Name)
	}
	if !slices.Equal(names, []string{"Ottoline Varga"}) {
		t.Errorf("introduced: %v", names)
	}
}

func TestStoryThatRisesOverTheFloorIsTold(t *testing.T) {
	t.Parallel()
	in := input(library())
	in.Schedule.MinPublishers = 2
	if d := Compose(in); len(d.Items) != 0 {
		t.Fatal("told below the floor")
	}
	in.Stories[0].Publishers = 2
	in.Since, in.Until = noon, at(12)
	if d := Compose(in); len(d.Items) != 1 {
		t.Fatalf("not told when a second publisher came: %+v", d.LeftOut)
	}
}

func TestQuietDay(t *testing.T) {
	t.Parallel()
	in := input()
	if d := Compose(in); !d.Quiet {
		t.Error("the schedule asks to hear of quiet days")
	}
	in.Schedule.QuietDay = false
	if d := Compose(in); d.Quiet || len(d.Items) != 0 {
		t.Error("nothing is to be posted")
	}
}

func TestWriteIsSafeForATerminal(t *testing.T) {
	t.Parallel()
	s := library()
	s.Headline = "Bad \x1b[31mred\x1b[0m \u202eheadline\a"
	var b bytes.Buffer
	if err := Write(&b, Compose(input(s)), Options{}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.String(), "\x1b\a\u202e") {
		t.Errorf("control characters reach the terminal: %q", b.String())
	}
}

func BenchmarkCompose(b *testing.B) {
	in := input()
	in.Since = at(-24)
	for i := range int64(5000) { // a day of single-article stories: as many as there can be
		s := ferry()
		s.ID = i + 1
		s.Headline = strings.Repeat(string(rune('a'+i%26)), 5) + s.Headline
		for n := range s.Developments {
			s.Developments[n].ID = i*10 + int64(n) + 1
		}
		in.Stories = append(in.Stories, s)
	}
	for b.Loop() {
		Compose(in)
	}
}
