package commands

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"sitrep/bot/discord/locale"
)

// What Discord accepts as the name of a chat command or option.
var nameRule = regexp.MustCompile(`^[-_'\p{L}\p{N}]{1,32}$`)

func TestSetKeepsDiscordsRules(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	chat, message := 0, 0
	for _, c := range All() {
		if seen[fmt.Sprint(c.Type, c.Name)] {
			t.Errorf("/%s is there twice", c.Name)
		}
		seen[fmt.Sprint(c.Type, c.Name)] = true
		if c.Type == 1 {
			chat++
			checkTexts(t, "/"+c.Name, c.Name, c.NameLocalizations, c.Description, c.DescriptionLocalizations)
		} else {
			message++
			if c.Description != "" || utf8.RuneCountInString(c.Name) > 32 {
				t.Errorf("message command %q: no description, a name of at most 32", c.Name)
			}
		}
		checkOptions(t, "/"+c.Name, c.Options)
		if n := weight(c); n > 8000 {
			t.Errorf("/%s has %d characters of text, at most 8,000", c.Name, n)
		}
		if len(c.Contexts) == 0 || len(c.IntegrationTypes) == 0 {
			t.Errorf("/%s leaves open where it can be used", c.Name)
		}
	}
	if chat > 100 || message > 15 {
		t.Errorf("%d chat commands and %d message commands", chat, message)
	}
	unique := map[string]map[string]string{}
	for _, c := range All() {
		sibling(t, unique, "commands", c.Name, c.NameLocalizations)
	}
}

func checkTexts(t *testing.T, where, name string, names map[string]string, about string, abouts map[string]string) {
	t.Helper()
	for l, n := range withDefault(names, name) {
		if !nameRule.MatchString(n) || n != strings.ToLower(n) || strings.ContainsFunc(n, unicode.IsSpace) {
			t.Errorf("%s: name %q (%s) is none that Discord takes", where, n, l)
		}
	}
	for l, d := range withDefault(abouts, about) {
		if n := utf8.RuneCountInString(d); n < 1 || n > 100 {
			t.Errorf("%s: description (%s) has %d characters: %q", where, l, n, d)
		}
		if strings.HasPrefix(d, "cmd.") || strings.HasPrefix(d, "opt.") {
			t.Errorf("%s: no description (%s)", where, l)
		}
	}
}

func withDefault(m map[string]string, base string) map[string]string {
	out := map[string]string{"default": base}
	for k, v := range m {
		out[k] = v
	}
	return out
}

func sibling(t *testing.T, unique map[string]map[string]string, where, name string, names map[string]string) {
	t.Helper()
	for _, lang := range locale.Langs() {
		for _, l := range locale.DiscordLocales(lang) {
			n, ok := names[l]
			if !ok {
				n = name
			}
			if unique[l] == nil {
				unique[l] = map[string]string{}
			}
			if other, ok := unique[l][n]; ok && other != name {
				t.Errorf("%s: %q and %q are both called %q in %s", where, other, name, n, l)
			}
			unique[l][n] = name
		}
	}
}

func checkOptions(t *testing.T, where string, options []Option) {
	t.Helper()
	if len(options) > 25 {
		t.Errorf("%s has %d options", where, len(options))
	}
	unique := map[string]map[string]string{}
	optional := false
	for _, o := range options {
		at := where + " " + o.Name
		checkTexts(t, at, o.Name, o.NameLocalizations, o.Description, o.DescriptionLocalizations)
		sibling(t, unique, where, o.Name, o.NameLocalizations)
		if o.Required && optional {
			t.Errorf("%s is required, after one that is not", at)
		}
		optional = optional || !o.Required
		if o.Autocomplete && len(o.Choices) > 0 || len(o.Choices) > 25 {
			t.Errorf("%s: %d choices", at, len(o.Choices))
		}
		for _, c := range o.Choices {
			for _, n := range withDefault(c.NameLocalizations, c.Name) {
				if l := utf8.RuneCountInString(n); l < 1 || l > 100 || strings.HasPrefix(n, "choice.") {
					t.Errorf("%s: choice %q is called %q", at, c.Value, n)
				}
			}
		}
		if o.Type <= 2 {
			optional = false
			checkOptions(t, at, o.Options)
		}
	}
}

// weight is what Discord counts of a command: names, descriptions and values,
// of localized ones the longest.
func weight(c Command) int {
	n := longest(c.Name, c.NameLocalizations) + longest(c.Description, c.DescriptionLocalizations)
	return n + optionsWeight(c.Options)
}

func optionsWeight(options []Option) int {
	n := 0
	for _, o := range options {
		n += longest(o.Name, o.NameLocalizations) + longest(o.Description, o.DescriptionLocalizations) + optionsWeight(o.Options)
		for _, c := range o.Choices {
			n += longest(c.Name, c.NameLocalizations) + utf8.RuneCountInString(c.Value)
		}
	}
	return n
}

func longest(base string, others map[string]string) int {
	n := utf8.RuneCountInString(base)
	for _, o := range others {
		n = max(n, utf8.RuneCountInString(o))
	}
	return n
}

func TestManagingCommandsNeedManageServer(t *testing.T) {
	t.Parallel()
	managing := map[string]bool{"digest": true, "feeds": true, "setup": true, "settings": true, "status": true, "actors": true}
	for _, c := range All() {
		if managing[c.Name] != (c.DefaultMemberPermissions != nil && *c.DefaultMemberPermissions == 32) {
			t.Errorf("/%s: default permissions %v", c.Name, c.DefaultMemberPermissions)
		}
		if managing[c.Name] && (len(c.Contexts) != 1 || c.Contexts[0] != 0) {
			t.Errorf("/%s can be used outside of servers", c.Name)
		}
	}
}

func TestUserInstallable(t *testing.T) {
	t.Parallel()
	var got []string
	for _, c := range All() {
		if len(c.IntegrationTypes) == 2 && len(c.Contexts) == 3 {
			got = append(got, c.Name)
		}
	}
	if want := []string{"latest", "who", "catchup", "brief", BriefThis}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("user-installable: %q, want %q", got, want)
	}
}
