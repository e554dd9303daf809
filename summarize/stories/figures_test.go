package stories

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sitrep/feeds"
	"sitrep/summarize"
)

func TestFigures(t *testing.T) {
	t.Parallel()
	tests := []struct {
		lang, text string
		want       []string // field=stated
	}{
		{"en", "At least 27 miners died and more than 40 were injured at Quillan.", []string{"dead=At least 27", "injured=more than 40"}},
		{"en", "Twenty-three people were killed.", []string{"dead=23"}},
		{"en", "The number of people who died in the fire at the old mill rose to 7.", []string{"dead=7"}},
		{"en", "The death toll, first put at 12, was corrected to 9.", []string{"dead=9"}},
		{"en", "She became the third person to die.", []string{"dead=3"}},
		{"en", "Nobody died, no one was hurt, and none of the 12 children is missing.", nil},
		{"en", "A quake killed 300 people there in 1998.", nil}, // of an earlier year
		{"en", "Three of the dead were named.", nil},            // part of a whole
		{"en", "Five people were killed and 8 seriously injured.", []string{"dead=5"}},
		{"en", "Another 14 people died on Friday.", nil},                        // more of the same
		{"en", "Ilse Brandvik, 52, died.", nil},                                 // an age
		{"en", "The mill, built in 1911, burned at 10:30 on March 3.", nil},     // times and dates
		{"en", "A magnitude 6.4 earthquake struck.", []string{"magnitude=6.4"}}, //
		{"en", "Turnout was 61.5 percent.", []string{"turnout=61.5 percent"}},   //
		{"en", "The firm agreed to buy its rival for $1.2 billion.", []string{"price=$1.2 billion"}},
		{"en", "Analysts valued the firm at 900 million euros.", nil},
		{"en", "It will cut 1,900 jobs.", []string{"job cuts=1,900"}},
		{"en", "Repairs will take between 10 and 12 weeks.", []string{"repair time=between 10 and 12 weeks"}},
		{"en", "The board voted five to two.", []string{"vote=5–2"}},
		{"de", "Elf Menschen kamen ums Leben, 30 wurden verletzt.", []string{"injured=30"}},
		{"de", "Bei dem Brand starben mindestens 4 Menschen; es gab 4 Tote.", []string{"dead=4"}},
		{"de", "Die Wahlbeteiligung lag bei 61,5 Prozent.", []string{"turnout=61,5 Prozent"}},
		{"es", "El choque dejó doce muertos y 30 heridos.", []string{"dead=12", "injured=30"}},
		{"es", "La participación fue del 61,5 %.", []string{"turnout=61,5 %"}},
		{"fr", "L'incendie a fait trois morts et 12 blessés.", []string{"dead=3", "injured=12"}},
		{"pt", "O acidente fez três mortos e 46 feridos.", []string{"dead=3", "injured=46"}},
		{"it", "L'incidente ha causato tre morti e 46 feriti.", []string{"dead=3", "injured=46"}},
	}
	for _, tt := range tests {
		var got []string
		for _, f := range sentenceFigures(tt.text, tt.lang, monday, func() summarize.Evidence { return summarize.Evidence{} }) {
			if !strings.HasPrefix(f.field, "#") {
				got = append(got, f.label+"="+f.stated)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s %q:\n%s", tt.lang, tt.text, diff)
		}
	}
}

func TestPlainNumber(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"1,900": "1900", "1.900": "1900", "4.1": "4.1", "4,1": "4.1", "1.234.567": "1234567", "0.125": "0.125", "12": "12", "3,25": "3.25"} {
		if got := plainNumber(in); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}

// told is an article of one sentence.
func told(id int64, publisher, lang string, at float64, text string) Member {
	return Member{Article: &feeds.Article{ID: id, Publisher: publisher, Family: publisher, Lang: lang, Text: text, PublishedAt: hours(at), SeenAt: hours(at)}}
}

func TestDisputes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		members []Member
		want    []string
	}{
		"sources differ": {
			[]Member{told(1, "A", "en", 0, "At least 12 people were injured."), told(2, "B", "es", 1, "Hubo 17 heridos.")},
			[]string{"injured open: At least 12 [1] 17 [2]"},
		},
		"they agree": {[]Member{told(1, "A", "en", 0, "12 people were injured."), told(2, "B", "fr", 1, "Il y a douze blessés.")}, nil},
		"one rounds": {
			[]Member{told(1, "A", "en", 0, "About 31,400 people were evacuated."), told(2, "B", "en", 1, "Some 31,000 people were evacuated.")}, nil,
		},
		"within a range": {
			[]Member{told(1, "A", "en", 0, "Repairs will take between 10 and 12 weeks."), told(2, "B", "en", 1, "Repairs will take 11 weeks.")}, nil,
		},
		"an outlet's later figure replaces its own": {
			[]Member{told(1, "A", "en", 0, "12 people died."), told(2, "A", "en", 3, "17 people died."), told(3, "B", "en", 4, "17 people died.")}, nil,
		},
		"converged after they differed": {
			[]Member{told(1, "A", "en", 0, "12 people died."), told(2, "B", "en", 1, "17 people died."), told(3, "A", "en", 4, "17 people died.")}, nil,
		},
		"a later report corrects the earlier one": {
			[]Member{told(1, "A", "en", 0, "Turnout was 64%."), told(2, "B", "en", 5, "Turnout, which the court had put at 64%, was corrected to 61.5%.")},
			[]string{"turnout closed: 64% [1] 61.5% [2]"},
		},
		"different things are counted": {
			[]Member{told(1, "A", "en", 0, "12 people died."), told(2, "B", "en", 1, "17 people were injured.")}, nil,
		},
		"the same noun of different size": {
			[]Member{told(1, "A", "en", 0, "The line carries 900 trains."), told(2, "B", "en", 1, "The firm owns 40 trains.")}, nil,
		},
		"money in different currencies": {
			[]Member{told(1, "A", "en", 0, "The firm will buy its rival for $900 million."), told(2, "B", "en", 1, "The firm will buy its rival for 830 million euros.")}, nil,
		},
		"a counted noun": {
			[]Member{told(1, "A", "en", 0, "The rebels agreed to free 60 prisoners."), told(2, "B", "fr", 1, "Les rebelles vont libérer 45 prisonniers.")},
			[]string{"prisoners open: 60 [1] 45 [2]"},
		},
		"votes": {
			[]Member{told(1, "A", "en", 0, "The vote was five to two."), told(2, "B", "de", 1, "Der Beschluss fiel mit vier gegen drei Stimmen.")},
			[]string{"vote open: 5–2 [1] 4–3 [2]"},
		},
	}
	for name, tt := range tests {
		var got []string
		for _, d := range Compose(summarize.Story{}, tt.members, hours(9)).Disputes {
			line := d.Field + map[bool]string{true: " open:", false: " closed:"}[d.Open]
			for _, v := range d.Values {
				line += " " + v.Value + " ["
				for i, s := range v.Sources {
					if i > 0 {
						line += " "
					}
					line += fmt.Sprint(s.ArticleID)
					if s.Evidence.Text == "" {
						t.Errorf("%s: a value without evidence", name)
					}
				}
				line += "]"
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}
