package ner

import (
	"strings"
	"testing"
)

func TestReportCounts(t *testing.T) {
	t.Parallel()
	var r Report
	r.count([]segment{{0, 2, PER}, {3, 4, ORG}, {5, 6, LOC}, {7, 8, MISC}}, []segment{{0, 2, PER}, {3, 4, LOC}, {5, 7, LOC}, {7, 8, MISC}})
	if got := r.Micro(); got != (Score{Gold: 3, Found: 3, Right: 1}) {
		t.Errorf("micro %+v", got)
	}
	if got := r.Types[LOC]; got != (Score{Gold: 1, Found: 2}) {
		t.Errorf("places %+v", got)
	}
	if f := (Score{Gold: 4, Found: 2, Right: 2}).F1(); f < 0.6666 || f > 0.6667 {
		t.Errorf("F1 %v", f)
	}
	r = r.Plus(r)
	if got := r.Micro(); got != (Score{Gold: 6, Found: 6, Right: 2}) {
		t.Errorf("sum %+v", got)
	}
}

func TestEvaluate(t *testing.T) {
	t.Parallel()
	in := "-DOCSTART-\tO\n\nPresident\tO\nBarack\tB-PER\nObama\tI-PER\nflew\tO\nto\tO\nParis\tB-LOC\n.\tO\n\nNATO\tB-LOC\nsaid\tO\nno\tO\n.\tO\n"
	r, err := Evaluate(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	if r.Tokens != 11 || r.Sentences != 2 || r.Documents != 1 || r.Types[PER] != (Score{1, 1, 1}) || r.Types[LOC] != (Score{2, 1, 1}) || r.Types[ORG] != (Score{0, 1, 0}) {
		t.Errorf("%+v", r)
	}
	if out := r.String(); !strings.Contains(out, "FB1:") || !strings.Contains(out, "PER+ORG+LOC") {
		t.Errorf("report:\n%s", out)
	}
	if _, err := Evaluate(strings.NewReader("no tag here?\nx\n")); err == nil {
		t.Error("a broken file is evaluated")
	}
}
