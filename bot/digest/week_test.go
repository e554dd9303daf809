package digest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/stories"
)

// A newsroom of invented outlets over one week: events begin, go on for a day
// or two, change their figures, and are told by several outlets in their own
// words.
type week struct {
	rng     *rand.Rand
	index   *stories.Index
	members map[int64][]stories.Member
	story   map[int64]summarize.Story
	event   map[int64]string // story -> event that it tells of
	nextDev int64
	nextID  int64
}

var outlets = []string{"Tollgate Mail", "Skerry Times", "Radio Osmere", "The Fenland Echo", "Polwire"}

type happening struct {
	name  string // a place nobody else has
	who   string
	begin int // hour of the week
	told  int // outlets that tell of it
	kind  int
}

var (
	places  = strings.Fields("Orvik Havn Lissum Eastmere Grau Dunmarrow Kestrel Pennick Stourmouth Oberlund Ardiles Calixto Varren Brenholt Quillan Marsby Tarnfoss Ulverick Jessamy Norsund")
	persons = strings.Fields("Aasgaard Brandvik Quintero Ravensberg Oorthuys Prewitt Lindqvist Beltza Thoma Varga Toft Achebe Strand Quiñones Halloran Ibsen Kowalke Mbeki Nakata Pereira")
)

// says is what an outlet states of a happening, hours after it began.
func (h happening) says(outlet, phase int) (title string, sentences []string) {
	p, w := h.name, h.who
	in := func(variants ...string) string {
		return strings.NewReplacer("PLACE", p, "WHO", w).Replace(variants[outlet%len(variants)])
	}
	switch h.kind {
	case 0:
		dead := []int{3, 3, 8}[phase]
		title = in("Ferry sinks off PLACE", "Deaths as PLACE ferry goes down", "Storm sinks ferry near PLACE")
		sentences = []string{
			fmt.Sprintf(in("At least %d people were killed when a ferry sank off PLACE in a storm.", "A ferry went down in heavy seas near PLACE, killing %d people.",
				"%d people have died after the storm sank a passenger ferry outside PLACE harbour."), dead),
			in("The harbour master of PLACE, WHO, ordered all ships to stay in port.", "Ships must stay in port, the PLACE harbour master WHO ordered.",
				"WHO, who runs the harbour in PLACE, has ordered every ship to remain there."),
		}
		if phase > 0 {
			sentences = append(sentences, in("Divers found the wreck of the PLACE ferry under forty metres of water.", "The sunken PLACE ferry was discovered by divers on the sea bed.",
				"Diving teams have located the wreck outside PLACE."))
		}
	case 1:
		title = in("PLACE council votes for toll bridge", "Toll bridge for PLACE approved", "PLACE will have its bridge")
		sentences = []string{
			in("The council of PLACE voted to build a toll bridge over the estuary.", "A bridge with a toll will span the estuary after a vote by PLACE council.",
				"By a clear vote, councillors in PLACE approved the estuary bridge and its toll."),
			in("Councillor WHO of PLACE refused to sign the contract.", "The contract was not signed by WHO, who sits on the PLACE council.", "WHO would not put a signature under the contract in PLACE."),
		}
		if phase > 0 {
			sentences = append(sentences, in("A court in PLACE stopped the bridge after a complaint by fishermen.", "Fishermen won a court order that halts the bridge at PLACE.",
				"The bridge at PLACE was halted by judges because fishermen had complained."))
		}
	default:
		jobs := []int{410, 410, 380}[phase]
		title = in("PLACE paper mill to close", "Hundreds of jobs go at PLACE mill", "Owner shuts mill in PLACE")
		sentences = []string{
			fmt.Sprintf(in("The paper mill at PLACE will close next spring with the loss of %d jobs.", "Next spring sees the end of the PLACE paper mill, which will cut %d jobs.",
				"%d jobs will be lost when the owner shuts the paper mill in PLACE."), jobs),
			in("The union leader WHO called a strike at the mill in PLACE.", "Workers at PLACE mill were asked to strike by WHO, who leads their union.", "WHO of the paper workers' union announced a strike in PLACE."),
		}
		if phase > 1 {
			sentences = append(sentences, in("A buyer from abroad made an offer for the PLACE mill.", "The PLACE mill has been offered money by a foreign buyer.", "A foreign group wants to buy the mill in PLACE."))
		}
	}
	return title, sentences
}

func (w *week) publish(h happening, outlet, phase int, at time.Time) error {
	w.nextID++
	name := outlets[outlet]
	title, sentences := h.says(outlet, phase)
	a := &feeds.Article{
		ID: w.nextID, FeedID: int64(outlet + 1), Title: title, Text: strings.Join(sentences, " "), Lang: "en", Publisher: name, Family: name,
		URL: fmt.Sprintf("https://%d.example/%d", outlet, w.nextID), PublishedAt: at, SeenAt: at,
	}
	brief := &summarize.Brief{ArticleID: a.ID, Lang: "en", Headline: title}
	for i, s := range sentences {
		start := strings.Index(a.Text, s)
		brief.Developments = append(brief.Developments, summarize.Development{Text: s, Weight: 1 / float64(i+1), Evidence: summarize.Evidence{Part: summarize.PartText, Start: start, End: start + len(s), Text: s}})
	}
	return w.index.Join(stories.Features(a, brief), func(p stories.Placement) (int64, error) {
		id := p.StoryID
		if id == 0 {
			id = w.nextID
		}
		w.members[id] = append(w.members[id], stories.Member{Article: a, Brief: brief, CopyOf: p.CopyOf})
		s := stories.Compose(w.story[id], w.members[id], at)
		s.ID = id
		for i := range s.Developments {
			if s.Developments[i].ID == 0 {
				w.nextDev++
				s.Developments[i].ID = w.nextDev
			}
		}
		if other := w.event[id]; other != "" && other != h.name {
			return 0, fmt.Errorf("%s and %s are one story", other, h.name)
		}
		if len(p.Absorb) > 0 {
			return 0, fmt.Errorf("%s absorbs %v", h.name, p.Absorb)
		}
		w.event[id] = h.name
		w.story[id] = s
		return id, nil
	})
}

