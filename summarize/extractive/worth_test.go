package extractive

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"sitrep/feeds"
)

func TestTrainDevelopmentsGivesTheEmbeddedModel(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("other architectures round otherwise")
	}
	out := filepath.Join(t.TempDir(), "worth.bin")
	var said strings.Builder
	err := TrainDevelopments(context.Background(), &said, engine(t), TrainOptions{
		Articles: "../ner/data/own", Marks: "data/marks.tsv", Events: "data/events.txt", Out: out,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(said.String())
	trained, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(trained, worthData) {
		t.Error("worth.bin is not what training gives: train it anew (data/README.md)")
	}
}

func TestDecodeWorthRefusesDamage(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"empty": nil, "cut": worthData[:len(worthData)-1], "no head": worthData[:20], "other": append([]byte("xxxxx1"), worthData[6:]...),
	} {
		if _, err := decodeWorth(data); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	m, err := decodeWorth(worthData)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.encode(), worthData) {
		t.Error("a model read and written again differs")
	}
}

func TestReadEventsRefusesWhatItCantRead(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"# event: flood | topic: weather\n# article: Tarn Post | lang: en\nTITLE: A\nTEXT:\nB\nEND\n",            // no hours
		"# event: flood | topic: weather\n# article: Tarn Post | lang: en | hours: 1\nTITLE: A\nEND\n",           // no text
		"# event: flood | topic: weather\n# article: Tarn Post | lang: en | hours: soon\nTITLE: A\nTEXT:\nEND\n", // no number
	} {
		if _, err := ReadEvents(strings.NewReader(s)); err == nil {
			t.Errorf("taken: %q", s)
		}
	}
	events, err := ReadEvents(strings.NewReader("# event: flood | topic: weather\n# article: Tarn Post | lang: en | hours: 2\nTITLE: Bridge closed\nTEXT:\n{A3|The bridge at Tarn closed.} It is old.\nEND\n"))
	if err != nil {
		t.Fatal(err)
	}
	m := events[0]
	if s := m.Statements[0]; m.Text != "The bridge at Tarn closed. It is old." || m.Text[s.Start:s.End] != "The bridge at Tarn closed." || s.Fact != 'A' || s.Importance != 3 {
		t.Errorf("%+v", m)
	}
}

// TestDevelopmentsThatLeanComeWithWhatTheyLeanOn reads two sentences of which
// the second says "its".
func TestDevelopmentsThatLeanComeWithWhatTheyLeanOn(t *testing.T) {
	t.Parallel()
	said := "The tanker Orvane was stopped off Brakholm on Tuesday by two patrol boats of the coastguard. One of its anchors was missing, prosecutor Ines Talvik said."
	b, _ := engine(t).read(&feeds.Article{ID: 1, Title: "Tanker Orvane stopped off Brakholm", Lang: "en", Text: said + "\n\nBrakholm has 4,000 inhabitants and a lighthouse."})
	for _, d := range b.Developments {
		if strings.Contains(d.Text, "its anchors") && !strings.Contains(d.Text, "Orvane") {
			t.Errorf("nobody knows whose anchors: %q", d.Text)
		}
	}
	if len(b.Developments) == 0 || b.Developments[0].Text != said {
		t.Errorf("first development %+v", b.Developments)
	}
}

// The same in other languages, and not where "das" is an article.
func TestDevelopmentsThatLeanInOtherLanguages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang, first, second string
		leans               bool
	}{
		{"de", "Zwei Boote der Küstenwache haben am Dienstag vor Brakholm den Tanker Orvane gestoppt.", "Das bestätigte die Staatsanwältin Ines Talvik am Abend.", true},
		{"de", "Zwei Boote der Küstenwache haben am Dienstag vor Brakholm den Tanker Orvane gestoppt.", "Das norwegische Schiff verlor am Montag einen Anker.", false},
		{"de", "Zwei Boote der Küstenwache haben am Dienstag vor Brakholm den Tanker Orvane gestoppt.", "Sein Anker fehlte nach Angaben der Staatsanwältin Ines Talvik.", true},
		{"fr", "Deux vedettes ont arraisonné mardi au large de Brakholm le pétrolier Orvane.", "Cela a été confirmé par la procureure Inès Talvik mardi soir.", true},
		{"es", "Dos patrulleras detuvieron el martes frente a Brakholm el petrolero Orvane.", "Su ancla había desaparecido, según la fiscal Inés Talvik.", true},
	} {
		b, _ := engine(t).read(&feeds.Article{ID: 1, Title: "Orvane, Brakholm", Lang: c.lang, Text: c.first + " " + c.second + "\n\nBrakholm."})
		for _, d := range b.Developments {
			if alone := d.Evidence.Text == c.second; alone && c.leans || strings.Contains(d.Evidence.Text, c.first+" ") && !c.leans {
				t.Errorf("%s: %q", c.second, d.Evidence.Text)
			}
		}
		if len(b.Developments) == 0 {
			t.Errorf("%s: nothing is told", c.first)
		}
	}
}

func TestWhatIsToBeDecidedIsTold(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	body.WriteString("Ministers of the eleven coastal states are to meet in Orvik on Thursday, the secretariat said.\n\n")
	for _, s := range []string{
		"The talks will be led by Marit Hollund, who chairs the council.", "Tarn closed its ports to trawlers on Monday after a collision that killed two sailors.",
		"The fleet of Selmora landed 41,000 tonnes of cod last year.", "Prime Minister Edvin Raske called the closure a mistake and recalled his ambassador on Tuesday.",
		"Police in Tarn arrested nine fishermen on Wednesday.", "A court ordered the release of the trawler Signe on Wednesday evening.", "Fuel prices in the region rose by 12 percent in October.",
	} {
		body.WriteString(s + "\n\n")
	}
	want := "At the meeting the ministers aim to determine how the patrols might be shared and paid for."
	body.WriteString(want + "\n\nThe council was founded by six states and meets twice a year.")
	b, _ := engine(t).read(&feeds.Article{ID: 1, Title: "Coastal states to meet after closure of ports", Lang: "en", Text: body.String()})
	for _, d := range b.Developments {
		if d.Text == want {
			return
		}
	}
	t.Errorf("what is to be decided is missing: %+v", b.Developments)
}
