package text

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// In the tables a "|" stands where a sentence ends.
func TestSentences(t *testing.T) {
	for name, tc := range map[string]struct{ lang, in string }{
		"abbreviated state":    {"en", "The U.S. Treasury said it would wait.| The U.S. has waited before."},
		"state ends sentence":  {"en", "He flew back to the U.S.| The trip took a day."},
		"number sign":          {"en", "They met at No. 10 on Monday.| The answer was no.| Nobody left."},
		"percent.":             {"en", "Shares rose 3.5 percent.| Bonds fell 2 per cent."},
		"decimal ends":         {"en", "The index closed at 3.5.| Traders shrugged."},
		"initials":             {"en", "J. R. Okonjo leads the inquiry.| George W. Tarrant does not."},
		"ranks":                {"en", "Lt. Gen. Ada Brook and Gen. Pell met Sen. Orr.| Dr. Lund, Prof. Hay and Mr. St. Clair stayed away."},
		"saint and street":     {"en", "She lives in St. Ives, off Mill St.| The house is old."},
		"clock":                {"en", "It began at 2:14 a.m. about a mile out.| It ended at 5 p.m.| Nobody was hurt.| Doors open at 9 a.m. Monday."},
		"companies":            {"en", "It was sold to Pellow Inc. for a song.| Brandt & Co. Chief Executive Ida Rask resigned.| The buyer is Pellow Corp.| The price was not given."},
		"ellipsis":             {"en", "He paused… and went on.| He stopped...| Nobody spoke."},
		"quote after stop":     {"en", "“We have a ship.”| He sat down.| \"It is late.\"| She left."},
		"quote holds several":  {"en", "“We have a ship. We have a gap. It is enough,” Rask said on Monday.| Nobody replied."},
		"split quote":          {"en", "\"I have never met him,\" she said.| \"I could not pick him out.\""},
		"question attributed":  {"en", "“Why now?” Rask asked.| “Who pays?” she said."},
		"question then news":   {"en", "Who pays?| The council does."},
		"bracketed":            {"en", "The vote failed.| (Two members were absent.)| It will be held again."},
		"lower-case name":      {"en", "The town fell.| al-Harun fighters fled."},
		"missing space":        {"en", "The vote failed.|The council will meet."},
		"url":                  {"en", "See https://harbour.example/a.b?c=1.| Then write to desk@harbour.example. "},
		"etc":                  {"en", "They brought boats, ropes, etc.| Divers came too."},
		"months":               {"en", "It closed on Dec. 14 and opened in Jan. 2021.| Nobody came."},
		"versus":               {"en", "The case of Rask vs. Pell is over."},
		"blank line":           {"en", "A heading\n\n|The vote failed\n\n|by a mile."},
		"heading on a line":    {"en", "What we know\n|The vote failed on Monday, and the council that had called it\nwill have to call it again."},
		"bullets":              {"en", "Three things happened\n|• The vote failed\n|• The mayor left\n|• It rained"},
		"dateline":             {"en", "OSLO, March 3 (Kestrel) — The cable was cut.| Nobody knows why."},
		"enumeration":          {"en", "1. The vote failed.\n|2. The mayor left.| In 2020 he won 14.| Nobody cared."},
		"exclamations":         {"en", "They won!| Really?!| Yes."},
		"German ordinals":      {"de", "Am 3. März tagt der Rat.| Das 19. Jahrhundert ist vorbei.| Es war der 2. Versuch.| Dabei starben 14.| Die Polizei ermittelt."},
		"German abbreviations": {"de", "Er kam z.B. aus Rom, d.h. aus Italien, ca. 20 Mio. Menschen usw.| Dr. Klee und Prof. Ott gingen."},
		"German quotes":        {"de", "„Wir gehen. Wir kommen nicht wieder“, sagte Klee.| Dann ging sie."},
		"Spanish":              {"es", "El Sr. Ruano y la Dra. Peña viajaron a EE.UU. el lunes.| «Nadie lo sabe», dijo.| ¿Quién paga?| ¡Nadie!"},
		"French":               {"fr", "M. Roche et Mme Aubin ont signé.| « C’est fini. On rentre », a dit M. Roche.| Il est parti."},
		"Portuguese":           {"pt", "O Sr. Prado e a Dra. Luz saíram.| Ninguém ficou."},
		"Italian":              {"it", "Il dott. Neri e la sig.ra Viola sono usciti.| Nessuno è rimasto."},
		"Chinese":              {"zh", "市长周一辞职。|没有人受伤。"},
		"Arabic":               {"ar", "استقال رئيس البلدية يوم الاثنين. |لم يصب أحد بأذى."},
		"Urdu":                 {"ur", "میئر نے استعفیٰ دے دیا۔ |کوئی زخمی نہیں ہوا۔"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want []string
			for _, w := range strings.Split(tc.in, "|") {
				want = append(want, strings.TrimSpace(w))
			}
			in := strings.ReplaceAll(tc.in, "|", "")
			var got []string
			for _, sp := range Sentences(in, tc.lang) {
				got = append(got, sp.Of(in))
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("sentences (-want +got):\n%s", d)
			}
		})
	}
}

