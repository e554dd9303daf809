package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// LineKind says what a paragraph is.
type LineKind uint8

const (
	Prose     LineKind = iota // the article itself
	Credit                    // who wrote it: "By Maren Tveit in Tromsø"
	Caption                   // "PHOTO: …", "FILE - …"
	Promotion                 // newsletters, "Read more:", follow and subscribe lines
	Rights                    // copyright, "This story was provided by …"
	Notice                    // cookies, scripts, advertisement, corrections of the page itself
	Stamp                     // a time or date alone: "14:32 GMT", "Updated 3 March 2026"
)

var lineKindNames = [...]string{"prose", "credit", "caption", "promotion", "rights", "notice", "stamp"}

func (k LineKind) String() string {
	if int(k) < len(lineKindNames) {
		return lineKindNames[k]
	}
	return "unknown"
}

// Boilerplate reports that a paragraph is no part of what the article tells.
func Boilerplate(paragraph string) bool { return Classify(paragraph) != Prose }

// Classify tells prose from the lines around it. It is shy: a paragraph of more
// than 400 bytes is always prose, and a word that lines of a kind begin with
// ("Sign up", "Follow") is not enough where a sentence goes on otherwise.
func Classify(paragraph string) LineKind {
	p := strings.TrimSpace(paragraph)
	if p == "" {
		return Notice
	}
	if len(p) > 400 {
		return Prose
	}
	if timestamp(p) >= len(p) || updatedLine(p) || metaLine(p) {
		return Stamp
	}
	if _, ok := Byline(p); ok {
		return Credit
	}
	f := strings.Trim(Fold(p), "*_•–—->|[]() \t")
	for _, c := range captionStarts {
		if strings.HasPrefix(f, c) {
			return Caption
		}
	}
	if len(f) <= 320 && agencyPhoto(p) {
		return Caption
	}
	for _, c := range rightsStarts {
		if strings.HasPrefix(f, c) {
			return Rights
		}
	}
	for _, c := range rightsWithin {
		if strings.Contains(f, c) {
			return Rights
		}
	}
	if fits(f, promoStarts) {
		return Promotion
	}
	for _, c := range promoWithin {
		if strings.Contains(f, c) {
			return Promotion
		}
	}
	for _, c := range noticeStarts {
		if strings.HasPrefix(f, c) {
			return Notice
		}
	}
	if len(f) < 60 {
		for _, c := range noticeWhole {
			if strings.Trim(f, ".:!… ") == c {
				return Notice
			}
		}
	}
	return Prose
}

// metaLine reports a line of a date and the page's controls, as stands below a
// headline: "3 March 2026, 14:32 · Share · 4 min read".
func metaLine(p string) bool {
	if len(p) > 120 {
		return false
	}
	digits := false
	for _, t := range Tokens(p) {
		low := strings.ToLower(t.Text)
		switch {
		case t.Text[0] >= '0' && t.Text[0] <= '9':
			digits = true
		case t.Kind == Punct || metaWords[low]:
		default:
			return false
		}
	}
	return digits
}

var metaWords = wordSet(`january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
	monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun am pm a.m. p.m. gmt utc bst est edt cet cest pst pdt ist
	share print save comment comments min mins minute minutes read reading time updated published posted last modified at on ago hours hour days day
	enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre compartir actualizado publicado
	januar februar märz mai juni juli oktober dezember uhr teilen aktualisiert veröffentlicht lesezeit minuten stand
	janvier février mars avril juin juillet août septembre octobre novembre décembre partager publié mis à jour le lecture
	janeiro fevereiro março maio junho julho setembro outubro novembro dezembro compartilhar partilhar atualizado publicado
	gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre condividi aggiornato pubblicato`)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// fits reports that the line begins with one of the phrases. A phrase that
