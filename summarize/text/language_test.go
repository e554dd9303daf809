package text

import "testing"

func TestLanguage(t *testing.T) {
	t.Parallel()
	for want, texts := range map[string][]string{
		"en":  {"The council said on Monday that it would not wait for the report.", "Harrow Bay mayor resigns after the pier has fallen into the sea"},
		"es":  {"El alcalde dijo el lunes que no esperará más y que el muelle se cerrará.", "La ministra presentó los datos de la encuesta en Harrow"},
		"fr":  {"Le maire a dit lundi qu’il ne voulait pas attendre et que le quai serait fermé."},
		"de":  {"Der Bürgermeister sagte am Montag, dass er nicht auf den Bericht warten werde."},
		"pt":  {"O prefeito disse na segunda-feira que não vai esperar e que o cais será fechado."},
		"it":  {"Il sindaco ha detto lunedì che non aspetterà e che il molo sarà chiuso della città."},
		"nl":  {"De burgemeester zei maandag dat hij niet op het rapport wil wachten en dat de pier dicht gaat."},
		"sv":  {"Borgmästaren sade på måndagen att han inte vill vänta och att piren är stängd för året."},
		"ru":  {"Мэр города объявил в понедельник, что эта пристань будет закрыта и вы это знаете."},
		"uk":  {"Мер міста оголосив у понеділок, що пристань буде закрита і що її не відкриють."},
		"ar":  {"استقال رئيس البلدية يوم الاثنين بعد انهيار الرصيف."},
		"fa":  {"شهردار روز دوشنبه گفت که این اسکله بسته می\u200cشود و گزارش را پیگیری می\u200cکند."},
		"he":  {"ראש העיר התפטר ביום שני לאחר שהרציף קרס."},
		"zh":  {"市长周一表示，码头将关闭。"},
		"ja":  {"市長は月曜日、桟橋を閉鎖すると述べた。"},
		"ko":  {"시장은 월요일 부두를 폐쇄하겠다고 밝혔다."},
		"el":  {"Ο δήμαρχος είπε τη Δευτέρα ότι η προβλήτα θα κλείσει."},
		"und": {"", "1234 5678", "Rask", "Harrow Bay", "xqz vbn wrt plk", "\xff\xfe\x00"},
	} {
		for _, s := range texts {
			if got := Language(s); got != want {
				t.Errorf("%q: %s, want %s", s, got, want)
			}
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, fold, plain string }{
		{"Holmbø’s  “Plan”", "holmbø's \"plan\"", "holmbo's \"plan\""},
		{"ＡＢＣ ﬁne", "abc fine", "abc fine"},
		{"Jose\u0301\u00a0Łuk", "josé łuk", "jose luk"},
		{"STRASSE straße", "strasse strasse", "strasse strasse"},
		{"2019–20", "2019-20", "2019-20"},
		{"co\u00adoperate", "cooperate", "cooperate"},
		{" plain text ", "plain text", "plain text"},
		{"İstanbul", "istanbul", "istanbul"},
		{"a\xffb", "a\uFFFDb", "a\uFFFDb"},
	} {
		if got := Fold(tc.in); got != tc.fold {
			t.Errorf("Fold(%q) = %q, want %q", tc.in, got, tc.fold)
		}
		if got := FoldPlain(tc.in); got != tc.plain {
			t.Errorf("FoldPlain(%q) = %q, want %q", tc.in, got, tc.plain)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Holmbø’s  “Plan” İ ς ß ﬁ")
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if twice := Fold(once); twice != once {
			t.Fatalf("Fold is not idempotent: %q, %q", once, twice)
		}
		FoldPlain(s)
		Language(s)
		Stem(s, "en")
	})
}

func TestStem(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ lang, a, b string }{
		{"en", "resigned", "resigning"}, {"es", "ministros", "ministro"}, {"fr", "ministres", "ministre"},
		{"de", "Verhandlungen", "Verhandlung"}, {"pt", "ministros", "ministro"}, {"it", "ministri", "ministro"}, {"xx", "Rask", "rask"},
	} {
		if a, b := Stem(tc.a, tc.lang), Stem(tc.b, tc.lang); a != b {
			t.Errorf("%s: %q and %q stem to %q and %q", tc.lang, tc.a, tc.b, a, b)
		}
	}
	if !StopWord("The", "en") || StopWord("council", "en") || !StopWord("über", "de") || StopWord("the", "xx") {
		t.Error("stop words")
	}
}
