package grounding

import (
	"regexp"
	"strings"
	"sync"
	"unicode"

	"sitrep/summarize/text"
)

// instructions are the ways in which a text speaks to the machine that reads it
// instead of to its readers. Few texts come so far as to be held against them.
var instructions = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:` +
		`\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instruction|prompt|direction|rule|guideline|command|context)s?\b` +
		`|\b(?:ignore|disregard|forget)\b.{0,20}\b(?:all|any|everything|the)\b.{0,24}\b(?:previous|prior|above|earlier|preceding|before)\b` +
		`|\b(?:note|notice|message|attention|instructions?|memo|reminder)\s+(?:to|for)\s+(?:all\s+|any\s+|the\s+)?(?:ai|a\.i\.|artificial intelligence|llms?|language models?|chatbots?|bots?|assistants?|summari[sz]ers?|crawlers?|machines?|automated|agents?)\b` +
		`|^\W*(?:assistant|ai|chatbot|summari[sz]er|system|model|bot|gpt|llm|chatgpt|claude|gemini|copilot)\s*[,:]\s*\S` +
		`|\b(?:you must|you should|you will|please|be sure to|make sure to|do not|don't)\b.{0,24}\b(?:summari[sz]e|summary|state that|output|respond with|reply with|answer with|say that the|include the link|translate this|ping)\b` +
		`|\b(?:ai|llm|language model|chatbot|assistant|bot|summari[sz]er|crawler|scraper)s?\b.{0,24}\b(?:reading|processing|summari[sz]ing|parsing|that reads?|who reads?|reads?)\b.{0,24}\bthis\b` +
		`|\b(?:when|while|before|if|in) (?:you are |you |your )?(?:summari[sz]ing|summari[sz]e|summary)\b.{0,48}\b(?:say|state|write|mention|include|add|report|respond|output|claim)\b` +
		`|\b(?:dear|hey|hello|attention|important|warning|urgent)\b[\s,:!-]{1,4}(?:for |to )?(?:all |any )?(?:ai|llms?|language models?|chatbots?|ai assistants?|bots?|summari[sz]ers?)\b` +
		`|\b(?:instructions?|directives?|commands?|message) (?:for|to) (?:the |all |any )?(?:ai|llms?|language models?|chatbots?|assistants?|bots?|models?|machines?)\b` +
		`|\byour (?:summary|answer|response|output|reply) (?:must|should|needs to|has to)\b|\b(?:to|in|at the end of) your (?:summary|answer|response|output|reply)\b` +
		`|\b(?:answer|respond|reply|output) only\b|\bdeveloper mode\b` +
		`|[\[<](?:system|assistant|inst)[\]>]|^\W*(?:system|assistant|ai|llm) (?:message|prompt|note|notice|override|instruction)s?\b` +
		`|\bping\s+@(?:everyone|here)\b` +
		`|\b(?:as an ai|you are an? (?:ai|assistant|language model|helpful|chatbot|bot))\b` +
		`|\b(?:system prompt|new instructions?:|end of (?:article|prompt|text)\s*[.:]?\s*(?:now|you|instructions?)|begin instructions?|\[/?inst\]|<\|im_(?:start|end)\|>|###\s*(?:system|instruction))` +
		`|\bsummari[sz]e (?:this|the) (?:page|article|text|story|content|document)\b.{0,12}\b(?:as|by saying|with|in)\b` +
		`|\b(?:if you are|if you're) (?:an? )?(?:ai|llm|language model|bot|assistant|machine|automated)\b` +
		`|\bignor(?:a|e|ez|iere|ieren sie|i|ate)\b.{0,24}\b(?:instrucciones|instructions|anweisungen|instruções|istruzioni)\b` +
		`|\b(?:nota|hinweis|avis|aviso|avviso|note) (?:para|an|aux?|für|per|a|às?|ai|alle) (?:los |las |les |os |as |le |i |gli )?(?:sistemas? de (?:ia|ai)|ki-systeme|systèmes? d'ia|ia|ki|asistentes?|assistants?|assistentes?|assistenti|sistemi (?:di )?ia)\b` +
		`)`)
})

// triggers are the words without one of which none of the patterns matches: most
// paragraphs have none, and are spared the patterns.
var triggers = []string{"ignor", "disregard", "forget", "overrid", "bypass", "prompt", "instruc", "anweisung", "istruzioni", "instruç", "summari", "ping @", "ping  @", "note to", "note for", "notice to", "notice for", "message to", "message for", "llm", "language model", "chatbot", "dear ai", "hey ai", "hello ai", "any ai", "ai assist", "ai system", "ai model", "ai read", "ai summ", "your summary", "your answer", "your response", "your output", "your reply", "answer only", "respond only", "reply only", "output only", "developer mode", "[system", "<system", "[assist", "<assist", "crawler", "scraper", "assistants", "as an ai", "[/inst", "[inst", "<|im"}

// weakTriggers are common words; they count beside one of their objects.
var (
	weakTriggers = []string{"you must", "you should", "you will", "please ", "be sure", "make sure", "do not", "don't", "don’t", "attention", "memo", "reminder", "to ai", "for ai", "an ai", "urgent", "important", "warning", "you are a", "you’re a", "you're a", "if you", "end of", "nota p", "hinweis", "avis a", "aviso", "avviso", "note a", "note p", "nota a"}
	objects      = []string{"summar", "resum", "state that", "output", "respond", "reply", "answer", "say that", "include the link", "translate", "ping", " ai", "ai ", "a.i.", "llm", "language model", "chatbot", "assist", "bot", "model",
		"machine", "automat", "system", "prompt", "instruc", "artificial", "crawler", " ia", "ki-", " ki", "agent"}
)

// addressees open a line that speaks to the machine by name.
var addressees = []string{"assistant", "ai", "chatbot", "summari", "system", "model", "bot", "gpt", "llm", "chatgpt", "claude", "gemini", "copilot"}

// Instruction reports that a text addresses the machine that reads it ("ignore
// all previous instructions …"). What does is never a development, and its
// names are no actors. Reported speech about such texts may be caught too: that
// costs a sentence, and lets nothing in.
func Instruction(s string) bool {
	if len(s) > 4000 {
		s = s[:4000]
	}
	low := strings.ToLower(s)
	if !ascii(low) {
		// What hides behind marks without width, or in other forms of letters.
		s = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Cf, r) {
				return -1
			}
			return r
		}, s)
		low = text.Fold(s)
	}
	found := containsAny(low, triggers) || containsAny(low, weakTriggers) && containsAny(low, objects)
	if !found {
		start := strings.TrimLeft(low, " \t\n*#->_[(\"'")
		for _, a := range addressees {
			if strings.HasPrefix(start, a) {
				found = true
				break
			}
		}
	}
	return found && instructions().MatchString(text.Fold(s))
}

func containsAny(s string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
