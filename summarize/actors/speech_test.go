package actors

import "testing"

func TestSpeakers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, body string
		want       [][2]string // quotation, speaker
	}{
		{"after", `"It is shut," [PER Ann Roe] said.`, [][2]string{{"It is shut,", "Ann Roe"}}},
		{"inverted", `“It is shut,” said [PER Ann Roe], the mayor.`, [][2]string{{"It is shut,", "Ann Roe"}}},
		{"before", `[PER Ann Roe], the mayor, said: "It is shut."`, [][2]string{{"It is shut.", "Ann Roe"}}},
		{"split", `"It is shut," [PER Ann Roe] said, "and stays shut."`, [][2]string{{"It is shut,", "Ann Roe"}, {"and stays shut.", "Ann Roe"}}},
		{"goes on", `"It is shut," [PER Ann Roe] said. "It stays shut."`, [][2]string{{"It is shut,", "Ann Roe"}, {"It stays shut.", "Ann Roe"}}},
		{"fragment", `[PER Ann Roe] said the port was "shut for good".`, [][2]string{{"shut for good", "Ann Roe"}}},
		{"pronoun", "[PER Ann Roe], the mayor, came.\n\n\"It is shut,\" she said.", [][2]string{{"It is shut,", "Ann Roe"}}},
		{"pronoun of the other gender", `Her husband, [PER Jo Roe], saw the mayor, Ms. [PER Ida Lund]. "It is shut," she said.`, [][2]string{{"It is shut,", "Ida Lund"}}},
		{"the lawyer of a man", `Mr [PER Okoye]'s lawyer, [PER Femi Ade], said he was innocent. "He is a baker," he said.`, [][2]string{{"He is a baker,", "Femi Ade"}}},
		{"somebody unnamed", "Mayor [PER Ann Roe] came.\n\nThe judge said that was no reason. \"Sit down,\" she said.", [][2]string{{"Sit down,", ""}}},
		{"description", `Vice Admiral [PER Ann Roe] came. "It is shut," the admiral said.`, [][2]string{{"It is shut,", "Ann Roe"}}},
		{"organisation", `[ORG Northby airport], which has four flights a day, said it was seeking "urgent clarity".`, [][2]string{{"urgent clarity", "Northby airport"}}},
		{"observers from a body", `Observers from the [ORG Organization of Rivers] reported "no pattern of fraud".`, [][2]string{{"no pattern of fraud", "Organization of Rivers"}}},
		{"role before the name", `"We rehearsed," said [LOC Iqui] Mayor [PER Bego Nun].`, [][2]string{{"We rehearsed,", "Bego Nun"}}},
		{"possessor is not the speaker", `[ORG Kestrel]'s managing director, [PER Margit Oye], told reporters: "It passed."`, [][2]string{{"It passed.", "Margit Oye"}}},
		{"nested", `"She told me, 'Bo is family,'" [PER Ann Roe] testified.`, [][2]string{{"She told me, 'Bo is family,'", "Ann Roe"}}},
		{"a sign", "A sign hung from the wall: \"Quiet please, we listen.\"", [][2]string{{"Quiet please, we listen.", ""}}},
		{"colon without a verb of saying", `[PER Ann Roe] would not be drawn: "There is a plane."`, [][2]string{{"There is a plane.", "Ann Roe"}}},
		{"sentence before", `Markets don't care, says [PER Kwon Do], a strategist. "Ask me again."`, [][2]string{{"Ask me again.", "Kwon Do"}}},
		{"over paragraphs", "“She sold it in 1986.\n\n“She was offered a phone,” [PER Ann Roe] told a rally.", [][2]string{{"She sold it in 1986.", "Ann Roe"}, {"She was offered a phone,", "Ann Roe"}}},
		{"single marks", `‘It didn’t fit,’ said [PER Ann Roe], who repaired it.`, [][2]string{{"It didn’t fit,", "Ann Roe"}}},
		{"guillemets", `«Cada acta fue leída en voz alta», subrayó la presidenta del tribunal, [PER Graciela Dua], al anunciar el resultado de las elecciones.`, [][2]string{{"Cada acta fue leída en voz alta", "Graciela Dua"}}},
		{"French", `« Je n'ai jamais choisi une entreprise », a déclaré M. [PER Delac] à la barre, au deuxième jour de son procès.`, [][2]string{{"Je n'ai jamais choisi une entreprise", "Delac"}}},
		{"French pronoun", `Le patron de [ORG Garon], [PER Bruno Cast], a reconnu les faits. « Entre amis, on ne compte pas », a-t-il dit.`, [][2]string{{"Entre amis, on ne compte pas", "Bruno Cast"}}},
		{"German", `Die Ministerin [PER Inga Sol] kam am Abend nach [LOC Oslo]. „Wir schließen nichts aus“, sagte [PER Sol] dort.`, [][2]string{{"Wir schließen nichts aus", "Inga Sol"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := read(t, "", tc.body)
			if len(r.Quotes) != len(tc.want) {
				t.Fatalf("got %d quotes %+v, want %d", len(r.Quotes), r.Quotes, len(tc.want))
			}
			for i, q := range r.Quotes {
				who := ""
				if q.Speaker >= 0 {
					who = r.Actors[q.Speaker].Name
				}
				if q.Text != tc.want[i][0] || who != tc.want[i][1] {
					t.Errorf("got %q by %q, want %q by %q", q.Text, who, tc.want[i][0], tc.want[i][1])
				}
				if got := r.Body.Text[q.Evidence.Start:q.Evidence.End]; got != q.Text {
					t.Errorf("evidence holds %q", got)
				}
			}
		})
	}
}

func TestNoQuotes(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`The plane lies on the "Ring of Fire" and shakes.`,
		`They call him the players' friend and the owners' foe.`,
		`It was 5' 10" tall and 6' wide.`,
	} {
		if r := read(t, "", body); len(r.Quotes) > 0 {
			t.Errorf("%q: got %+v", body, r.Quotes)
		}
	}
}
