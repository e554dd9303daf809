package stories

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/feeds"
)

func item(id int64, lang string, at float64, title string, paragraphs ...string) *feeds.Article {
	return &feeds.Article{ID: id, Lang: lang, Title: title, Text: strings.Join(paragraphs, "\n\n"), PublishedAt: hours(at), SeenAt: hours(at)}
}

// Invented news: two of each kind of event, so that look-alikes stand side by
// side.
var (
	quakeA1 = item(1, "en", 0, "Earthquake of magnitude 6.1 shakes Varrenmark", "An earthquake of magnitude 6.1 shook the Varrenmark valley early on Monday and brought down houses in Oberlund, the Varrenmark civil guard said.",
		"At least 9 people died, said Governor Tilde Aasgaard. \"The church tower fell on the square,\" Aasgaard said.", "Soldiers were sent to Oberlund.")
	quakeA2 = item(2, "en", 3, "Rescuers search Oberlund after quake", "Rescuers dug through rubble in Oberlund on Monday after the earthquake in the Varrenmark valley.",
		"Governor Tilde Aasgaard said 11 people had died. The Varrenmark civil guard flew in dogs.")
	quakeA3 = item(3, "de", 4, "Erdbeben im Varrenmark: Elf Tote in Oberlund", "Nach dem Erdbeben im Varrenmark suchen Retter in Oberlund nach Vermissten. Elf Menschen kamen ums Leben, wie Gouverneurin Tilde Aasgaard mitteilte.",
		"Das Beben hatte die Stärke 6,1.")
	quakeB1 = item(4, "en", 5, "Magnitude 5.8 earthquake hits San Calixto coast", "An earthquake of magnitude 5.8 struck off the coast of San Calixto on Monday, and the port of Punta Ardiles was closed.",
		"Nobody died, said Mayor Evaristo Quiñones. The earthquake was felt in the capital.", "Soldiers were sent to Punta Ardiles.")
	quakeB2 = item(5, "es", 6, "Un sismo sacude la costa de San Calixto", "Un sismo de magnitud 5,8 sacudió el lunes la costa de San Calixto y obligó a cerrar el puerto de Punta Ardiles.",
		"No hubo muertos, dijo el alcalde Evaristo Quiñones.")
	trialA1 = item(6, "en", 2, "Banker Odalys Prewitt goes on trial", "The former banker Odalys Prewitt went on trial in Eastmere on Monday, accused of hiding losses at Grindle Brothers.",
		"Prewitt denied the charges. The prosecutor, Ansel Toft, said she had lied to savers.")
	trialA2 = item(7, "en", 50, "Prewitt jailed for five years", "A court in Eastmere jailed Odalys Prewitt for five years on Wednesday over the losses of Grindle Brothers.", "Ansel Toft, the prosecutor, welcomed the verdict.")
	trialB1 = item(8, "en", 3, "Former mayor on trial over harbour contract", "The former mayor of Lissum, Joost Ravensberg, went on trial on Monday, accused of taking bribes over a harbour contract.",
		"Ravensberg denied the charges. The prosecutor, Femke Oorthuys, said he had been paid in boats.")
	matchA1 = item(9, "en", 1, "Harrow Vale beat Stourmouth Town 3-1", "Harrow Vale beat Stourmouth Town 3-1 on Sunday, with two goals by Kofi Lindqvist.", "Manager Desmond Achebe-Roy said the team had earned it.")
	matchA2 = item(10, "en", 73, "Harrow Vale lose at Pennick Rangers", "Harrow Vale lost 2-0 at Pennick Rangers on Wednesday after a red card for Milo Strand.", "The winger Iker Beltza scored both goals for Pennick Rangers.")
)

func newsItems() []*feeds.Article {
	return []*feeds.Article{quakeA1, quakeA2, quakeA3, quakeB1, quakeB2, trialA1, trialA2, trialB1, matchA1, matchA2}
}