// could open a sentence of the article too counts only in an imperative: what
// follows must be one of the words that such offers go on with.
func fits(f string, starts []promo) bool {
	for _, c := range starts {
		if !strings.HasPrefix(f, c.start) {
			continue
		}
		rest := f[len(c.start):]
		if rest != "" && isWordRune(firstRune(rest)) {
			continue
		}
		if c.needs == "" {
			return true
		}
		for _, n := range strings.Split(c.needs, "|") {
			if strings.Contains(rest, n) {
				return true
			}
		}
	}
	return false
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

type promo struct{ start, needs string }

var promoStarts = []promo{
	{"read more:", ""}, {"read more about", ""}, {"read more on", ""}, {"read more from", ""}, {"read more stories", ""}, {"read also", ""}, {"also read", ""}, {"read next", ""}, {"read:", ""}, {"read the full", "story|article|report|here"}, {"read our", "story|coverage|guide|live|newsletter|full"},
	{"more:", ""}, {"more on this", ""}, {"more on", ":"}, {"more from", ""}, {"see also", ""}, {"see more", ""}, {"related:", ""}, {"related stories", ""}, {"related articles", ""}, {"related coverage", ""}, {"related topics", ""}, {"recommended", ":|for you|stories|reading"}, {"you may also like", ""}, {"you might also like", ""}, {"most read", ""}, {"trending", ":|now"}, {"don't miss", ":|our|the latest"}, {"up next", ":"}, {"watch:", ""}, {"watch live", ":"}, {"listen:", ""}, {"listen to", "podcast|episode|apple podcasts|spotify"}, {"opinion:", ""}, {"analysis:", ""}, {"explainer:", ""}, {"live updates:", ""}, {"in pictures:", ""}, {"go deeper", ""},
	{"sign up", "newsletter|inbox|briefing|email|e-mail|alerts|today|here|free|now|daily|morning|account"}, {"signup", ""}, {"subscribe", "newsletter|podcast|channel|inbox|unlimited|today|here|now|access|free|digital|our|us"}, {"get our", "newsletter|app|inbox|email|best|stories|daily|free|top"}, {"get the", "newsletter|inbox|app|latest|email|best of|day's"}, {"get", "in your inbox|to your inbox|newsletter|delivered"}, {"want more", "newsletter|sign up|subscribe|stories|?"}, {"join our", "newsletter|whatsapp|telegram|community|channel|mailing|facebook"}, {"join us", "on facebook|on telegram|on whatsapp|newsletter"}, {"join the", "conversation|newsletter|channel"}, {"follow us", ""}, {"follow", "on twitter|on x|on facebook|on instagram|on threads|on bluesky|on mastodon|on linkedin|on tiktok|our live|our coverage|@|on google news|on youtube"}, {"like us on", ""}, {"find us on", ""}, {"share this", ""}, {"share on", "facebook|twitter|x|whatsapp|linkedin"}, {"click here", ""}, {"tap here", ""}, {"download", "our app|the app|our free|app from"}, {"become a", "member|subscriber|supporter|patron"}, {"support our", "journalism|work|newsroom|reporting"}, {"support independent", ""}, {"if you enjoyed", ""}, {"have a story", "?|tip|contact"}, {"do you have", "tip|story|information about this story|get in touch|question for"}, {"got a", "tip|story|news tip"}, {"contact us", ""}, {"email us", ""}, {"send us", "tips|your|a tip|an email"}, {"log in", ""}, {"already a subscriber", ""}, {"continue reading", ""}, {"keep reading", ""}, {"this newsletter", "sign up|subscribe|delivered"}, {"for more", "visit|follow|sign up|subscribe|click|news|stories|go to|coverage|,"}, {"to read more", ""}, {"to continue reading", ""}, {"the daily newsletter", ""}, {"our newsletter", ""}, {"newsletter", ":|sign up|subscribe"}, {"try", "for free|month free|weeks free|free trial"}, {"comments", ":"}, {"view comments", ""}, {"leave a comment", ""}, {"what do you think", "comment|let us know"}, {"let us know", "comment|below|email"},
	{"lea también", ""}, {"lee también", ""}, {"le puede interesar", ""}, {"te puede interesar", ""}, {"más información", ""}, {"suscríbete", ""}, {"suscríbase", ""}, {"síguenos", ""}, {"siga leyendo", ""}, {"sigue leyendo", ""}, {"apúntate", ""}, {"recibe", "newsletter|boletín|correo"}, {"regístrate", ""},
	{"lire aussi", ""}, {"à lire aussi", ""}, {"a lire aussi", ""}, {"lire la suite", ""}, {"voir aussi", ""}, {"abonnez-vous", ""}, {"inscrivez-vous", ""}, {"suivez-nous", ""}, {"suivez", "sur facebook|sur twitter|sur x|sur whatsapp"}, {"recevez", "newsletter|courriel|mail"}, {"pour aller plus loin", ""},
	{"lesen sie auch", ""}, {"lesen sie mehr", ""}, {"lesen sie hier", ""}, {"mehr zum thema", ""}, {"mehr dazu", ""}, {"mehr lesen", ""}, {"auch interessant", ""}, {"zum thema:", ""}, {"abonnieren sie", ""}, {"jetzt abonnieren", ""}, {"folgen sie uns", ""}, {"folgen sie", "auf facebook|auf twitter|auf x|auf instagram|auf whatsapp"}, {"hier geht es", ""}, {"melden sie sich", "newsletter"}, {"newsletter abonnieren", ""},
	{"leia também", ""}, {"leia mais", ""}, {"veja também", ""}, {"saiba mais", ""}, {"assine", "newsletter|boletim|canal|jornal|agora|aqui|o "}, {"inscreva-se", ""}, {"siga-nos", ""}, {"siga", "no instagram|no facebook|no twitter|no x|no whatsapp"}, {"receba", "newsletter|e-mail|whatsapp"},
	{"leggi anche", ""}, {"leggi tutto", ""}, {"per approfondire", ""}, {"iscriviti", ""}, {"abbonati", ""}, {"seguici", ""}, {"continua a leggere", ""},
	{"lees ook", ""}, {"lees meer", ""}, {"volg ons", ""}, {"meld je aan", ""}, {"schrijf je in", ""},
}

var promoWithin = []string{
	"our free newsletter", "our daily newsletter", "sign up for our newsletter", "sign up to our newsletter", "subscribe to our newsletter", "click here to subscribe", "click here to sign up", "download our app", "follow us on ", "join our whatsapp channel",
}

var captionStarts = []string{
	"photo:", "photos:", "photograph:", "photo by ", "photo courtesy", "photo/", "file photo", "file -", "file –", "file —", "file image", "file picture", "image:", "images:", "image credit", "image source", "picture:", "pictured:", "pictured,", "pic:", "caption:", "image caption", "media caption", "video:", "video caption", "video by ", "credit:", "photo credit", "illustration:", "graphic:", "getty/", "ap photo", "reuters/", "(ap photo", "screenshot:", "archive photo", "undated photo", "handout",
	"foto:", "fotos:", "imagen:", "imagen de archivo", "foto de archivo", "bild:", "archivbild", "symbolbild", "symbolfoto", "foto/", "fotografía:", "imagem:", "légende", "légende:", "crédit photo", "© foto", "immagine:", "didascalia", "quelle:",
}

var rightsStarts = []string{
	"copyright", "©", "(c) 20", "(c) 19", "all rights reserved", "this story was provided by", "this article was provided by", "this story was originally published", "this article was originally published", "this article originally appeared", "this story originally appeared", "this article first appeared", "this story first appeared", "this story was first published", "this article was first published", "originally published", "republished with permission", "republished from", "this content was provided by", "this content is provided", "this material may not be", "the material on this site", "reprinted with permission", "distributed by", "provided by syndigate", "this is a syndicated", "this article is republished", "this story is published", "this story was produced", "this story was supported by", "reproduction", "todos los derechos", "todos os direitos", "tous droits", "alle rechte vorbehalten", "tutti i diritti", "reservados todos", "riproduzione riservata", "alle rechten voorbehouden",
	"our standards:", "editing by ", "reporting by ", "(reporting by ", "(editing by ", "additional reporting by", "writing by ", "compiled by ", "with reporting by", "with additional reporting", "with inputs from", "with agency inputs", "with files from",
}

var rightsWithin = []string{
	"all rights reserved", "may not be published, broadcast, rewritten", "without prior written permission", "trust principles", "creative commons licence", "creative commons license", "subscribe for unlimited access", "republish our articles",
}

var noticeStarts = []string{
	"this site uses cookies", "we use cookies", "this website uses", "by continuing to use", "by clicking", "by using this site", "cookie", "accept all", "manage your preferences", "please enable javascript", "javascript is", "your browser", "you need to enable", "advertisement", "advertorial", "sponsored", "story continues below", "article continues", "article continues after", "the story continues", "scroll down", "skip to", "skip advert", "back to top", "this video", "this page", "loading", "editor's note:", "this is a breaking news story", "this is a developing story", "this story is developing", "this story will be updated", "this article has been updated", "this story has been updated", "this post has been updated", "publicidad", "publicité", "anzeige", "werbung", "publicidade", "continua dopo la pubblicità", "advertentie", "disclaimer:", "note to readers", "prices correct at", "we may earn", "affiliate",
}

var noticeWhole = []string{
	"share", "print", "email", "save", "comments", "comment", "menu", "search", "home", "close", "advertisement", "read more", "read", "watch", "listen", "related", "more", "next", "previous", "follow", "tags", "topics", "facebook", "twitter", "whatsapp", "copy link", "link copied", "gift article", "subscribe", "log in", "sign in", "sign up", "live", "breaking", "exclusive", "ends", "end", "###", "30", "-30-", "compartir", "partager", "teilen", "condividi", "compartilhar",
}

// agencyPhoto reports captions by their closing credit: "… (AP Photo/Jane Roe)",
// "… /Getty Images", "… REUTERS/Jane Roe/File Photo".
func agencyPhoto(p string) bool {
	tail := p
	if len(tail) > 90 {
		tail = tail[len(tail)-90:]
	}
	for _, c := range []string{"AP Photo/", "REUTERS/", "Getty Images", "/File Photo", "File Photo", "/AFP", "/EPA", "Photo by ", "Photo courtesy", "Handout via", "/dpa", "/EFE", "(Photo:", "(Image:", "[Photo", "(Picture:", "Photograph: "} {
		if k := strings.Index(tail, c); k >= 0 {
			// "Getty Images said" is news; a credit is followed by no verb.
			if r := tail[k+len(c):]; !strings.Contains(r, " said") && !strings.Contains(r, " sued") && len(r) < 60 {
				return true
			}
		}
	}
	return false
}

// updatedLine reports "Updated 3 March 2026 at 10:15", "Published: …",
// "Last modified on …".
func updatedLine(p string) bool {
	if len(p) > 90 {
		return false
	}
	f := Fold(p)
	for _, c := range []string{"updated", "last updated", "published", "posted", "last modified", "first published", "actualizado", "publicado", "mis à jour", "publié", "aktualisiert", "veröffentlicht", "stand:", "atualizado", "pubblicato", "aggiornato", "bijgewerkt"} {
		if strings.HasPrefix(f, c) && strings.ContainsAny(f, "0123456789") && !strings.Contains(f, " by ") {
			rest := f[len(c):]
			// A date line holds few plain words.
			n := 0
			for _, t := range Tokens(rest) {
				if t.Kind == Word && len(t.Text) > 2 && !dateWord(t.Text) {
					n++
				}
			}
			return n <= 1
		}
	}
	return false
}

func dateWord(w string) bool {
	w = strings.TrimSuffix(strings.ToLower(w), ".")
	if len(w) < 3 {
		return false
	}
	for _, m := range []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "gmt", "utc", "est", "edt", "bst", "cet", "cest", "ene", "abr", "ago", "dic", "janv", "fév", "avr", "mai", "juin", "juil", "aoû", "déc", "mär", "okt", "dez", "minutes", "hours", "ago", "the", "uhr", "lun", "mié", "jue", "vie", "sáb", "dom"} {
		if strings.HasPrefix(w, m) {
			return true
		}
	}
	return false
}

