package stories

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"sitrep/feeds"
	"sitrep/summarize"
)

// newsroom writes articles of made-up events: a vocabulary with the usual long
// tail, names that an event keeps, several articles an event.
type newsroom struct {
	rng    *rand.Rand
	zipf   *rand.Zipf
	id     int64
	events []event
}

type event struct {
	names []string
	words []string
	at    time.Time
}

func newNewsroom(seed uint64) *newsroom {
	rng := rand.New(rand.NewPCG(seed, 9))
	return &newsroom{rng: rng, zipf: rand.NewZipf(rng, 1.15, 8, 60_000)}
}

var syllables = strings.Fields("ba ke lo mi nu ra se ti vo da ge hi jo pa ru sa te va wo ny fe lin mar dor gan tul ves kor")

func syllabic(n uint64) string {
	var b strings.Builder
	for range 3 {
		b.WriteString(syllables[n%uint64(len(syllables))])
		n /= uint64(len(syllables))
	}
	if n > 0 {
		fmt.Fprintf(&b, "%s", syllables[n%uint64(len(syllables))])
	}
	return b.String()
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (n *newsroom) article() feeds.Article {
	if len(n.events) == 0 || n.rng.IntN(100) < 35 {
		e := event{at: monday.Add(time.Duration(n.id) * time.Second)}
		for range 8 {
			if n.rng.IntN(2) == 0 { // a name that others have too
				e.names = append(e.names, title(syllabic(n.zipf.Uint64()%4000+70_000)))
			} else {
				e.names = append(e.names, title(syllabic(uint64(n.rng.IntN(600_000))+80_000)))
			}
		}
		for range 25 {
			e.words = append(e.words, syllabic(n.zipf.Uint64()))
		}
		n.events = append(n.events, e)
	}
	e := n.events[len(n.events)-1-n.rng.IntN(min(len(n.events), 300))]
	n.id++
	var b strings.Builder
	for s := range 22 {
		for w := range 16 {
			switch {
			case n.rng.IntN(6) == 0 && w > 0:
				b.WriteString(e.names[n.rng.IntN(len(e.names))])
			case n.rng.IntN(3) == 0:
				b.WriteString(e.words[n.rng.IntN(len(e.words))])
			default:
				b.WriteString(syllabic(n.zipf.Uint64()))
			}
			b.WriteByte(' ')
		}
		b.WriteString(". ")
		if s%3 == 2 {
			b.WriteString("\n\n")
		}
	}
	return feeds.Article{
		ID: n.id, Lang: "en", Title: title(e.words[0]) + " " + e.words[1] + " " + e.names[0] + " " + e.words[2], Text: b.String(),
		PublishedAt: monday.Add(time.Duration(n.id) * time.Second), SeenAt: monday.Add(time.Duration(n.id) * time.Second),
	}
}

// filled makes an index of n articles, each in its event's story as the index
// itself would have it, without the cost of placing.
func filled(n int) (*Index, *newsroom) {
	room := newNewsroom(1)
	x := NewIndex(Options{})
	for range n {
		a := room.article()
		d := Features(&a, nil)
		d.StoryID = int64(hashOf(a.Title)) + 1
		x.Add(d)
	}
	return x, room
}

func BenchmarkPlace(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			x, room := filled(n)
			room.events = room.events[max(0, len(room.events)-300):]
			docs := make([]Doc, 0, 200)
			for range 200 {
				a := room.article()
				docs = append(docs, Features(&a, nil))
			}
			x.Place(docs[0])
			for _, d := range docs {
				x.Place(d)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			i := 0
			start := cpuTime()
			for b.Loop() {
				x.Place(docs[i%len(docs)])
				i++
			}
			b.ReportMetric(float64((cpuTime()-start).Microseconds())/1000/float64(i), "cpu-ms/op")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "B/article")
			b.ReportMetric(float64(len(x.terms.stats))/float64(n), "terms/article")
		})
	}
}

// cpuTime is what the process has computed so far: on a machine that others
// use too, the clock tells nothing.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkFeatures(b *testing.B) {
	a := newNewsroom(2).article()
	b.SetBytes(int64(len(a.Text)))
	for b.Loop() {
		Features(&a, nil)
	}
}

// The cost of a story with few articles, and with the articles of a day on which
// nothing else happens.
func BenchmarkComposeStory(b *testing.B) {
	for _, n := range []int64{4, 12, 50, 200} {
		b.Run(fmt.Sprint(n, " articles"), func(b *testing.B) {
			var members []Member
			for i := range n {
				members = append(members, written(i+1, fmt.Sprintf("Outlet %d", i), float64(i%40), "Dam at Orvik Lake gives way",
					fmt.Sprintf("The dam at Orvik Lake gave way on Monday after %d days of rain.", i+3), "Two villages were evacuated.",
					"The water company Norsund Vann denied that it had ignored warnings.", fmt.Sprintf("At least %d people are missing.", i+2)))
			}
			prev := numbered(Compose(summarize.Story{}, members, hours(40)))
			for b.Loop() {
				Compose(prev, members, hours(41))
			}
		})
	}
}
