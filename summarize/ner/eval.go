package ner

// Score counts entities: those in the gold, those found, and those of them
// that are right in span and type.
type Score struct {
	Gold, Found, Right int
}

func (s Score) Precision() float64 { return ratio(s.Right, s.Found) }
func (s Score) Recall() float64    { return ratio(s.Right, s.Gold) }

// F1 is the harmonic mean of precision and recall, 0 to 1.
func (s Score) F1() float64 { return ratio(2*s.Right, s.Gold+s.Found) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func (s *Score) add(gold, found []segment, t Type) {
	for _, g := range gold {
		if g.typ == t {
			s.Gold++
			for _, f := range found {
				if f == g {
					s.Right++
				}
			}
		}
	}
	for _, f := range found {
		if f.typ == t {
			s.Found++
		}
	}
}
