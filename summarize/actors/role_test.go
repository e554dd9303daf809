package actors

import (
	"strings"
	"testing"

	"sitrep/summarize"
)

func TestRoles(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, body, who string
		want            []string // role, or role|status
	}{
		{"title", "Defence Minister [PER Ilona Brandsted] said the port was shut.", "Ilona Brandsted", []string{"Defence Minister"}},
		{"title with a nationality", "[MISC Danish] Admiral [PER Tor Vik] left.", "Tor Vik", []string{"Danish Admiral"}},
		{"lower case with article", "They asked the marine biologist [PER Nadia Okon] about it.", "Nadia Okon", []string{"marine biologist"}},
		{"a verb before is no part", "[ORG Holm Rovers] dismissed head coach [PER Sal Ferri] on Monday.", "Sal Ferri", []string{"head coach"}},
		{"apposition", "[PER Piet Vander], the union's general secretary, called a strike.", "Piet Vander", []string{"union's general secretary"}},
		{"apposition after an age", "[PER Anna Holm], 34, a teacher from [LOC Sund], died.", "Anna Holm", []string{"teacher from Sund"}},
		{"apposition without article", "[PER Rolf Haug], former skipper of the barge, agreed.", "Rolf Haug", []string{"former skipper of the barge|former"}},
		{"apposition turned round", "Its managing director, [PER Margit Oye], said no.", "Margit Oye", []string{"managing director"}},
		{"possessed", "[ORG Kestrel]'s chief executive, [PER Margit Oye], said no.", "Margit Oye", []string{"Kestrel's chief executive"}},
		{"head with a link", "The head of [ORG Ferrovia], [PER Duarte Sa], stepped down.", "Duarte Sa", []string{"head of Ferrovia"}},
		{"two at once", "She sat beside her husband, the folk singer [PER Oskar Iban].", "Oskar Iban", []string{"her husband", "folk singer"}},
		{"coordinated", "[PER Minh Le], founder, chief tester and non-voting director of [ORG Suong Labs], left.", "Minh Le", []string{"founder", "director"}},
		{"relative clause", "[PER Tobias Ren], who commands the station, said so.", "Tobias Ren", []string{"commands the station"}},
		{"relative clause with as", "[PER Carla Drago], who serves as the chair of the committee, will lead.", "Carla Drago", []string{"chair of the committee"}},
		{"who was until", "[PER Amara Delg], who was the firm's head of safety until March, disagreed.", "Amara Delg", []string{"firm's head of safety until March|former"}},
		{"copula", "[PER Lambros Kyr] is the chairman of [ORG Castell].", "Lambros Kyr", []string{"chairman of Castell"}},
		{"no longer", "[PER Bae Soon] is no longer prime minister.", "Bae Soon", []string{"prime minister|former"}},
		{"named", "[PER Imelda Rey] was named acting administrator of the office.", "Imelda Rey", []string{"acting administrator of the office|acting"}},
		{"appointed as", "The president appointed [PER Tom Horak] as governor of the central bank.", "Tom Horak", []string{"governor of the central bank"}},
		{"will become", "[PER Jeppe Thor], her counterpart at [ORG Nord], will become deputy chairman.", "Jeppe Thor", []string{"her counterpart at Nord", "deputy chairman|deputy"}},
		{"as phrase", "[PER Kwab Mens], who led training, stays as assistant.", "Kwab Mens", []string{"led training", "assistant"}},
		{"took over as", "He spoke to [PER Kofi Ann], who took over as port director last month.", "Kofi Ann", []string{"port director"}},
		{"formerly of", "[PER Ana Lima], formerly of the [ORG World Bank], came.", "Ana Lima", []string{"formerly of the World Bank|former"}},
		{"title and what it is of", "Governor [PER Rosa Mac] of [LOC Davao] province said so.", "Rosa Mac", []string{"Governor of Davao province"}},
		{"of a party", "[PER Bettina Cro], of the [ORG Democratic Party], spoke.", "Bettina Cro", []string{"of the Democratic Party"}},
		{"organisation", "[ORG Corvane], a credit-scoring firm, cut its outlook.", "Corvane", []string{"credit-scoring firm"}},
		{"organisation before", "She runs the rail operator [ORG Treno Adri].", "Treno Adri", []string{"rail operator"}},
		{"a list of two", "Budget carriers [ORG Orient] and [ORG Delta] will merge.", "Delta", []string{"Budget carriers"}},
		{"a participle that is a title's", "[PER Alex Gryn], [ORG NATO]'s supreme allied commander in [LOC Europe], agreed.", "Alex Gryn", []string{"NATO's supreme allied commander in Europe"}},
		{"elect", "President-elect [PER Lucia Ben] takes office in May.", "Lucia Ben", []string{"President-elect|incoming"}},
		{"Spanish", "La alcaldesa de [LOC Villar], [PER Begoña Nun], pidió calma a los vecinos. [PER Rodrigo Cal], alcalde de [LOC Encarna], no quiso hablar con la prensa.", "Begoña Nun", []string{"alcaldesa de Villar"}},
		{"Spanish after", "La alcaldesa de [LOC Villar] pidió calma a los vecinos. [PER Rodrigo Cal], alcalde de [LOC Encarna], no quiso hablar con la prensa.", "Rodrigo Cal", []string{"alcalde de Encarna"}},
		{"French", "L'ancien maire de [LOC Lyre], [PER Étienne Delac], a nié les faits devant le tribunal mardi.", "Étienne Delac", []string{"ancien maire de Lyre|former"}},
		{"German", "Das bestätigte die norwegische Verteidigungsministerin [PER Inga Sol] am Abend in [LOC Oslo] und sprach von einem Unfall.", "Inga Sol", []string{"norwegische Verteidigungsministerin"}},
		{"Portuguese", "A ministra das Infraestruturas, [PER Filipa Vasc], anunciou um inquérito e não quis falar mais do acidente.", "Filipa Vasc", []string{"ministra das Infraestruturas"}},
		{"none is stated", "[PER Tor Moen], whose testimony ended the inquiry, was not there.", "Tor Moen", nil},
		{"nor in a quotation", "\"[PER Sal Ferri] is a coward,\" she said.", "Sal Ferri", nil},
		{"nor denied", "[PER Sal Ferri] is not the owner of the club.", "Sal Ferri", nil},
		{"the next of a list", "[PER Ann Roe], the [ORG World Bank] and others agreed.", "Ann Roe", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := read(t, "", tc.body)
			got := actor(t, r, tc.who).Roles
			if len(tc.want) == 0 && len(got) > 0 {
				t.Fatalf("got roles %v, want none", got)
			}
			for _, w := range tc.want {
				words, status, _ := strings.Cut(w, "|")
				ok := false
				for _, g := range got {
					if strings.Contains(g.Text, words) && g.Status == summarize.RoleStatus(status) {
						ok = true
						if e := g.Evidence; r.Body.Text[e.Start:e.End] != e.Text {
							t.Errorf("evidence %q is not at %d", e.Text, e.Start)
						}
					}
				}
				if !ok {
					t.Errorf("got roles %+v, want %q", got, w)
				}
			}
		})
	}
}
