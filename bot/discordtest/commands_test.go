package discordtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sitrep/bot/discordtest"
)

func command(name string, options ...any) map[string]any {
	return map[string]any{"name": name, "description": "d", "options": list(options...)}
}

func option(kind int, name string) map[string]any {
	return map[string]any{"type": kind, "name": name, "description": "d"}
}

func choices(n int) []any {
	return repeat(n, func(i int) any { return map[string]any{"name": fmt.Sprint("c", i), "value": fmt.Sprint(i)} })
}

// TestCommandRules holds each rule of commands with its neighbour just inside it.
func TestCommandRules(t *testing.T) {
	t.Parallel()
	clock := discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	srv := start(t, discordtest.Config{NoRateLimits: true, Clock: clock})
	path := "/applications/" + srv.ApplicationID() + "/commands"
	x := func(n int) string { return strings.Repeat("x", n) }
	str := func(k string, v any) map[string]any { return command("c", with(option(3, "o"), k, v)) }
	// fat is a command of n characters in all.
	fat := func(n int) map[string]any {
		c := command("c")
		n -= 2
		var opts []any
		for i := 0; n > 0; i++ {
			size := min(n, 350)
			if rest := n - size; rest > 0 && rest < 120 {
				size -= 120
			}
			name := fmt.Sprintf("o%02d", i)
			// An option of 3 + 97 characters and one choice of 100 + the rest.
			o := with(option(3, name), "description", x(min(97, size-3)))
			if left := size - 3 - 97; left > 0 {
				second := max(left-100, 1)
				o["choices"] = list(map[string]any{"name": x(left - second), "value": x(min(second, 100))})
				if second > 100 {
					o["choices"] = list(map[string]any{"name": x(100), "value": x(100)}, map[string]any{"name": "y" + x(second-100-2), "value": "y"})
				}
			}
			opts = append(opts, o)
			n -= size
		}
		c["options"] = opts
		return c
	}
	for _, c := range []struct {
		name      string
		good, bad map[string]any
		field     string
	}{
		{"name's length", command(x(32)), command(x(33)), "0.name: BASE_TYPE_BAD_LENGTH"},
		{"name's case", command("latest"), command("Latest"), "0.name: APPLICATION_COMMAND_INVALID_NAME"},
		{"name's characters", command("wer-hat_was"), command("who did"), "0.name: APPLICATION_COMMAND_INVALID_NAME"},
		{"name in any script", command("最新"), command("最新!"), "0.name: APPLICATION_COMMAND_INVALID_NAME"},
		{"description", with(command("c"), "description", x(100)), with(command("c"), "description", x(101)), "0.description: BASE_TYPE_BAD_LENGTH"},
		{"no description", command("c"), with(command("c"), "description", nil), "0.description: BASE_TYPE_REQUIRED"},
		{"options", command("c", repeat(25, func(i int) any { return option(3, fmt.Sprint("o", i)) })...), command("c", repeat(26, func(i int) any { return option(3, fmt.Sprint("o", i)) })...), "0.options: BASE_TYPE_MAX_LENGTH"},
		{"option's name", command("c", option(3, "o")), command("c", option(3, "O")), "0.options.0.name: APPLICATION_COMMAND_INVALID_NAME"},
		{"options' names", command("c", option(3, "o"), option(3, "p")), command("c", option(3, "o"), option(3, "o")), "0.options.1.name: APPLICATION_COMMAND_OPTIONS_DUPLICATE_NAME"},
		{"option's type", command("c", option(11, "o")), command("c", option(12, "o")), "0.options.0.type: BASE_TYPE_CHOICES"},
		{"required ones first", command("c", with(option(3, "o"), "required", true), option(3, "p")), command("c", option(3, "o"), with(option(3, "p"), "required", true)), "0.options.1: APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"},
		{"choices", str("choices", choices(25)), str("choices", choices(26)), "0.options.0.choices: BASE_TYPE_MAX_LENGTH"},
		{"choice's name", str("choices", list(map[string]any{"name": x(100), "value": "v"})), str("choices", list(map[string]any{"name": x(101), "value": "v"})), "0.options.0.choices.0.name: BASE_TYPE_BAD_LENGTH"},
		{"choice's value", str("choices", list(map[string]any{"name": "n", "value": x(100)})), str("choices", list(map[string]any{"name": "n", "value": x(101)})), "0.options.0.choices.0.value: BASE_TYPE_BAD_LENGTH"},
		{"choice's type", command("c", with(option(4, "o"), "choices", list(map[string]any{"name": "n", "value": 1}))), command("c", with(option(4, "o"), "choices", list(map[string]any{"name": "n", "value": 1.5}))), "0.options.0.choices.0.value: NUMBER_TYPE_COERCE"},
		{"choices' names", str("choices", choices(2)), str("choices", list(map[string]any{"name": "n", "value": "v"}, map[string]any{"name": "n", "value": "w"})), "0.options.0.choices.1.name: APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS"},
		{"choices or autocomplete", str("autocomplete", true), command("c", with(with(option(3, "o"), "autocomplete", true), "choices", choices(1))), "0.options.0.autocomplete: APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES"},
		{"autocomplete of a channel", str("autocomplete", true), command("c", with(option(7, "o"), "autocomplete", true)), "0.options.0.autocomplete: APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID"},
		{"lengths", command("c", with(with(option(3, "o"), "min_length", 1), "max_length", 6000)), str("max_length", 6001), "0.options.0.max_length: NUMBER_TYPE_MAX"},
		{"lengths' order", command("c", with(with(option(3, "o"), "min_length", 2), "max_length", 2)), command("c", with(with(option(3, "o"), "min_length", 3), "max_length", 2)), "0.options.0.min_length: APPLICATION_COMMAND_OPTION_MIN_LENGTH_INVALID"},
		{"values' order", command("c", with(with(option(4, "o"), "min_value", 2), "max_value", 2)), command("c", with(with(option(4, "o"), "min_value", 3), "max_value", 2)), "0.options.0.min_value: APPLICATION_COMMAND_OPTION_MIN_VALUE_INVALID"},
		{"channel types", command("c", with(option(7, "o"), "channel_types", list(0, 5, 15))), command("c", with(option(7, "o"), "channel_types", list(99))), "0.options.0.channel_types.0: BASE_TYPE_CHOICES"},
		{"group in a group", command("c", with(option(2, "g"), "options", list(with(option(1, "s"), "options", list(option(3, "o")))))), command("c", with(option(2, "g"), "options", list(with(option(2, "h"), "options", list())))), "0.options.0.options.0.type: APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"},
		{"subcommand in a subcommand", command("c", with(option(1, "s"), "options", list(option(3, "o")))), command("c", with(option(1, "s"), "options", list(with(option(1, "t"), "options", list(option(1, "u")))))), "0.options.0.options.0.options.0.type: APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"},
		{"plain option in a group", command("c", with(option(2, "g"), "options", list(option(1, "s")))), command("c", with(option(2, "g"), "options", list(option(3, "s")))), "0.options.0.options.0.type: APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"},
		{"subcommands or options", command("c", option(1, "s"), option(1, "t")), command("c", option(1, "s"), option(3, "t")), "0.options: APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"},
		{"locales", with(command("c"), "name_localizations", map[string]any{"de": "neu"}), with(command("c"), "name_localizations", map[string]any{"xx": "neu"}), "0.name_localizations.xx: BASE_TYPE_CHOICES"},
		{"localized name", with(command("c"), "name_localizations", map[string]any{"de": "neu"}), with(command("c"), "name_localizations", map[string]any{"de": "Neu es"}), "0.name_localizations.de: APPLICATION_COMMAND_INVALID_NAME"},
		{"localized description", with(command("c"), "description_localizations", map[string]any{"de": x(100)}), with(command("c"), "description_localizations", map[string]any{"de": x(101)}), "0.description_localizations.de: BASE_TYPE_BAD_LENGTH"},
		{"permissions", with(command("c"), "default_member_permissions", "32"), with(command("c"), "default_member_permissions", "manage"), "0.default_member_permissions: NUMBER_TYPE_COERCE"},
		{"contexts", with(command("c"), "contexts", list(0, 1, 2)), with(command("c"), "contexts", list(3)), "0.contexts.0: BASE_TYPE_CHOICES"},
		{"integration types", with(command("c"), "integration_types", list(0, 1)), with(command("c"), "integration_types", list()), "0.integration_types: BASE_TYPE_BAD_LENGTH"},
		{"menu command's name", map[string]any{"name": "Brief this", "type": 3}, map[string]any{"name": "Brief this", "type": 3, "description": "d"}, "0.description: APPLICATION_COMMAND_DESCRIPTION_INVALID"},
		{"8,000 characters", fat(8000), fat(8001), "0: APPLICATION_COMMAND_TOO_LARGE"},
	} {
		clock.Advance(25 * time.Hour)
		if got := call(t, srv, "PUT", path, list(c.good)); got.status != 200 {
			t.Errorf("%s: the good one is refused: %s", c.name, got.raw)
		}
		got := call(t, srv, "PUT", path, list(c.bad))
		if got.status != 400 {
			t.Errorf("%s: got %d: %s", c.name, got.status, got.raw)
			continue
		}
		got.want(t, 400, 50035, c.field)
	}
	// All or nothing: the last good one is still there.
	if cmds := srv.Commands(nil); len(cmds) != 1 {
		t.Errorf("commands = %v", cmds)
	}
}

