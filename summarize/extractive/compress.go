package extractive

import (
	"regexp"
	"strings"

	"sitrep/summarize/grounding"
	"sitrep/summarize/text"
)

// compress shortens a sentence to what it tells. What remains is a subsequence
// of its words and still a sentence; where leaving something out could turn the
// statement round, it stays (grounding.Carries decides).
func compress(said, lang string) string {
	whole := strings.Join(strings.Fields(said), " ")
	best := whole
	for _, step := range steps {
		if step.lang != "" && step.lang != lang {
			continue
		}
		shorter := strings.TrimSpace(step.cut(best))
		if shorter == best || len(text.Tokens(shorter)) < 6 {
			continue
		}
		shorter = upperFirst(shorter)
		if ok, _ := grounding.Carries(whole, shorter); ok && balanced(shorter) {
			best = shorter
		}
	}
	return best
}

type step struct {
	lang string // "" for every language
	cut  func(string) string
}

var steps = []step{
	{"", brackets},
	{"en", opening},
	{"en", trailingSource},
	{"en", leadingSource},
	{"en", relative},
}

var (
	inBrackets = regexp.MustCompile(`\s*[(\[][^()\[\]]{1,60}[)\]]`)
	openers    = regexp.MustCompile(`^(?:But|And|Yet|So|However|Meanwhile|Still|Also|Separately|Earlier|Moreover|In addition|Additionally|Nevertheless|Nonetheless|Furthermore|Indeed|Of course|Then|Now),? +`)

	// vague sources: who says it adds nothing to what is said.
	vague = `(?:(?:the )?(?:\w+ )?(?:officials?|police|authorities|emergency services|rescuers|firefighters|rescue workers|organi[sz]ers|state media|local media|media reports|` +
		`the (?:two |three )?compan(?:y|ies)|the (?:firm|group|ministry|government|agency|court|bank|airline|club|institute|office|statement)|its makers?|a (?:company )?statement|a spokes(?:man|woman|person)))`
	when       = `(?: (?:late |early )?(?:on |in )?(?:a statement|a filing|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|yesterday|today|tonight)(?: (?:morning|afternoon|evening|night))?)?`
	saidAfter  = regexp.MustCompile(`^(.{30,}), (?:` + vague + ` (?:said|says|announced|confirmed)` + when + `|(?:said|says) ` + vague + when + `|according to ` + vague + when + `)\.$`)
	saidBefore = regexp.MustCompile(`^(?:According to ` + vague + `, )(\S.{30,})$`)
	whoWhich   = regexp.MustCompile(`, (?:who|which|whose) [^,;:“”"]{8,90},`)

	// contested: statements that need their source beside them.
	contested = regexp.MustCompile(`(?i)\b(?:blam|accus|caus|alleg|claim|suspect|deliberate|sabotage|responsib|fault|because|no involvement|illegal|fraud|not |never |nobody|no one|denie|may |might |could |would |likely|probab)`)
)

func brackets(s string) string {
	if !strings.ContainsAny(s, "([") {
		return s
	}
	return strings.ReplaceAll(inBrackets.ReplaceAllString(s, ""), " ,", ",")
}

func opening(s string) string { return openers.ReplaceAllString(s, "") }

func trailingSource(s string) string {
	if !strings.Contains(s, ", ") || !strings.Contains(s, "sa") && !strings.Contains(s, "according") && !strings.Contains(s, "announced") && !strings.Contains(s, "confirmed") {
		return s
	}
	m := saidAfter.FindStringSubmatch(s)
	if m == nil || contested.MatchString(m[1]) {
		return s
	}
	return m[1] + "."
}

func leadingSource(s string) string {
	if !strings.HasPrefix(s, "According to ") {
		return s
	}
	m := saidBefore.FindStringSubmatch(s)
	if m == nil || contested.MatchString(m[1]) {
		return s
	}
	return m[1]
}

// relative takes a non-restrictive clause out of a long sentence.
func relative(s string) string {
	if len(strings.Fields(s)) < 30 {
		return s
	}
	loc := whoWhich.FindStringIndex(s)
	if loc == nil {
		return s
	}
	return s[:loc[0]] + s[loc[1]:]
}

// balanced reports that marks in pairs are still in pairs.
func balanced(s string) bool {
	return strings.Count(s, "“") == strings.Count(s, "”") || strings.Contains(s, "„") && strings.Count(s, "„") <= strings.Count(s, "“")+strings.Count(s, "”") ||
		strings.Count(s, "\"")%2 == 0 && !strings.ContainsAny(s, "“”«»(")
}
