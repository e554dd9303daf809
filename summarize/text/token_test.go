package text

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want string }{
		{"The U.S. said no.", "The U.S. said no ."},
		{"at 2:14 a.m. on Jan. 3, 2021", "at 2:14 a.m. on Jan. 3 , 2021"},
		{"Rask's isn't won’t they'll O'Dell's", "Rask 's is n't wo n’t they 'll O'Dell 's"},
		{"the Rasks' boat", "the Rasks ' boat"},
		{"rose 3.5% to $1,200.50 (up 2-1)", "rose 3.5 % to $ 1,200.50 ( up 2-1 )"},
		{"l'Assemblée d’Harrow dell'Arno L'Ordre", "l' Assemblée d’ Harrow dell' Arno L' Ordre"},
		{"Kenya-led, ex-Kremlin, Aas-Brekken, well-known 17-year-old", "Kenya - led , ex - Kremlin , Aas-Brekken , well-known 17-year-old"},
		{"AT&T and P&O", "AT&T and P&O"},
		{"“No,” he said…", "“ No , ” he said …"},
		{"wait... what?!", "wait ... what ? !"},
		{"write desk@harbour.example or https://harbour.example/x, @harbour #Vote", "write desk@harbour.example or https://harbour.example/x , @harbour #Vote"},
		{"J.R. Rask, J.-P. Roche and Gen. Pell", "J.R. Rask , J.-P. Roche and Gen. Pell"},
		{"ended.The end", "ended . The end"},
		{"No. 10 says no. Ten", "No. 10 says no . Ten"},
		{"市长辞职。", "市 长 辞 职 。"},
		{"U.S.'s U.S.-led", "U.S. 's U.S. - led"},
		{"Lisbon–Madrid Paris/Oslo", "Lisbon – Madrid Paris / Oslo"},
		{"\u200eשלום\u200f עולם", "שלום עולם"},
		{"", ""},
	} {
		var got []string
		for _, tok := range Tokens(tc.in) {
			got = append(got, tok.Text)
			if tok.Of(tc.in) != tok.Text {
				t.Errorf("%q: span %v is not %q", tc.in, tok.Span, tok.Text)
			}
		}
		if d := cmp.Diff(tc.want, strings.Join(got, " ")); d != "" {
			t.Errorf("%q: %s", tc.in, d)
		}
	}
}

func FuzzTokens(f *testing.F) {
	f.Add("Rask's U.S.-led l'A d’ 3.5% https://a.b/c?d=e. desk@a.b #x @y 1-2-3 a.b.c. ’s")
	f.Add("é\xff\xfe'’-‐·&_..--")
	f.Fuzz(func(t *testing.T, s string) {
		toks := Tokens(s)
		spans := make([]Span, len(toks))
		end := 0
		for i, tok := range toks {
			spans[i] = tok.Span
			if tok.Text != tok.Of(s) {
				t.Fatalf("text %q is not its span %q", tok.Text, tok.Of(s))
			}
			for _, r := range s[end:tok.Start] {
				if !isBlank(r) {
					t.Fatalf("%q left out before %v of %q", r, tok.Span, s)
				}
			}
			end = tok.End
		}
		checkSpans(t, s, spans)
	})
}

func BenchmarkTokens(b *testing.B) {
	s := strings.Repeat("The council of Harrow Bay said on Monday that Dr. Ida Rask's plan would cost $3.5 million. ", 30)
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		Tokens(s)
	}
}