func TestCommandNumbers(t *testing.T) {
	t.Parallel()
	clock := discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	r := newRoom(t, discordtest.Config{NoRateLimits: true, Clock: clock})
	path := "/applications/" + r.srv.ApplicationID() + "/guilds/" + r.guild.ID + "/commands"
	many := func(n, kind int, prefix string) []any {
		return repeat(n, func(i int) any {
			c := map[string]any{"name": fmt.Sprint(prefix, i), "type": kind}
			if kind == 1 {
				c["description"] = "d"
			}
			return c
		})
	}
	put := func(cs []any) result { return call(t, r.srv, "PUT", path, cs) }
	put(append(append(many(100, 1, "c"), many(15, 2, "u")...), many(15, 3, "m")...)).ok(t)
	put(many(101, 1, "c")).want(t, 400, 30032, "")
	put(many(16, 3, "m")).want(t, 400, 30032, "")
	put(append(many(1, 1, "c"), many(1, 1, "c")...)).want(t, 400, 50035, "1.name: APPLICATION_COMMANDS_DUPLICATE_NAME")
	put(append(many(1, 2, "same"), many(1, 3, "same")...)).ok(t) // of another kind: another command

	// 132 of 200 creations are used up; overwriting what is there costs none.
	put(many(68, 1, "d")).ok(t)
	put(many(68, 1, "d")).ok(t)
	put(many(69, 1, "d")).want(t, 400, 30034, "")
	clock.Advance(24*time.Hour + time.Second)
	put(many(69, 1, "d")).ok(t)

	// One at a time.
	made := call(t, r.srv, "POST", path, command("one")).ok(t)
	if again := call(t, r.srv, "POST", path, with(command("one"), "description", "new")).ok(t); again.id() != made.id() || again.status != 200 || made.status != 201 {
		t.Errorf("a command of the same name is overwritten: %s", again.raw)
	}
	if got := call(t, r.srv, "PATCH", path+"/"+made.id(), map[string]any{"description": "newer"}).ok(t); got.body["description"] != "newer" || got.body["name"] != "one" {
		t.Errorf("edited: %s", got.raw)
	}
	call(t, r.srv, "PATCH", path+"/"+made.id(), map[string]any{"name": "d1"}).want(t, 400, 50035, "name: APPLICATION_COMMANDS_DUPLICATE_NAME")
	call(t, r.srv, "GET", path+"/"+made.id(), nil).ok(t)
	call(t, r.srv, "DELETE", path+"/"+made.id(), nil).ok(t)
	call(t, r.srv, "DELETE", path+"/"+made.id(), nil).want(t, 404, 10063, "")
	if got := call(t, r.srv, "GET", path+"?with_localizations=true", nil).ok(t); len(got.list) != 69 {
		t.Errorf("%d commands", len(got.list))
	}
	call(t, r.srv, "GET", "/applications/1/commands", nil).want(t, 404, 10002, "")
	call(t, r.srv, "GET", "/applications/"+r.srv.BotID()+"/commands", nil).want(t, 403, 50001, "")
	call(t, r.srv, "PUT", "/applications/"+r.srv.ApplicationID()+"/guilds/1/commands", list()).want(t, 403, 50001, "")
	call(t, r.srv, "PUT", path, map[string]any{}).want(t, 400, 50035, ": LIST_TYPE_CONVERT")
}
