package text

import "testing"

func TestClassify(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in   string
		want LineKind
	}{
		{"By Mara Quill in Harrow Bay", Credit},
		{"By MARA QUILL and Tom Sayer, political editor", Credit},
		{"Por Lucía Ferrán", Credit},
		{"Von Jens Klee, Hamburg", Credit},
		{"By Monday the water had gone.", Prose},
		{"By 2030 the plant will close", Prose},
		{"By the time help came, it was late.", Prose},
		{"By Rask's own account, she was asleep.", Prose},
		{"PHOTO: The mayor of Harrow Bay last year.", Caption},
		{"The mayor of Harrow Bay at the pier. (AP Photo/Mara Quill)", Caption},
		{"FILE - The pier in May.", Caption},
		{"Getty Images said it would sue.", Prose},
		{"Read more: How the pier was lost", Promotion},
		{"Sign up to our newsletter for the day's five essential stories.", Promotion},
		{"Sign up numbers rose by a third, the council said.", Prose},
		{"Subscribe to the Lakeside Tribune for unlimited access.", Promotion},
		{"Follow us on Threads", Promotion},
		{"Follow the money, prosecutors were told.", Prose},
		{"Join the navy, his father said.", Prose},
		{"More than 40 people were hurt.", Prose},
		{"More on this story", Promotion},
		{"Get the boats out, the captain ordered.", Prose},
		{"Watch: the pier falls", Promotion},
		{"Watch committee chair Ida Rask resigned.", Prose},
		{"This story was provided by Kestrel. Subscribe to the Tribune for unlimited access.", Rights},
		{"© 2026 Kestrel", Rights},
		{"Copyright 2026 Kestrel. All rights reserved.", Rights},
		{"(Reporting by Mara Quill; editing by Tom Sayer)", Rights},
		{"We use cookies to improve your experience.", Notice},
		{"Advertisement", Notice},
		{"Article continues below", Notice},
		{"14:32 GMT", Stamp},
		{"Updated 3 March 2026 at 10:15", Stamp},
		{"Updated figures show 14 people died in the storm.", Prose},
		{"Lea también: El muelle se hunde", Promotion},
		{"Lesen Sie auch: Der Kai versinkt", Promotion},
		{"À lire aussi : Le quai s’effondre", Promotion},
		{"Leia também: O cais afunda", Promotion},
		{"Leggi anche: Il molo affonda", Promotion},
		{"", Notice},
		{"The mayor of Harrow Bay resigned on Monday.", Prose},
		{"Share prices fell by a third.", Prose},
		{"Home Secretary Ida Rask resigned.", Prose},
	} {
		if got := Classify(tc.in); got != tc.want {
			t.Errorf("%q is %v, want %v", tc.in, got, tc.want)
		}
	}
}

func TestByline(t *testing.T) {
	t.Parallel()
	in := "  By Mara Quill and Tom Sayer"
	sp, ok := Byline(in)
	if !ok || sp.Of(in) != "Mara Quill and Tom Sayer" {
		t.Errorf("got %q, %v", sp.Of(in), ok)
	}
}

func TestDateline(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, place, rest string }{
		{"OSLO, March 3 (Kestrel) — Norway waits.", "OSLO", "Norway waits."},
		{"SINGAPORE (Kestrel) — Two airlines merge.", "SINGAPORE", "Two airlines merge."},
		{"NEW HARROW, Ohio (Kestrel) -- The mill closed.", "NEW HARROW", "The mill closed."},
		{"HARROW BAY — The pier fell.", "HARROW BAY", "The pier fell."},
		{"(Kestrel) - The pier fell on Monday.", "", "The pier fell on Monday."},
		{"Madrid, 3 abr (EFE).- El muelle cayó.", "Madrid", "El muelle cayó."},
		{"PIURA (Perú), 3 abr (Cernícalo).- El muelle cayó.", "PIURA", "El muelle cayó."},
		{"Berlin (dpa) - Der Rat tagt.", "Berlin", "Der Rat tagt."},
		{"Oslo. Nach dem Sturm ruht der Verkehr.", "Oslo", "Nach dem Sturm ruht der Verkehr."},
		{"Washington/Berlin (dpa) – Der Rat tagt.", "Washington/Berlin", "Der Rat tagt."},
		{"LONDON, 12 May 2026 (Kestrel): The court sat.", "LONDON", "The court sat."},
	} {
		place, rest, ok := Dateline(tc.in)
		if !ok || place.Of(tc.in) != tc.place || rest.Of(tc.in) != tc.rest {
			t.Errorf("%q: %q, %q, %v", tc.in, place.Of(tc.in), rest.Of(tc.in), ok)
		}
	}
	for _, in := range []string{
		"The pier fell — nobody was hurt.",
		"Ida Rask — a former mayor — resigned.",
		"Rask (Labour) said no.",
		"Norway, which owns the cable, waits.",
		"Aas-Brekken said no.",
		"Nobody came. The pier fell.",
		"NOTE TO READERS: the pier fell.",
		"", "OSLO", "OSLO —",
	} {
		if _, rest, ok := Dateline(in); ok || rest.Of(in) != in {
			t.Errorf("%q is taken for a dateline, rest %q", in, rest.Of(in))
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add("OSLO, March 3 (Kestrel) — Norway waits.")
	f.Add("By Mara Quill in Harrow Bay")
	f.Add("14:32 GMT — Police say no.")
	f.Fuzz(func(t *testing.T, s string) {
		Classify(s)
		if sp, ok := Byline(s); ok && (sp.Start < 0 || sp.End > len(s) || sp.Start > sp.End) {
			t.Fatalf("byline %v of %q", sp, s)
		}
		place, rest, ok := Dateline(s)
		if ok && (place.End > rest.Start || rest.End != len(s)) || !ok && rest != (Span{0, len(s)}) {
			t.Fatalf("dateline %v %v %v of %q", place, rest, ok, s)
		}
	})
}

func TestMetaLines(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]LineKind{
		"23 November 2026, 15:04 · Share":           Stamp,
		"Published 3 March 2026 | 4 min read":       Stamp,
		"Aktualisiert: 3. März 2026, 14:32 Uhr":     Stamp,
		"In March 2026 the company had 12 ships.":   Prose,
		"March 3 was the day on which she resigned": Prose,
	} {
		if got := Classify(line); got != want {
			t.Errorf("%q is %v, want %v", line, got, want)
		}
	}
}