// timestamp returns the length of a clock time that opens a live-blog entry,
// with its zone and the mark after it, or 0. A sentence that begins with a time
// ("10:15 was too late") has none.
func timestamp(p string) int {
	i := 0
	for i < len(p) && (p[i] == '[' || p[i] == '(' || p[i] == ' ') {
		i++
	}
	d := i
	for i < len(p) && i-d < 2 && p[i] >= '0' && p[i] <= '9' {
		i++
	}
	if i == d || i >= len(p) || p[i] != ':' && p[i] != '.' && p[i] != 'h' {
		return 0
	}
	i++
	m := i
	for i < len(p) && i-m < 2 && p[i] >= '0' && p[i] <= '9' {
		i++
	}
	if i-m != 2 || p[m] > '5' {
		return 0
	}
	marked := p[m-1] == ':' // "9.40" may be a price
	rest := strings.TrimLeft(p[i:], " \u00a0\u202f")
	for _, z := range []string{"a.m.", "p.m.", "am", "pm", "AM", "PM", "Uhr", "h"} {
		if strings.HasPrefix(rest, z) && (len(rest) == len(z) || !isWordByte(rest[len(z)])) {
			rest = strings.TrimLeft(rest[len(z):], " \u00a0\u202f")
			marked = true
			break
		}
	}
	for _, z := range []string{"GMT", "UTC", "BST", "CET", "CEST", "EST", "EDT", "ET", "PST", "PDT", "PT", "IST", "JST", "AEST", "AEDT", "WAT", "EAT", "SAST", "MSK"} {
		if strings.HasPrefix(rest, z) && (len(rest) == len(z) || !isWordByte(rest[len(z)])) {
			rest = rest[len(z):]
			marked = true
			break
		}
	}
	trimmed := strings.TrimLeft(rest, " \t])|:–—-•\u00a0")
	if trimmed == "" {
		return len(p)
	}
	if len(trimmed) != len(rest) && strings.ContainsAny(rest[:len(rest)-len(trimmed)], "|:–—-•])") {
		marked = true
	}
	if strings.HasPrefix(strings.TrimLeft(rest, " \t"), "\n") {
		marked = true
		trimmed = strings.TrimLeft(rest, " \t\r\n")
	}
	if !marked || !(startsUpper(trimmed) || strings.ContainsRune("\"“«„¿¡‘", firstRune(trimmed))) {
		return 0
	}
	return len(p) - len(trimmed)
}

