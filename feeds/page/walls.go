package page

import (
	"net/url"
	"strings"
)

// paywallClasses occur in class or id of the box that asks for money.
var paywallClasses = []string{"paywall", "pay-wall", "piano-offer", "subscriber-only", "subscription-wall", "regwall", "metered-content", "premium-wall", "article-barrier", "gateway-content", "plus-wall", "abo-box", "tp-container-inner"}

// paywallPhrases invite to subscribe in order to read on.
var paywallPhrases = []string{
	"subscribe to continue reading", "subscribe to read", "subscribe now to continue", "to continue reading this article", "to read the full article", "to read the full story", "already a subscriber?",
	"this article is for subscribers", "this content is for subscribers", "for subscribers only", "exclusive to subscribers", "sign in to continue reading", "register to continue reading", "create a free account to continue", "you have reached your limit of free articles", "you've reached your monthly limit", "unlock this article",
	"weiterlesen mit", "jetzt weiterlesen", "dieser artikel ist exklusiv für", "nur für abonnenten", "jetzt abonnieren und weiterlesen", "als abonnent lesen", "mit f+ weiterlesen",
	"réservé aux abonnés", "article réservé", "pour lire la suite", "il vous reste", "déjà abonné",
	"contenido exclusivo para suscriptores", "suscríbete para seguir leyendo", "para seguir leyendo", "¿ya eres suscriptor?",
	"contenuto riservato agli abbonati", "abbonati per continuare", "per continuare a leggere", "exclusivo para assinantes", "assine para continuar", "alleen voor abonnees", "lees verder met", "läs vidare med", "denna artikel är för prenumeranter", "tylko dla prenumeratorów",
}

// isPaywalled judges whether text is a teaser. What a page declares is believed
// only when the text is short: many outlets send the whole text and hide it.
func isPaywalled(m meta, text string) bool {
	if m.notFree && len(text) < 3000 {
		return true
	}
	if len(text) > 2500 {
		return false
	}
	if m.walled && len(text) < 1200 {
		return true
	}
	low := strings.ToLower(text)
	for _, p := range paywallPhrases {
		if strings.Contains(low, p) {
			return true
		}
	}
	return false
}

var consentTitles = []string{"before you continue", "just a moment", "attention required", "access denied", "are you a robot", "checking your browser", "security check", "verify you are human", "pardon our interruption", "bevor sie fortfahren", "wir benötigen ihre zustimmung", "wir brauchen ihre zustimmung", "avant d'accéder", "vos choix en matière de cookies", "antes de continuar", "prima di continuare", "privacy settings", "datenschutzeinstellungen", "your privacy choices", "cookie consent", "we value your privacy", "enable javascript", "bot verification", "ddos protection"}

var consentWords = []string{"cookie", "consent", "privacy", "partners", "personalised", "personalized", "advertising", "zustimmung", "einwilligung", "datenschutz", "akzeptieren", "accepter", "consentement", "partenaires", "aceptar", "consentimiento", "accetta", "consenso", "toestemming", "samtycke", "enable javascript", "captcha", "vendors", "legitimate interest"}

// isConsent tells a page that asks for consent, or for proof of being human, from
// an article.
func isConsent(u *url.URL, title, text string) bool {
	host, path := strings.ToLower(u.Hostname()), strings.ToLower(u.Path)
	if strings.HasPrefix(host, "consent.") || strings.HasPrefix(host, "guce.") || strings.HasPrefix(host, "myprivacy.") || strings.HasPrefix(host, "cmp.") || strings.Contains(path, "/zustimmung") || strings.Contains(path, "/privacy-gate") || strings.Contains(path, "/consent-management") {
		return true
	}
	if len(text) > 3000 {
		return false
	}
	low := strings.ToLower(strings.TrimSpace(title))
	for _, t := range consentTitles {
		if strings.HasPrefix(low, t) {
			return len(text) < 1500
		}
	}
	body := strings.ToLower(text)
	words := len(strings.Fields(body))
	hits, kinds := 0, 0
	for _, w := range consentWords {
		if n := strings.Count(body, w); n > 0 {
			hits += n
			kinds++
		}
	}
	return kinds >= 3 && words > 0 && hits*12 >= words
}
