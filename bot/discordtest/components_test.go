package discordtest_test

import (
	"fmt"
	"strings"
	"testing"

	"sitrep/bot/discordtest"
)

func container(cs ...any) map[string]any {
	return map[string]any{"type": 17, "components": list(cs...)}
}

func section(accessory any, cs ...any) map[string]any {
	return map[string]any{"type": 9, "components": list(cs...), "accessory": accessory}
}

func media(url string) map[string]any { return map[string]any{"url": url} }

func thumb(url string) map[string]any { return map[string]any{"type": 11, "media": media(url)} }

func selectMenu(id string, options int) map[string]any {
	return map[string]any{"type": 3, "custom_id": id, "options": repeat(options, func(i int) any {
		return map[string]any{"label": fmt.Sprint("l", i), "value": fmt.Sprint("v", i)}
	})}
}

func with(m map[string]any, k string, v any) map[string]any {
	out := map[string]any{}
	for a, b := range m {
		out[a] = b
	}
	out[k] = v
	return out
}

// TestComponentLimits holds each limit of components with its neighbour just inside it.
func TestComponentLimits(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{NoRateLimits: true})
	legacy := func(cs ...any) map[string]any { return map[string]any{"content": "x", "components": cs} }
	x := func(n int) string { return strings.Repeat("x", n) }
	texts := func(n int) []any { return repeat(n, func(int) any { return text("t") }) }
	buttons := func(n int) []any { return repeat(n, func(i int) any { return button(2, "b", fmt.Sprint("b", i)) }) }
	rows := func(n int) []any {
		return repeat(n, func(i int) any { return row(button(2, "b", fmt.Sprint("r", i))) })
	}
	gallery := func(n int) map[string]any {
		return map[string]any{"type": 12, "items": repeat(n, func(int) any { return map[string]any{"media": media("https://example.org/a.png")} })}
	}
	link := func(u string) map[string]any { return map[string]any{"type": 2, "style": 5, "label": "l", "url": u} }
	for _, c := range []struct {
		name      string
		good, bad any
		status    int
		field     string
	}{
		{"40 components", v2(texts(40)...), v2(append(texts(39), row(buttons(1)...))...), 400, "components: COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"},
		{"40 components, nested ones counted", v2(container(append(texts(34), row(buttons(4)...))...)), v2(container(append(texts(34), row(buttons(5)...))...)), 400, "components: COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"},
		{"40 components, accessories counted", v2(repeat(13, func(int) any { return section(thumb("https://example.org/a.png"), text("t")) })...), v2(append(repeat(13, func(int) any { return section(thumb("https://example.org/a.png"), text("t")) }), text("t"), text("t"))...), 400, "components: COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"},
		{"4,000 characters in all", v2(text(x(3999)), text("x")), v2(text(x(3999)), text("xx")), 400, "components: COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"},
		{"4,000 characters in one", v2(text(x(4000))), v2(text(x(4001))), 400, "components.0.content: BASE_TYPE_BAD_LENGTH"},
		{"10,170 bytes", v2(text(strings.Repeat("港", 3386))), v2(text(strings.Repeat("港", 3387))), 500, ""},
		{"10,170 bytes, 12 a text", v2(text(strings.Repeat("港", 3381)), text("xxx")), v2(text(strings.Repeat("港", 3381)), text("xxxx")), 500, ""},
		{"empty text", v2(text("x")), v2(text("")), 400, "components.0.content: BASE_TYPE_BAD_LENGTH"},
		{"no content beside", v2(text("x")), with(v2(text("x")), "content", "x"), 400, "content: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"},
		{"no embeds beside", with(v2(text("x")), "embeds", list()), with(v2(text("x")), "embeds", list(map[string]any{"title": "x"})), 400, "embeds: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"},
		{"text needs the flag", v2(text("x")), legacy(text("x")), 400, "components.0: UNION_TYPE_CHOICES"},
		{"5 rows without the flag", legacy(rows(5)...), legacy(rows(6)...), 400, "components: BASE_TYPE_MAX_LENGTH"},
		{"container in a container", v2(container(text("x"))), v2(container(container(text("x")))), 400, "components.0.components.0: UNION_TYPE_CHOICES"},
		{"empty container", v2(container(text("x"))), v2(container()), 400, "components.0.components: BASE_TYPE_BAD_LENGTH"},
		{"accent", v2(with(container(text("x")), "accent_color", 0xFFFFFF)), v2(with(container(text("x")), "accent_color", 0x1000000)), 400, "components.0.accent_color: NUMBER_TYPE_MAX"},
		{"3 texts a section", v2(section(button(1, "b", "b"), texts(3)...)), v2(section(button(1, "b", "b"), texts(4)...)), 400, "components.0.components: BASE_TYPE_BAD_LENGTH"},
		{"a section has texts", v2(section(button(1, "b", "b"), text("x"))), v2(section(button(1, "b", "b"))), 400, "components.0.components: BASE_TYPE_BAD_LENGTH"},
		{"a section has an accessory", v2(section(thumb("https://example.org/a.png"), text("x"))), v2(map[string]any{"type": 9, "components": list(text("x"))}), 400, "components.0.accessory: BASE_TYPE_REQUIRED"},
		{"a section's accessory", v2(section(button(1, "b", "b"), text("x"))), v2(section(text("y"), text("x"))), 400, "components.0.accessory: UNION_TYPE_CHOICES"},
		{"gallery", v2(gallery(10)), v2(gallery(11)), 400, "components.0.items: BASE_TYPE_BAD_LENGTH"},
		{"empty gallery", v2(gallery(1)), v2(gallery(0)), 400, "components.0.items: BASE_TYPE_BAD_LENGTH"},
		{"thumbnail's scheme", v2(section(thumb("https://example.org/a.png"), text("x"))), v2(section(thumb("data:image/png;base64,xx"), text("x"))), 400, "components.0.accessory.media.url: URL_TYPE_INVALID_SCHEME"},
		{"thumbnail's description", v2(section(with(thumb("https://example.org/a.png"), "description", x(1024)), text("x"))), v2(section(with(thumb("https://example.org/a.png"), "description", x(1025)), text("x"))), 400, "components.0.accessory.description: BASE_TYPE_BAD_LENGTH"},
		{"a file has to be sent along", v2(text("x")), v2(map[string]any{"type": 13, "file": media("attachment://a.txt")}), 400, "components.0.file.url: UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"},
		{"a file is no address", v2(text("x")), v2(map[string]any{"type": 13, "file": media("https://example.org/a.txt")}), 400, "components.0.file.url: UNFURLED_MEDIA_ITEM_ATTACHMENT_REQUIRED"},
		{"spacing", v2(text("x"), map[string]any{"type": 14, "spacing": 2}), v2(text("x"), map[string]any{"type": 14, "spacing": 3}), 400, "components.1.spacing: BASE_TYPE_CHOICES"},
		{"unknown type", v2(text("x")), v2(map[string]any{"type": 99}), 400, "components.0: UNION_TYPE_CHOICES"},
		{"5 buttons a row", legacy(row(buttons(5)...)), legacy(row(buttons(6)...)), 400, "components.0.components: BASE_TYPE_BAD_LENGTH"},
		{"empty row", legacy(row(buttons(1)...)), legacy(row()), 400, "components.0.components: BASE_TYPE_BAD_LENGTH"},
		{"label", legacy(row(button(1, x(80), "a"))), legacy(row(button(1, x(81), "a"))), 400, "components.0.components.0.label: BASE_TYPE_MAX_LENGTH"},
		{"neither label nor emoji", legacy(row(map[string]any{"type": 2, "style": 1, "custom_id": "a", "emoji": map[string]any{"name": "📰"}})), legacy(row(map[string]any{"type": 2, "style": 1, "custom_id": "a"})), 400, "components.0.components.0: BUTTON_COMPONENT_REQUIRED_FIELDS"},
		{"emoji that is none", legacy(row(map[string]any{"type": 2, "style": 1, "custom_id": "a", "emoji": map[string]any{"name": "1"}})), legacy(row(map[string]any{"type": 2, "style": 1, "custom_id": "a", "emoji": map[string]any{"name": "news"}})), 400, "components.0.components.0.emoji.name: COMPONENT_INVALID_EMOJI"},
		{"custom id", legacy(row(button(1, "a", x(100)))), legacy(row(button(1, "a", x(101)))), 400, "components.0.components.0.custom_id: BASE_TYPE_BAD_LENGTH"},
		{"custom id is needed", legacy(row(button(1, "a", "a"))), legacy(row(map[string]any{"type": 2, "style": 1, "label": "a"})), 400, "components.0.components.0.custom_id: BASE_TYPE_REQUIRED"},
		{"custom ids are unique", legacy(row(button(1, "a", "a")), row(button(1, "a", "b"))), legacy(row(button(1, "a", "a")), row(button(1, "a", "a"))), 400, "components.1.components.0.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED"},
		{"ids are unique", v2(with(text("x"), "id", 7), with(text("x"), "id", 8)), v2(with(text("x"), "id", 7), with(text("x"), "id", 7)), 400, "components.1.id: COMPONENT_DUPLICATE_ID"},
		{"link", legacy(row(link("https://example.org/" + x(492)))), legacy(row(link("https://example.org/" + x(493)))), 400, "components.0.components.0.url: BASE_TYPE_MAX_LENGTH"},
		{"link's scheme", legacy(row(link("discord://-/channels/1"))), legacy(row(link("javascript:alert(1)"))), 400, "components.0.components.0.url: URL_TYPE_INVALID_SCHEME"},
		{"link without an address", legacy(row(link("https://example.org"))), legacy(row(map[string]any{"type": 2, "style": 5, "label": "l"})), 400, "components.0.components.0.url: BASE_TYPE_REQUIRED"},
		{"link with a custom id", legacy(row(link("https://example.org"))), legacy(row(with(link("https://example.org"), "custom_id", "a"))), 400, "components.0.components.0: BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"},
		{"style", legacy(row(button(4, "a", "a"))), legacy(row(button(7, "a", "a"))), 400, "components.0.components.0.style: BASE_TYPE_CHOICES"},
		{"premium", legacy(row(map[string]any{"type": 2, "style": 6, "sku_id": "1"})), legacy(row(map[string]any{"type": 2, "style": 6, "sku_id": "1", "label": "l"})), 400, "components.0.components.0: BUTTON_COMPONENT_INVALID_FIELDS"},
		{"custom id with an address", legacy(row(button(1, "a", "a"))), legacy(row(with(button(1, "a", "a"), "url", "https://example.org"))), 400, "components.0.components.0: BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"},
		{"25 options", legacy(row(selectMenu("s", 25))), legacy(row(selectMenu("s", 26))), 400, "components.0.components.0.options: BASE_TYPE_BAD_LENGTH"},
		{"no options", legacy(row(selectMenu("s", 1))), legacy(row(selectMenu("s", 0))), 400, "components.0.components.0.options: BASE_TYPE_BAD_LENGTH"},
		{"one select a row", legacy(row(selectMenu("s", 1)), row(selectMenu("t", 1))), legacy(row(selectMenu("s", 1), selectMenu("t", 1))), 400, "components.0: COMPONENT_LAYOUT_WIDTH_EXCEEDED"},
		{"no button beside a select", legacy(row(selectMenu("s", 1)), row(button(1, "a", "a"))), legacy(row(selectMenu("s", 1), button(1, "a", "a"))), 400, "components.0: COMPONENT_LAYOUT_WIDTH_EXCEEDED"},
		{"placeholder", legacy(row(with(selectMenu("s", 1), "placeholder", x(150)))), legacy(row(with(selectMenu("s", 1), "placeholder", x(151)))), 400, "components.0.components.0.placeholder: BASE_TYPE_MAX_LENGTH"},
		{"max values", legacy(row(with(selectMenu("s", 3), "max_values", 3))), legacy(row(with(selectMenu("s", 3), "max_values", 4))), 400, "components.0.components.0.max_values: SELECT_COMPONENT_MAX_VALUES_INVALID"},
		{"min values", legacy(row(with(with(selectMenu("s", 3), "min_values", 2), "max_values", 2))), legacy(row(with(with(selectMenu("s", 3), "min_values", 3), "max_values", 2))), 400, "components.0.components.0.min_values: SELECT_COMPONENT_MIN_VALUES_INVALID"},
		{"option's label", legacy(row(map[string]any{"type": 3, "custom_id": "s", "options": list(map[string]any{"label": x(100), "value": "v"})})), legacy(row(map[string]any{"type": 3, "custom_id": "s", "options": list(map[string]any{"label": x(101), "value": "v"})})), 400, "components.0.components.0.options.0.label: BASE_TYPE_BAD_LENGTH"},
		{"option's value", legacy(row(map[string]any{"type": 3, "custom_id": "s", "options": list(map[string]any{"label": "l", "value": x(100)})})), legacy(row(map[string]any{"type": 3, "custom_id": "s", "options": list(map[string]any{"label": "l", "value": x(101)})})), 400, "components.0.components.0.options.0.value: BASE_TYPE_BAD_LENGTH"},
		{"option's description", legacy(row(map[string]any{"type": 3, "custom_id": "s", "options": list(map[string]any{"label": "l", "value": "v", "description": x(100)})})), legacy(row(map[string]any{"type": 3, "custom_id": "s", "options": list(map[string]any{"label": "l", "value": "v", "description": x(101)})})), 400, "components.0.components.0.options.0.description: BASE_TYPE_MAX_LENGTH"},
		{"values are unique", legacy(row(selectMenu("s", 2))), legacy(row(map[string]any{"type": 3, "custom_id": "s", "options": list(map[string]any{"label": "l", "value": "v"}, map[string]any{"label": "m", "value": "v"})})), 400, "components.0.components.0.options.1.value: SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"},
		{"channel select", legacy(row(map[string]any{"type": 8, "custom_id": "s", "channel_types": list(0, 5, 15)})), legacy(row(map[string]any{"type": 8, "custom_id": "s", "channel_types": list(99)})), 400, "components.0.components.0.channel_types.0: BASE_TYPE_CHOICES"},
		{"default values", legacy(row(map[string]any{"type": 6, "custom_id": "s", "default_values": list(map[string]any{"id": "1", "type": "role"})})), legacy(row(map[string]any{"type": 6, "custom_id": "s", "default_values": list(map[string]any{"id": "1", "type": "user"})})), 400, "components.0.components.0.default_values.0.type: BASE_TYPE_CHOICES"},
		{"only string selects have options", legacy(row(map[string]any{"type": 5, "custom_id": "s"})), legacy(row(with(selectMenu("s", 1), "type", 5))), 400, "components.0.components.0.options: SELECT_COMPONENT_OPTIONS_NOT_ALLOWED"},
		{"no inputs in a message", legacy(row(button(1, "a", "a"))), legacy(row(map[string]any{"type": 4, "custom_id": "a", "style": 1, "label": "l"})), 400, "components.0.components.0: UNION_TYPE_CHOICES"},
	} {
		if got := call(t, r.srv, "POST", r.messages(), c.good); got.status != 200 {
			t.Errorf("%s: the good one is refused: %s", c.name, got.raw)
		}
		got := call(t, r.srv, "POST", r.messages(), c.bad)
		if got.status != c.status {
			t.Errorf("%s: got %d: %s", c.name, got.status, got.raw)
			continue
		}
		if c.field != "" {
			got.want(t, 400, 50035, c.field)
		}
	}
}

