package cards

import (
	"strings"

	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
)

// reason says why a feed can't be read, or a channel not be posted in. It is
// stored as an English sentence, with what the server answered in brackets; the
// catalog has its translation under the sentence itself. One that it doesn't
// know is shown as it is.
func reason(p *locale.Printer, stored string, limit int) markdown.Text {
	sentence, detail := stored, ""
	if before, rest, ok := strings.Cut(stored, " ("); ok {
		if inside, after, ok := strings.Cut(rest, ")"); ok {
			sentence, detail = before+after, inside
		}
	}
	if key := reasonKey(sentence); p.Has(key) {
		return p.T(key, "Detail", markdown.EscapeCut(detail, 60))
	}
	return markdown.EscapeCut(stored, limit)
}

// reasonKey is the catalog's key of a sentence: its letters and digits.
func reasonKey(sentence string) string {
	words := strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(sentence), "'", ""), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return "reason." + strings.Join(words, "_")
}