// Byline reads a line that says who wrote the article and nothing else ("By
// Maren Tveit in Tromsø", "Por Lucía Ferrán", "Von Jens Petersen, Hamburg") and
// returns the bytes after the opening word.
func Byline(paragraph string) (names Span, ok bool) {
	p := strings.TrimSpace(paragraph)
	if len(p) > 160 || p == "" {
		return Span{}, false
	}
	offset := strings.Index(paragraph, p)
	q := strings.TrimLeft(p, "*_|•–— ")
	offset += len(p) - len(q)
	start := 0
	for _, c := range []string{"By ", "BY ", "By: ", "by ", "Written by ", "Story by ", "Words by ", "Reported by ", "Text by ", "Por ", "POR ", "Par ", "PAR ", "Von ", "VON ", "Di ", "Door ", "Propos recueillis par ", "Texto: ", "Author: "} {
		if strings.HasPrefix(q, c) {
			start = len(c)
			break
		}
	}
	if start == 0 {
		return Span{}, false
	}
	toks := appendTokens(nil, q, start, len(q))
	if len(toks) == 0 || toks[0].Kind != Word && toks[0].Kind != Link {
		return Span{}, false
	}
	caps, lower := 0, 0
	for k, t := range toks {
		switch {
		case t.Kind == Punct:
			switch t.Text {
			case ".", "!", "?", "…", ";":
				if k != len(toks)-1 {
					return Span{}, false
				}
				if t.Text != "." {
					return Span{}, false
				}
			}
		case t.Kind == Number:
			// A date may close it; a sentence ("By 2030 …") starts with one.
			if k < 2 {
				return Span{}, false
			}
		case startsUpper(t.Text) || !startsLower(t.Text):
			caps++
		default:
			if !bylineWord(t.Text) {
				lower++
			}
		}
	}
	first := toks[0].Text
	if !startsUpper(first) || caps == 0 || lower > 0 {
		return Span{}, false
	}
	if notAuthors[strings.ToLower(first)] {
		return Span{}, false
	}
	return Span{offset + start, offset + len(strings.TrimRight(q, " "))}, true
}