func TestSentencesSkipTimeStamps(t *testing.T) {
	t.Parallel()
	in := "14:05 GMT\n\n14:02 — Police say the bridge is closed. Nobody is hurt.\n\n10:15 was too late for the mayor.\n\n9.40am: The council meets.\n\n20:25 Power is out in Harrow"
	var got []string
	for _, sp := range Sentences(in, "en") {
		got = append(got, sp.Of(in))
	}
	want := []string{"14:05 GMT", "Police say the bridge is closed.", "Nobody is hurt.", "10:15 was too late for the mayor.", "The council meets.", "Power is out in Harrow"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestParagraphs(t *testing.T) {
	t.Parallel()
	in := "\r\n one\r\ntwo \r\n \r\n three\u2029four\n\n\n"
	var got []string
	for _, p := range Paragraphs(in) {
		got = append(got, p.Of(in))
	}
	if d := cmp.Diff([]string{"one\r\ntwo", "three", "four"}, got); d != "" {
		t.Error(d)
	}
}

// checkSpans fails unless the spans are in order, apart, inside s and on
// character boundaries.
func checkSpans(t *testing.T, s string, spans []Span) {
	t.Helper()
	end, valid := 0, utf8.ValidString(s)
	for _, sp := range spans {
		if sp.Start < end || sp.End <= sp.Start || sp.End > len(s) {
			t.Fatalf("span %v after %d in %d bytes", sp, end, len(s))
		}
		end = sp.End
		if valid && !utf8.ValidString(sp.Of(s)) {
			t.Fatalf("span %v cuts a character: %q", sp, sp.Of(s))
		}
	}
}

// hostile are texts for which anything but linear time would take minutes: the
// test would run into its own limit.
func hostile() map[string]string {
	noise := make([]byte, 1<<18)
	x := uint32(1)
	for i := range noise {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	return map[string]string{
		"long article":     strings.Repeat("The council of Harrow Bay said on Monday that Dr. Ida Rask would leave. “It is time,” she said.\n\n", 10500),
		"noise":            string(noise),
		"one sentence":     strings.Repeat("and the mayor spoke ", 10000),
		"one word":         strings.Repeat("a", 1<<18),
		"points":           strings.Repeat(".", 1<<18),
		"dotted word":      strings.Repeat("a.", 1<<17),
		"hyphens":          strings.Repeat("Ab-", 1<<17),
		"apostrophes":      strings.Repeat("l'", 1<<17),
		"open quotes":      strings.Repeat("“He said ", 1<<16),
		"straight quotes":  strings.Repeat("\"", 1<<18),
		"right to left":    strings.Repeat("قالت الشرطة يوم الاثنين إن الجسر مغلق. ", 9000),
		"newlines":         strings.Repeat("a\n", 1<<17),
		"digits":           strings.Repeat("1,", 1<<17),
		"at signs":         strings.Repeat("a@", 1<<17),
		"initials":         strings.Repeat("A. ", 1<<17),
		"combining":        strings.Repeat("e\u0301", 1<<17),
		"brackets":         strings.Repeat("(", 1<<18),
		"abbreviation run": strings.Repeat("Gen. ", 1<<17),
	}
}

func TestHostileTextsComeBack(t *testing.T) {
	for name, s := range hostile() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lang := Language(s)
			checkSpans(t, s, Sentences(s, lang))
			for _, p := range Paragraphs(s) {
				Classify(p.Of(s))
				Dateline(p.Of(s))
			}
		})
	}
}

func FuzzSentences(f *testing.F) {
	f.Add("OSLO, March 3 (Kestrel) — The U.S. said “no. Never.” He left.\n\nBy Ida Rask", "en")
	f.Add("Am 3. März. „Nein“, sagte Klee. \"", "de")
	f.Add("« Non. » Et toi ?\r\n\r\n• a\xff", "fr")
	f.Fuzz(func(t *testing.T, s, lang string) {
		sents := Sentences(s, lang)
		checkSpans(t, s, sents)
		checkSpans(t, s, Paragraphs(s))
		// Nothing but space and time stamps is left out.
		covered := 0
		for _, sp := range sents {
			covered += sp.Len()
		}
		if len(sents) == 0 && len(Tokens(s)) > 0 {
			t.Fatalf("tokens but no sentence in %q", s)
		}
	})
}

func BenchmarkSentences(b *testing.B) {
	s := strings.Repeat("The council of Harrow Bay said on Monday that Dr. Ida Rask would leave. “It is time,” she said.\n\n", 30)
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		Sentences(s, "en")
	}
}