func joinAll(t *testing.T, x *Index, items []*feeds.Article) map[int64]int64 {
	t.Helper()
	next := int64(0)
	for _, a := range items {
		err := x.Join(Features(a, nil), func(p Placement) (int64, error) {
			if p.StoryID != 0 {
				return p.StoryID, nil
			}
			next++
			return next, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	out := map[int64]int64{}
	for _, a := range items {
		out[a.ID] = x.StoryOf(a.ID)
	}
	return out
}

func TestLookAlikesStayApartAndLanguagesJoin(t *testing.T) {
	t.Parallel()
	want := map[string][]int64{"quake A": {1, 2, 3}, "quake B": {4, 5}, "trial A": {6, 7}, "trial B": {8}, "match A": {9}, "match B": {10}}
	items := newsItems()
	for range items {
		items = append(items[1:], items[0]) // every rotation of the order
		story := joinAll(t, NewIndex(Options{}), items)
		owner := map[int64]string{}
		for name, ids := range want {
			for _, id := range ids {
				if story[id] != story[ids[0]] {
					t.Errorf("%s is divided (order from %d): %v", name, items[0].ID, story)
				}
			}
			if other, taken := owner[story[ids[0]]]; taken {
				t.Errorf("%s and %s are one story (order from %d)", name, other, items[0].ID)
			}
			owner[story[ids[0]]] = name
		}
	}
}

func TestTwoWorkersMakeOneStory(t *testing.T) {
	t.Parallel()
	for range 20 {
		x := NewIndex(Options{})
		var mu sync.Mutex
		made := 0
		var wg sync.WaitGroup
		for _, a := range []*feeds.Article{quakeA1, quakeA2} {
			wg.Go(func() {
				err := x.Join(Features(a, nil), func(p Placement) (int64, error) {
					if p.StoryID != 0 {
						return p.StoryID, nil
					}
					mu.Lock()
					defer mu.Unlock()
					made++
					return int64(made), nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if made != 1 || x.StoryOf(1) != x.StoryOf(2) {
			t.Fatalf("%d stories", made)
		}
	}
}

func TestPlaceChangesNothing(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{})
	joinAll(t, x, newsItems()[:2])
	d := Features(quakeA3, nil)
	first := x.Place(d)
	if diff := cmp.Diff(first, x.Place(d)); diff != "" || x.Len() != 2 || x.StoryOf(3) != 0 {
		t.Errorf("placing twice differs, or is remembered: %s", diff)
	}
	if first.StoryID != 1 || first.Score <= 0 || len(first.Reasons) == 0 {
		t.Errorf("%+v", first)
	}
}

func TestFailedSaveIsForgotten(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{})
	want := errors.New("the database is away")
	if err := x.Join(Features(quakeA1, nil), func(Placement) (int64, error) { return 0, want }); !errors.Is(err, want) {
		t.Fatal(err)
	}
	if x.Len() != 0 || x.StoryOf(1) != 0 {
		t.Error("the article is remembered")
	}
	joinAll(t, x, []*feeds.Article{quakeA1})
	if err := x.Join(Features(quakeA2, nil), func(Placement) (int64, error) { return 0, want }); !errors.Is(err, want) || x.Len() != 1 {
		t.Errorf("%v, %d articles", err, x.Len())
	}
}

func TestCopiesAreRecognised(t *testing.T) {
	t.Parallel()
	body := []string{
		"The harbour authority of Lissum has closed two of its five locks until Friday because a barge laden with gravel sank across the approach channel on Sunday night.",
		"Nobody was hurt, and the crew of four walked ashore along a mooring line, said the harbour master, Wiebke Thoma, who called it the oddest rescue of her career.",
		"Some forty ships are waiting in the roads, among them a tanker with a broken generator that has to be towed to a berth before the weather turns.",
		"Divers will fix cables to the wreck at low water and two floating cranes are expected from the yard at Eastmere by Tuesday evening.",
	}
	original := item(20, "en", 0, "Sunken barge closes Lissum locks", body...)
	copied := item(21, "en", 2, "Barge sinks in Lissum", append(append([]string{}, body[:3]...), "This story was provided by Polwire. Subscribe to read more from your county.")...)
	own := item(22, "en", 3, "Cranes on way to raise Lissum barge", "Two cranes left Eastmere for Lissum, where a sunken barge blocks the locks, the harbour master Wiebke Thoma said.",
		"She expects ships to move again on Friday. The gravel belongs to the building firm Toft and Daughters, whose owner said that it was insured.")
	x := NewIndex(Options{})
	next := int64(0)
	copies := map[int64]int64{}
	for _, a := range []*feeds.Article{original, copied, own} {
		_ = x.Join(Features(a, nil), func(p Placement) (int64, error) {
			copies[a.ID] = p.CopyOf
			if p.StoryID != 0 {
				return p.StoryID, nil
			}
			next++
			return next, nil
		})
	}
	if copies[21] != 20 || copies[22] != 0 || next != 1 {
		t.Errorf("copies %v in %d stories", copies, next)
	}
}

func TestRefilledIndexPlacesAlike(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{})
	joinAll(t, x, newsItems()[:8])
	y := NewIndex(Options{})
	for _, a := range newsItems()[:8] {
		d := Features(a, nil)
		b, err := d.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		back := Doc{ArticleID: a.ID, StoryID: x.StoryOf(a.ID)}
		if err := back.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		y.Add(back)
	}
	for _, a := range newsItems()[8:] {
		if diff := cmp.Diff(x.Place(Features(a, nil)), y.Place(Features(a, nil))); diff != "" {
			t.Errorf("after a restart article %d goes elsewhere:\n%s", a.ID, diff)
		}
	}
}

func TestStoriesThatTurnOutToBeOneAreMerged(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{})
	for i, a := range []*feeds.Article{quakeA1, quakeA2} { // as two processes without a lease would have stored them
		d := Features(a, nil)
		d.StoryID = int64(i + 1)
		x.Add(d)
	}
	var got Placement
	if err := x.Join(Features(quakeA3, nil), func(p Placement) (int64, error) { got = p; return p.StoryID, nil }); err != nil {
		t.Fatal(err)
	}
	if got.StoryID == 0 || len(got.Absorb) != 1 || got.Absorb[0] == got.StoryID {
		t.Fatalf("%+v", got)
	}
	for id := range int64(3) {
		if s := x.StoryOf(id + 1); s != got.StoryID {
			t.Errorf("article %d is in story %d", id+1, s)
		}
	}
}

func TestRecheckMendsWhatOrderBroke(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{})
	for _, a := range newsItems() {
		d := Features(a, nil)
		d.StoryID = a.ID // each alone
		x.Add(d)
	}
	next := int64(100)
	x.Settle(time.Time{}, func() int64 { next++; return next })
	if x.StoryOf(1) != x.StoryOf(2) || x.StoryOf(4) != x.StoryOf(5) || x.StoryOf(1) == x.StoryOf(4) || x.StoryOf(6) == x.StoryOf(8) {
		t.Error("not joined as they belong")
	}
	x.Assign(1, x.StoryOf(6)) // a wrong placement: a quake among the trials
	x.Settle(time.Time{}, func() int64 { next++; return next })
	if x.StoryOf(1) != x.StoryOf(2) {
		t.Error("a misplaced article is not moved back")
	}
}

func TestExpireForgetsWholeStories(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{})
	joinAll(t, x, newsItems())
	gone := x.Expire(hours(20)) // trial A went on after that, match B began after
	if x.StoryOf(6) == 0 || x.StoryOf(7) == 0 || x.StoryOf(10) == 0 || x.StoryOf(1) != 0 || x.Len() != len(newsItems())-gone {
		t.Errorf("%d forgotten, %d left", gone, x.Len())
	}
	if p := x.Place(Features(quakeA2, nil)); p.StoryID != 0 {
		t.Errorf("placed with what was forgotten: %+v", p)
	}
	if p := x.Place(Features(trialA2, nil)); p.StoryID != x.StoryOf(6) {
		t.Errorf("a story that goes on is lost: %+v", p)
	}
}

func TestExpireGivesRoomBack(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{})
	room := newNewsroom(3)
	for day := range 4 {
		for range 400 {
			a := room.article()
			a.PublishedAt = hours(float64(24 * day))
			a.SeenAt = a.PublishedAt
			d := Features(&a, nil)
			d.StoryID = a.ID
			x.Add(d)
		}
		x.Expire(hours(float64(24*day) - 1))
	}
	if x.Len() != 400 || len(x.entries) > 1000 || len(x.posts) > 40*1000 || len(x.terms.stats) > 30_000 {
		t.Errorf("%d articles; %d entries, %d postings, %d terms", x.Len(), len(x.entries), len(x.posts), len(x.terms.stats))
	}
	for i, e := range x.entries {
		for _, term := range e.terms {
			if x.terms.stats[term].count == 0 {
				t.Fatalf("entry %d has a term that was dropped", i)
			}
		}
	}
}

func TestFeaturesAreSmall(t *testing.T) {
	t.Parallel()
	a := newNewsroom(5).article()
	b, err := Features(&a, nil).MarshalBinary()
	if err != nil || len(b) > 1000 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

func ExampleIndex_Join() {
	x := NewIndex(Options{})
	next := int64(0)
	for _, a := range []*feeds.Article{quakeA1, quakeB1, quakeA2} {
		_ = x.Join(Features(a, nil), func(p Placement) (int64, error) {
			if p.StoryID == 0 {
				next++
				fmt.Printf("%q begins story %d\n", a.Title, next)
				return next, nil
			}
			fmt.Printf("%q joins story %d\n", a.Title, p.StoryID)
			return p.StoryID, nil
		})
	}
	// Output:
	// "Earthquake of magnitude 6.1 shakes Varrenmark" begins story 1
	// "Magnitude 5.8 earthquake hits San Calixto coast" begins story 2
	// "Rescuers search Oberlund after quake" joins story 1
}
