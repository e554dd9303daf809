package extractive

import "sitrep/summarize/actors"

// Capitals finds names by their capitals, by the titles before them and by
// repetition: what serves where no model covers a language. It would rather
// miss a name than make one up.
type Capitals struct{}

// Entities implements Tagger.
func (Capitals) Entities(title, body, lang string) (inTitle, inBody []actors.Entity) {
	return nil, actors.Guess(body, lang)
}
