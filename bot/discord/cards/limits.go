package cards

import (
	"fmt"
	"unicode/utf8"

	"sitrep/bot/discord/markdown"
)

// Discord's limits on a message of Components V2.
const (
	maxComponents  = 40     // nested ones and accessories counted
	maxText        = 4000   // characters over all TextDisplays
	maxTextBytes   = 10_170 // UTF-8 bytes over all TextDisplays, each counting textOverhead more: beyond it Discord answers 500
	textOverhead   = 12
	maxButtonLabel = 80
	maxCustomID    = 100
	maxOptions     = 25
	maxOptionText  = 100
	maxPlaceholder = 150
	maxURLLength   = 512
)

// size is what a list of components takes of a message's limits.
type size struct{ components, chars, bytes int }

func (s size) add(o size) size {
	return size{s.components + o.components, s.chars + o.chars, s.bytes + o.bytes}
}

func (s size) fits() bool {
	return s.components <= maxComponents && s.chars <= maxText && s.bytes <= maxTextBytes
}

func measure(components ...Component) size {
	var s size
	for _, c := range components {
		s.components++
		if c.Type == typeText {
			s.chars += markdown.Len(c.Content)
			s.bytes += len(c.Content) + textOverhead
		}
		s = s.add(measure(c.Components...))
		if c.Accessory != nil {
			s = s.add(measure(*c.Accessory))
		}
	}
	return s
}

// Check reports the first of Discord's limits that the message breaks.
func (m Message) Check() error {
	if len(m.Components) == 0 {
		return fmt.Errorf("message has no components")
	}
	s := measure(m.Components...)
	switch {
	case s.components > maxComponents:
		return fmt.Errorf("message has %d components, at most %d", s.components, maxComponents)
	case s.chars > maxText:
		return fmt.Errorf("message has %d characters of text, at most %d", s.chars, maxText)
	case s.bytes > maxTextBytes:
		return fmt.Errorf("message has %d bytes of text, at most %d", s.bytes, maxTextBytes)
	case len(m.Files) > 10:
		return fmt.Errorf("message has %d files, at most 10", len(m.Files))
	}
	ids := map[string]bool{}
	return checkAll(m.Components, 0, ids)
}

func checkAll(components []Component, parent int, ids map[string]bool) error {
	for _, c := range components {
		if err := c.check(parent, ids); err != nil {
			return err
		}
		if err := checkAll(c.Components, c.Type, ids); err != nil {
			return err
		}
		if c.Accessory != nil {
			if err := c.Accessory.check(c.Type, ids); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c Component) check(parent int, ids map[string]bool) error {
	if c.CustomID != "" {
		if n := utf8.RuneCountInString(c.CustomID); n > maxCustomID {
			return fmt.Errorf("custom id %q has %d characters, at most %d", c.CustomID, n, maxCustomID)
		}
		if ids[c.CustomID] {
			return fmt.Errorf("custom id %q occurs twice", c.CustomID)
		}
		ids[c.CustomID] = true
	}
	switch c.Type {
	case typeText:
		if c.Content == "" {
			return fmt.Errorf("a text is empty")
		}
	case typeRow:
		if n := len(c.Components); n < 1 || n > 5 {
			return fmt.Errorf("a row has %d components, 1 to 5", n)
		}
	case typeSection:
		if n := len(c.Components); n < 1 || n > 3 || c.Accessory == nil {
			return fmt.Errorf("a section has %d texts, 1 to 3, with an accessory", n)
		}
	case typeContainer:
		if len(c.Components) == 0 || parent != 0 {
			return fmt.Errorf("a container is empty, or inside another component")
		}
	case typeButton:
		if c.Label == "" || markdown.Len(c.Label) > maxButtonLabel {
			return fmt.Errorf("button label %q: 1 to %d characters", c.Label, maxButtonLabel)
		}
		if (c.URL == "") == (c.CustomID == "") || len(c.URL) > maxURLLength {
			return fmt.Errorf("button %q needs a custom id, or an address of at most %d characters", c.Label, maxURLLength)
		}
	case typeSelect:
		if n := len(c.Options); n < 1 || n > maxOptions {
			return fmt.Errorf("select has %d options, 1 to %d", n, maxOptions)
		}
		if markdown.Len(c.Placeholder) > maxPlaceholder {
			return fmt.Errorf("placeholder %q: at most %d characters", c.Placeholder, maxPlaceholder)
		}
		seen := map[string]bool{}
		for _, o := range c.Options {
			if o.Label == "" || markdown.Len(o.Label) > maxOptionText || o.Value == "" || markdown.Len(o.Value) > maxOptionText || markdown.Len(o.Description) > maxOptionText {
				return fmt.Errorf("option %q (%q): 1 to %d characters each", o.Label, o.Value, maxOptionText)
			}
			if seen[o.Value] {
				return fmt.Errorf("option value %q occurs twice", o.Value)
			}
			seen[o.Value] = true
		}
	case typeGallery:
		if n := len(c.Items); n < 1 || n > 10 {
			return fmt.Errorf("gallery has %d items, 1 to 10", n)
		}
	}
	return nil
}
