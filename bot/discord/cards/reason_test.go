package cards

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sitrep/bot/discord/locale"
)

// TestReasonsInEveryLanguage finds the reasons that are stored, where they are
// written, and holds them against the catalog: one that it lacks is shown in
// English.
func TestReasonsInEveryLanguage(t *testing.T) {
	t.Parallel()
	for file, written := range map[string]*regexp.Regexp{
		filepath.Join("..", "..", "..", "feeds", "due.go"): regexp.MustCompile(`return "([A-Z][^"]+)"`),
		filepath.Join("..", "outbox.go"):                   regexp.MustCompile(`f\.park, f\.reason = true, "([^"]+)"`),
	} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := written.FindAllStringSubmatch(string(source), -1)
		if len(found) < 7 {
			t.Errorf("%s: only %d reasons found: the pattern misses them", file, len(found))
		}
		for _, m := range found {
			stored := m[1]
			if strings.HasSuffix(stored, "(") {
				stored += "503 Service Unavailable)."
			}
			for _, lang := range locale.Langs() {
				p := locale.For(lang)
				got := string(reason(p, stored, 200))
				if lang != locale.Default && got == string(reason(locale.For(locale.Default), stored, 200)) {
					t.Errorf("%s: %s tells it in English: %q", file, lang, got)
				}
				if strings.Contains(stored, "(503") && !strings.Contains(got, "503 Service Unavailable") {
					t.Errorf("%s: %s leaves out what the server answered: %q", file, lang, got)
				}
			}
		}
	}
	de := locale.For("de")
	for stored, want := range map[string]string{
		"There is nothing at this address any more (404).": "Unter dieser Adresse ist nichts mehr (404).",
		"The server has trouble (no answer).":              "Der Server hat eine Störung (no answer).",
		"the bot can't see the channel":                    "der Bot kann den Kanal nicht sehen",
		"Somebody @everyone knows":                         "Somebody @​everyone knows",
		"":                                                 "",
	} {
		if got := string(reason(de, stored, 200)); got != want {
			t.Errorf("%q: got %q, want %q", stored, got, want)
		}
	}
}