func TestWeekOfDigests(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			testWeek(t, seed)
		})
	}
}

func testWeek(t *testing.T, seed uint64) {
	w := &week{
		rng: rand.New(rand.NewPCG(seed, 4)), index: stories.NewIndex(stories.Options{}), members: map[int64][]stories.Member{},
		story: map[int64]summarize.Story{}, event: map[int64]string{},
	}
	type dispatch struct {
		hour   float64
		h      happening
		outlet int
		phase  int
	}
	var all []dispatch
	wide := map[string]bool{} // happenings that enough outlets tell of
	for i, place := range places {
		h := happening{name: place, who: persons[i], begin: w.rng.IntN(120), told: 1 + w.rng.IntN(4), kind: i % 3}
		wide[h.name] = h.told >= 2
		for o := range h.told {
			phase := 0
			for hour := float64(h.begin) + w.rng.Float64()*5; hour < float64(h.begin+40); hour += 6 + 14*w.rng.Float64() {
				all = append(all, dispatch{hour, h, (i + o) % len(outlets), phase})
				phase = min(2, phase+1)
			}
		}
	}
	slices.SortFunc(all, func(a, b dispatch) int {
		if a.hour < b.hour {
			return -1
		}
		return 1
	})
	monday := time.Date(2027, 3, 8, 0, 0, 0, 0, time.UTC)
	schedule := bot.Schedule{ID: 1, Zone: "UTC", Size: bot.SizeLong, MinPublishers: 2}
	shown := map[int64]int{}
	texts := map[string]int64{}
	toldEvents := map[string]bool{}
	since := monday
	for slot := range 15 {
		until := monday.Add(time.Duration(8+12*slot) * time.Hour)
		for len(all) > 0 && !monday.Add(time.Duration(all[0].hour*float64(time.Hour))).After(until.Add(-time.Nanosecond)) {
			d := all[0]
			all = all[1:]
			if err := w.publish(d.h, d.outlet, d.phase, monday.Add(time.Duration(d.hour*float64(time.Hour)))); err != nil {
				t.Fatal(err)
			}
		}
		var updated []summarize.Story
		for _, s := range w.story {
			if !s.UpdatedAt.Before(since) && s.UpdatedAt.Before(until) {
				updated = append(updated, s)
			}
		}
		edition := Compose(Input{Schedule: schedule, Since: since, Until: until, Slot: until, Stories: updated, Shown: shown})
		reason := reasons(edition)
		items := map[int64]bot.Item{}
		for _, item := range edition.Items {
			items[item.StoryID] = item
			toldEvents[w.event[item.StoryID]] = true
			for _, l := range item.Lines {
				if version, ok := shown[l.DevelopmentID]; ok && (version >= l.Version || !l.Changed || l.Was == "" || l.Was == l.Text) {
					t.Errorf("slot %d: told again: %q (version %d, told %d)", slot, l.Text, l.Version, version)
				}
				if id, ok := texts[l.Text]; ok {
					t.Errorf("slot %d: the words %q were told as line %d before", slot, l.Text, id)
				}
				texts[l.Text] = l.DevelopmentID
				if len(l.Sources) == 0 || l.Sources[0].Evidence.Text == "" {
					t.Errorf("slot %d: a line without evidence: %q", slot, l.Text)
				}
			}
		}
		// Counted apart from Compose: whatever has news and the support that is asked for is in, or counted as left out for want of room.
		for _, s := range updated {
			ran, news := false, false
			for _, d := range s.Developments {
				if _, ok := shown[d.ID]; ok {
					ran = true
				}
			}
			for _, d := range s.Developments {
				version, told := shown[d.ID]
				if !d.Withdrawn && (told && d.Version > version || !told && (!ran || !d.ChangedAt.Before(since))) {
					news = true
				}
			}
			_, in := items[s.ID]
			qualifies := news && s.Publishers >= schedule.MinPublishers
			if qualifies && !in && reason[s.ID] != ReasonSize && reason[s.ID] != ReasonDiversity {
				t.Errorf("slot %d: %s has news and is left out: %q", slot, s.Headline, reason[s.ID])
			}
			if !qualifies && in {
				t.Errorf("slot %d: %s does not qualify and is in", slot, s.Headline)
			}
		}
		for _, item := range edition.Items {
			for _, l := range item.Lines {
				shown[l.DevelopmentID] = l.Version
			}
		}
		since = until
	}
	for name, is := range wide {
		if is && !toldEvents[name] {
			t.Errorf("%s was told by two outlets or more, and no digest has it", name)
			for id, e := range w.event {
				if e == name {
					for _, m := range w.members[id] {
						t.Logf("  story %d (%d publishers) %s: %s: %s", id, w.story[id].Publishers, m.Article.Publisher, m.Article.Title, m.Article.Text)
					}
				}
			}
		}
	}
	if len(all) > 0 {
		t.Errorf("%d dispatches came too late", len(all))
	}
}