func bylineWord(w string) bool {
	switch strings.ToLower(w) {
	case "and", "in", "at", "for", "with", "of", "the", "on", "de", "del", "la", "von", "van", "der", "den", "da", "dos", "du", "di", "al", "bin", "y", "e", "et", "und", "en", "em", "à", "aus", "near", "staff", "writer", "reporter", "correspondent", "editor", "correspondents", "reporters", "agencies", "additional", "reporting", "news", "political", "business", "science", "sports", "health", "environment", "a", "ter", "ten", "el", "ibn", "abu", "le", "for:", "via", "chief":
		return true
	}
	return false
}

// notAuthors are words that open a sentence after "By": By Monday, By then.
var notAuthors = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december then now contrast") {
		m[w] = true
	}
	return m
}()

// Dateline reads the place, date and agency that open an agency story ("OSLO,
// March 3 (Meridian) — ", "PARÍS (AP) —", "Madrid, 3 abr (EFE).- ", "Oslo. " in
// German papers) and returns the place and the rest, both as spans of
// paragraph. Without one, ok is false and rest is the whole.
func Dateline(paragraph string) (place, rest Span, ok bool) {
	whole := Span{0, len(paragraph)}
	head := paragraph
	if len(head) > 140 {
		head = head[:140]
		for len(head) > 0 && !utf8.ValidString(head[len(head)-1:]) && head[len(head)-1] < 0xc0 {
			head = head[:len(head)-1]
		}
	}
	toks := appendTokens(nil, head, 0, len(head))
	if len(toks) < 3 {
		return Span{}, whole, false
	}
	// The agency alone: "(Meridian) — …".
	i := 0
	var end int
	if toks[0].Text != "(" {
		if toks[0].Kind != Word || !startsUpper(toks[0].Text) {
			return Span{}, whole, false
		}
		// The place: up to five capitalised words, with particles and joiners.
		for i < len(toks) && i < 7 {
			t := toks[i]
			if t.Kind == Word && (startsUpper(t.Text) || placeParticle(t.Text)) || t.Text == "/" || t.Text == "-" && i > 0 {
				if i > 0 && t.Text == "-" && (t.Start > toks[i-1].End) {
					break
				}
				end = t.End
				i++
				continue
			}
			break
		}
		if i == 0 || i >= len(toks) {
			return Span{}, whole, false
		}
	}
	place = Span{0, end}
	capitals := end > 0 && strings.ToUpper(paragraph[:end]) == paragraph[:end] && utf8.RuneCountInString(paragraph[:end]) > 2
	agency, date := false, false
	for i < len(toks) {
		t := toks[i]
		switch {
		case t.Text == "(":
			k := i + 1
			for k < len(toks) && toks[k].Text != ")" && k-i < 8 {
				k++
			}
			if k >= len(toks) || toks[k].Text != ")" {
				return Span{}, whole, false
			}
			// A country in brackets or an agency; nothing longer.
			agency = true
			i = k + 1
		case t.Text == "," && i+1 < len(toks):
			i++
		case t.Kind == Number:
			date = true
			i++
		case t.Kind == Word && dateWord(t.Text), t.Text == "." && date && i+1 < len(toks) && (toks[i+1].Kind == Word && dateWord(toks[i+1].Text) || toks[i+1].Text == "-" || toks[i+1].Text == "–"):
			date = date || t.Kind == Word
			i++
		case t.Kind == Word && (t.Text == "de" || t.Text == "di") && date:
			i++
		case t.Kind == Word && startsUpper(t.Text) && i > 1 && toks[i-1].Text == "," && !date:
			// "HAVANA, Cuba", "SPRINGFIELD, Ill."
			k := i
			for k < len(toks) && k-i < 3 && toks[k].Kind == Word && startsUpper(toks[k].Text) {
				k++
			}
			i = k
		case t.Text == "." && agency && i+1 < len(toks) && isDash(toks[i+1].Text):
			i++
		case isDash(t.Text):
			spaced := t.Start > 0 && isBlankAt(paragraph, t.Start-1) || agency
			after := t.End < len(paragraph) && isBlankAt(paragraph, t.End) || agency
			if !(spaced && after) || !(capitals || agency || date) {
				return Span{}, whole, false
			}
			return finishDateline(paragraph, place, toks, i)
		case t.Text == ":" && (date || agency) && i > 0:
			return finishDateline(paragraph, place, toks, i)
		case t.Text == "." && !agency && !date && end > 0 && i <= 2 && i+1 < len(toks) && toks[i+1].Kind == Word && startsUpper(toks[i+1].Text) && i+2 < len(toks):
			// "Oslo. Nach der Beschädigung …": a German paper's way.
			if starters["de"][toks[i+1].Text] || capitals {
				return finishDateline(paragraph, place, toks, i)
			}
			return Span{}, whole, false
		default:
			return Span{}, whole, false
		}
	}
	return Span{}, whole, false
}

func finishDateline(p string, place Span, toks []Token, i int) (Span, Span, bool) {
	start := toks[i].End
	for start < len(p) {
		r, w := utf8.DecodeRuneInString(p[start:])
		if !unicode.IsSpace(r) && !isDash(string(r)) {
			break
		}
		start += w
	}
	if start >= len(p) {
		return Span{}, Span{0, len(p)}, false
	}
	return place, Span{start, len(p)}, true
}

func isDash(w string) bool {
	switch w {
	case "-", "--", "–", "—", "―", "---":
		return true
	}
	return false
}

func placeParticle(w string) bool {
	switch w {
	case "de", "del", "la", "el", "du", "des", "da", "do", "am", "an", "der", "di", "of", "and", "sur", "les", "le", "upon", "der’", "on":
		return true
	}
	return false
}
