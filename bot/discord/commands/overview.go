package commands

import "sitrep/bot/discord/cards"

// Overview lists the commands and subcommands that can be used, those for
// managers only where managing is set.
func Overview(managing bool) []cards.HelpEntry {
	var out []cards.HelpEntry
	for _, c := range All() {
		manage := c.DefaultMemberPermissions != nil
		if manage && !managing || c.Description == "" {
			continue
		}
		subs := 0
		for _, o := range c.Options {
			if o.Type == 1 {
				subs++
				out = append(out, cards.HelpEntry{Name: c.Name + " " + o.Name, About: "cmd." + c.Name + "." + o.Name + ".about", Manage: manage})
			}
		}
		if subs == 0 {
			out = append(out, cards.HelpEntry{Name: c.Name, About: "cmd." + c.Name + ".about", Manage: manage})
		}
	}
	return out
}