// TestComponentsInMessage reads back what was sent, with files.
func TestComponentsInMessage(t *testing.T) {
	t.Parallel()
	r := newRoom(t, discordtest.Config{})
	callWithFiles(t, r.srv, "POST", r.messages(), v2(
		container(text("a"), map[string]any{"type": 13, "file": media("attachment://feeds.opml")}, map[string]any{"type": 14}),
		map[string]any{"type": 12, "items": list(map[string]any{"media": media("attachment://chart.png"), "description": "mentions by day"})},
	), "feeds.opml", "chart.png").ok(t)
	m := r.news.Messages()[0]
	if n := discordtest.CountComponents(m.Components); n != 5 {
		t.Errorf("%d components", n)
	}
	file := m.Components[0].Components[1]
	if file.Name != "feeds.opml" || file.Size != len("content of feeds.opml") || !strings.HasPrefix(file.Media.URL, "http://") {
		t.Errorf("file = %+v", file)
	}
	if it := m.Components[1].Items[0]; it.Media.URL != m.Attachments[1].URL || it.Media.AttachmentID != m.Attachments[1].ID {
		t.Errorf("gallery = %+v", it)
	}
	var ids []int
	for c := range discordtest.Walk(m.Components) {
		ids = append(ids, c.ID)
	}
	if fmt.Sprint(ids) != "[1 2 3 4 5]" {
		t.Errorf("ids = %v", ids)
	}
	if want := "a\nfeeds.opml\nmentions by day\nfeeds.opml\nchart.png"; m.Text() != want {
		t.Errorf("text = %q", m.Text())
	}
}
