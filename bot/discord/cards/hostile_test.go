package cards

import (
	"bufio"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"sitrep/bot"
	"sitrep/bot/discord/locale"
	"sitrep/bot/discord/markdown"
	"sitrep/feeds"
	"sitrep/summarize"
)

// hostileStrings are what a feed may send to be rendered: markup, mentions,
// links, scripts of every direction, characters that hide.
var hostileStrings = []string{
	"@everyone", "@here", "@EVERYONE now", "<@123456789012345678>", "<@!123456789012345678>", "<@&123456789012345678>", "<#123456789012345678>",
	"<:fire:123456789012345678>", "<a:dance:123456789012345678>", "<t:1:R>", "</latest:123456789012345678>", "<id:customize>", "<sound:0:1>",
	"[free](https://evil.example/x)", "[free](<https://evil.example/x>)", "[x]: https://evil.example", "https://evil.example/a_b", "http://evil.example", "steam://run/1",
	"<https://evil.example>", "discord.gg/evil", "https://discord.gg/evil", "javascript:alert(1)", "](https://evil.example) [", "[a", "b](c", ")", "((((", "))))",
	"**bold**", "***", "__u__", "_i_", "~~s~~", "||spoiler||", "`code`", "```\nblock\n```", "``", "> quote", ">>> all", "# head", "## head", "-# small", "- item", "* item", "1. item", "+ item",
	"\\", "\\\\", "\\*", "\\`", "\\<@&1>", "\\@everyone", "@\u200beveryone", "@every\u200bone", "@eve\u202eryone", "<\u200b@1>", "<@\u20601>", "<@&\u00ad1>",
	"\u202e reversed", "\u2066 isolated", "\u200f mark", "zero\u200bwidth", "\ufeffbom", "tag\U000e0041\U000e007f", "\u3164\u3164", "\u2800", "soft\u00adhyphen", "\x00nul", "bell\x07", "esc\x1b[31m",
	"line\nbreak", "para\u2029graph", "next\u0085line", "tab\t", "\r\n# head", "Z̸̢̛͎̪͉̣̠͔̟̭̑̏̀̾͗̄̆a̶̛̓l̵g̷o", strings.Repeat("\u0301", 200), "e" + strings.Repeat("\u0301", 200),
	"首相は火曜日、港湾の再開を延期すると発表した。", strings.Repeat("政府", 300), "𠮷野家𠮷", "ｈａｌｆ", "조선중앙통신", "สวัสดีชาวโลก", "नमस्ते दुनिया", "Ελλάδα", "Привет, мир",
	"مرحبا بالعالم", "שלום עולם", "می‌شود", "العربية English עברית 123", strings.Repeat("ﷺ", 300), "\u0623\u064e\u064f\u0650\u0651\u0652\u0670",
	"👩‍👩‍👧‍👦", "👩🏽‍🚀👨🏿‍🚒", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇩🇪🇫🇷🇧🇷", "1️⃣", "❤️‍🔥", strings.Repeat("👩‍👩‍👧‍👦", 120), strings.Repeat("🇺🇳", 200), strings.Repeat("a", 900), strings.Repeat("ab ", 300), strings.Repeat("\\", 500), strings.Repeat("*", 500), strings.Repeat("<@1>", 150), strings.Repeat("@here ", 120),
	"", " ", "\xff\xfe", "a\xc3", "\xed\xa0\x80", "null", "NaN", "<script>alert(1)</script>", "{{.Text}}", "%s%n", "${x}", "'; DROP TABLE stories;--", "../../etc/passwd",
}

// naughty adds the public list of naughty strings, where it is at hand.
func naughty(tb testing.TB) []string {
	tb.Helper()
	out := hostileStrings
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return out
		}
		dir = parent
	}
	f, err := os.Open(filepath.Join(dir, "..", "shared", "data", "hostile", "blns.txt"))
	if err != nil {
		return out
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if l := lines.Text(); l != "" && !strings.HasPrefix(l, "#") {
			out = append(out, l)
		}
	}
	return out
}

const ours = "https://ours.example/" // where every link of the generated stories leads

// writer makes hostile stories.
type writer struct {
	*rand.Rand
	pool []string
	url  string // the only address, "" = any
}

func (w writer) text() string {
	var b strings.Builder
	for range 1 + w.IntN(4) {
		s := w.pool[w.IntN(len(w.pool))]
		if w.IntN(4) == 0 && len(s) > 1 { // cut anywhere, inside characters too
			s = s[w.IntN(len(s)):]
		}
		b.WriteString(s)
		if w.IntN(2) == 0 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func (w writer) source() summarize.Source {
	urls := []string{ours + "a", ours + "b?x=1&y=2#z", ours + "p_(q)", ours + strings.Repeat("long", 100), ours + strings.Repeat("%20", 200), "javascript:alert(1)", "//evil.example", "https://user@evil.example/", "", ours + "a b)c[d]", ours + "日本"}
	if w.url != "" {
		urls = []string{w.url}
	}
	return summarize.Source{ArticleID: w.Int64N(100), URL: urls[w.IntN(len(urls))], Publisher: w.text(), At: noon, Evidence: summarize.Evidence{Text: w.text()}}
}

func (w writer) sources() []summarize.Source {
	var out []summarize.Source
	for range w.IntN(7) {
		out = append(out, w.source())
	}
	return out
}

func (w writer) line() bot.Line {
	return bot.Line{DevelopmentID: w.Int64(), Text: w.text(), Sources: w.sources(), Changed: w.IntN(3) == 0, Was: w.text()}
}

func (w writer) disputes() []summarize.Dispute {
	var out []summarize.Dispute
	for range w.IntN(4) {
		d := summarize.Dispute{Field: w.text(), Open: w.IntN(3) > 0}
		for range w.IntN(7) {
			d.Values = append(d.Values, summarize.DisputeValue{Value: w.text(), Sources: w.sources()})
		}
		out = append(out, d)
	}
	return out
}

func (w writer) actors() []summarize.StoryActor {
	var out []summarize.StoryActor
	for range w.IntN(8) {
		out = append(out, summarize.StoryActor{ActorID: w.Int64N(1 << 40), Name: w.text(), Role: w.text(), Type: summarize.Person, RoleBy: w.source()})
	}
	return out
}

func (w writer) item() bot.Item {
	it := bot.Item{StoryID: w.Int64N(1 << 60), Headline: w.text(), Lang: w.text(), Topic: []string{"", "a", "b", w.text()}[w.IntN(4)], State: bot.ItemUpdated,
		Who: w.actors(), Publishers: w.IntN(300), FirstSeenAt: noon, Disputes: w.disputes(), ImageURL: w.source().URL, LeadOnly: w.IntN(5) == 0}
	for range w.IntN(6) {
		it.Lines = append(it.Lines, w.line())
	}
	if w.IntN(2) == 0 {
		l := w.line()
		it.Background = &l
	}
	return it
}

func (w writer) story() summarize.Story {
	s := summarize.Story{ID: w.Int64N(1 << 60), Headline: w.text(), Actors: w.actors(), Disputes: w.disputes(), Publishers: w.IntN(50), FirstSeenAt: noon, UpdatedAt: noon, ImageURL: ours + "x.jpg"}
	for range w.IntN(40) {
		s.Developments = append(s.Developments, summarize.StoryDevelopment{Text: w.text(), Was: w.text(), Sources: w.sources(), Withdrawn: w.IntN(5) == 0, FirstSeenAt: noon, Weight: w.Float64()})
	}
	for range w.IntN(10) {
		src := w.source()
		s.Articles = append(s.Articles, summarize.StoryArticle{ArticleID: src.ArticleID, URL: src.URL, Publisher: src.Publisher})
	}
	return s
}

func (w writer) quotes() []bot.QuoteBy {
	var out []bot.QuoteBy
	for range w.IntN(25) {
		src := w.source()
		out = append(out, bot.QuoteBy{Text: w.text(), URL: src.URL, Publisher: src.Publisher, At: noon})
	}
	return out
}

func (w writer) follows() []bot.Follow {
	var out []bot.Follow
	for range 2 + w.IntN(30) {
		u := ours + "feed/" + itoa(w.Int64N(1<<40))
		out = append(out, bot.Follow{Include: w.text(), Exclude: w.text(), Feed: feeds.Feed{URL: u, SiteURL: w.source().URL, Title: w.text(), Publisher: w.text(), Description: w.text(),
			State: []feeds.State{feeds.StateActive, feeds.StateFailing, feeds.StateGone}[w.IntN(3)], Reason: w.text(), Since: noon, NextCheckAt: noon, Moved: w.text(), Fails: 3}})
	}
	return out
}

// cards draws one of each card over hostile values.
func (w writer) cards() map[string][]Message {
	p := locale.For(locale.Langs()[w.IntN(len(locale.Langs()))])
	d := bot.Digest{Title: w.text(), Slot: noon, Since: noon.Add(-time.Hour), Until: noon, Engine: "llm:" + w.text(), Feeds: bot.FeedStats{Read: w.IntN(1e6), Failed: w.IntN(10), Articles: w.IntN(1e6)}}
	for range w.IntN(25) {
		d.Items = append(d.Items, w.item())
	}
	for range w.IntN(5) {
		d.BottomLine = append(d.BottomLine, w.line())
	}
	var lines []bot.Line
	for range w.IntN(25) {
		lines = append(lines, w.line())
	}
	page := bot.StoryPage{Total: 100}
	for range w.IntN(11) {
		page.Stories = append(page.Stories, w.story())
	}
	who := bot.Dossier{Actor: summarize.KnownActor{ID: 7, Name: w.text(), Aliases: []string{w.text(), w.text()}, Type: summarize.ActorType(w.text())}, Latest: lines, Quotes: w.quotes(), PerDay: []int{w.IntN(9), 1}}
	for range w.IntN(9) {
		src := w.source()
		who.Roles = append(who.Roles, summarize.RoleObservation{Role: summarize.Role{Text: w.text()}, URL: src.URL, Publisher: src.Publisher, At: noon})
		who.Company = append(who.Company, bot.Company{Name: w.text(), Stories: w.IntN(1e6)})
	}
	var receipts []Receipt
	for range w.IntN(20) {
		receipts = append(receipts, Receipt{Claim: w.text(), Sources: w.sources()})
	}
	follows := w.follows()
	article := feeds.Article{Title: w.text(), URL: w.source().URL, Publisher: w.text(), PublishedAt: noon, ImageURL: w.source().URL}
	brief := summarize.Brief{Headline: w.text(), Engine: w.text()}
	for range w.IntN(10) {
		brief.Developments = append(brief.Developments, summarize.Development{Text: w.text(), Evidence: summarize.Evidence{Text: w.text()}})
		brief.Actors = append(brief.Actors, summarize.Actor{Name: w.text(), Key: true, Roles: []summarize.Role{{Text: w.text()}}})
		brief.Quotes = append(brief.Quotes, summarize.Quote{Text: w.text(), Speaker: w.IntN(12) - 1})
	}
	trace := bot.Trace{Title: w.text(), URL: w.source().URL}
	for range w.IntN(20) {
		trace.Steps = append(trace.Steps, bot.TraceStep{At: noon, Step: w.text(), Code: w.text(), Message: w.text(), Place: 1, Of: w.IntN(3), Note: w.text()})
	}
	more := []bot.Item{w.item(), w.item(), w.item()}
	return map[string][]Message{
		"digest":   Digest(p, d, bot.Schedule{Name: w.text(), Topics: w.text(), PingRole: []string{"", "42", "42> @everyone"}[w.IntN(3)]}),
		"alert":    Alert(p, bot.Alert{Subscription: bot.Subscription{Query: w.text()}, Item: w.item()}),
		"summary":  Alert(p, bot.Alert{Subscription: bot.Subscription{ActorID: 1}, Item: w.item(), More: more, Summary: true}),
		"list":     {Stories(p, StoryList{Title: "Latest", Topic: w.text(), Page: page, Size: 5, Offset: 5, Act: ActLatest, Query: markdown.Cut(w.text(), MaxQuery), Source: markdown.Cut(w.text(), MaxSource)})},
		"story":    Story(p, w.story(), w.quotes(), w.text(), Report|Lean),
		"dossier":  {Dossier(p, who)},
		"quotes":   Quotes(p, w.text(), w.text(), w.quotes()),
		"between":  Between(p, w.text(), w.text(), lines),
		"receipts": Receipts(p, w.text(), receipts, 5),
		"which":    {WhichActor(p, w.text(), []summarize.KnownActor{{ID: 1, Name: w.text(), Context: []string{w.text()}}, {ID: 2, Name: w.text()}})},
		"notice":   Notice(p, bot.Notice{Kind: "feed_failing", Args: map[string]string{"Feed": w.text(), "URL": w.source().URL, "Reason": w.text(), "Channel": "1> @everyone"}}),
		"brief":    Brief(p, article, brief),
		"found":    {Found(p, FoundFeeds{Include: markdown.Cut(w.text(), 80), Exclude: markdown.Cut(w.text(), 80), Feeds: []FoundFeed{{Feed: follows[0].Feed, Articles: []feeds.Article{article, article}}}})},
		"several":  {Found(p, FoundFeeds{Include: markdown.Cut(w.text(), 80), Feeds: []FoundFeed{{Feed: follows[0].Feed}, {Feed: follows[1].Feed}}})},
		"feeds":    Feeds(p, follows, 5),
		"health":   Health(p, follows, w.IntN(9), 5),
		"pack":     {Pack(p, "id", w.text(), []feeds.Feed{follows[0].Feed, follows[1].Feed})},
		"setup":    {Setup(p, []bot.Suggestion{{Label: w.text(), Value: "a"}, {Label: w.text(), Value: "b"}}, "42", markdown.Cut(w.text(), 90), "UTC")},
		"status":   {Status(p, StatusCard{Trouble: follows, Parked: []bot.ParkedRoute{{Route: w.text(), Reason: w.text()}}, Weights: []bot.Weight{{Term: w.text(), By: w.text()}}})},
		"why":      Traces(p, []bot.Trace{trace, trace, trace}),
		"trial":    {Trial(p, TrialResult{Title: markdown.EscapeCut(w.text(), 160), Matched: 1, Examples: page.Stories}, "s1:su:di:0:x", "s1:no:")},
		"unknown":  Notice(p, bot.Notice{Kind: w.text(), Args: map[string]string{"text": w.text()}}),
	}
}

// TestTheLargestFits draws every card with nothing but the longest of what there
// can be: each text far over its limit, each address just within it.
func TestTheLargestFits(t *testing.T) {
	t.Parallel()
	for name, longest := range map[string]string{
		"japanese": strings.Repeat("港湾局は再開を延期すると発表した。", 60), "latin": strings.Repeat("harbour ", 130), "emoji": strings.Repeat("👩‍👩‍👧‍👦", 110),
		"markup": strings.Repeat("*_<@1>", 160), "arabic": strings.Repeat("مرحبا بالعالم ", 70), "tibetan": strings.Repeat("བོད་", 250), "backslashes": strings.Repeat("\\", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := writer{rand.New(rand.NewPCG(3, 4)), []string{longest}, ours + strings.Repeat("x", maxURLLength-len(ours))}
			for range 2 {
				for card, parts := range w.cards() {
					for i, m := range parts {
						if err := m.Check(); err != nil {
							t.Fatalf("%s, part %d: %v", card, i, err)
						}
					}
				}
			}
		})
	}
}

// TestNothingHostileGetsThrough draws thousands of stories made of hostile text
// and holds every message against Discord's limits and against what a reader
// must never meet.
func TestNothingHostileGetsThrough(t *testing.T) {
	t.Parallel()
	w := writer{rand.New(rand.NewPCG(1, 2)), naughty(t), ""}
	rounds := 60 // of some twenty cards each, with about 30 stories in all
	if testing.Short() {
		rounds = 40
	}
	for range rounds {
		for name, parts := range w.cards() {
			for i, m := range parts {
				if err := m.Check(); err != nil {
					t.Fatalf("%s, part %d: %v", name, i, err)
				}
				walk(m.Components, func(c Component) {
					if c.Type == typeText {
						inspect(t, name, string(c.Content))
					}
					for _, label := range []string{c.Label, c.Placeholder, c.Description} {
						inspectPlain(t, name, label)
					}
					for _, o := range c.Options {
						inspectPlain(t, name, o.Label)
						inspectPlain(t, name, o.Description)
					}
				})
				body, err := m.Body()
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				var sent struct {
					AllowedMentions *struct {
						Parse []string
						Roles []string
					} `json:"allowed_mentions"`
				}
				if err := json.Unmarshal(body, &sent); err != nil || sent.AllowedMentions == nil || sent.AllowedMentions.Parse == nil || len(sent.AllowedMentions.Parse) > 0 {
					t.Fatalf("%s: mentions are not shut out: %s (%v)", name, body, err)
				}
				if roles := sent.AllowedMentions.Roles; len(roles) > 0 && (name != "digest" || i > 0 || roles[0] != "42") {
					t.Fatalf("%s, part %d: may ping %v", name, i, roles)
				}
			}
		}
	}
}

func walk(components []Component, visit func(Component)) {
	for _, c := range components {
		visit(c)
		walk(c.Components, visit)
		if c.Accessory != nil {
			walk([]Component{*c.Accessory}, visit)
		}
	}
}

var (
	timestamp = regexp.MustCompile(`<t:-?\d+:[tTdDfFR]>`)
	mentioned = regexp.MustCompile(`(?i)@everyone|@here|<@[!&]?\d|<#\d|<a?:\w+:\d|</[^>]+:\d|<id:|<sound:`)
	bareLink  = regexp.MustCompile(`\w+://\S`)
)

// inspect reads a text as Discord would: what is escaped doesn't count, our own
// links and times are known, and nothing else may be active.
func inspect(t *testing.T, card, content string) {
	t.Helper()
	if !utf8.ValidString(content) {
		t.Fatalf("%s: broken UTF-8 in %q", card, content)
	}
	rest, links := withoutLinks(content)
	for _, url := range links {
		if !strings.HasPrefix(url, ours) || len(url) > maxURLLength || strings.ContainsAny(url, "([<> ") {
			t.Fatalf("%s: a link leads to %q in %q", card, url, content)
		}
	}
	if strings.HasPrefix(rest, "<@&42>") && card == "digest" {
		rest = rest[len("<@&42>"):]
	}
	rest = timestamp.ReplaceAllString(rest, "")
	if m := mentioned.FindString(rest); m != "" {
		t.Fatalf("%s: %q is active in %q", card, m, content)
	}
	if m := bareLink.FindString(rest); m != "" {
		t.Fatalf("%s: %q is a link in %q", card, m, content)
	}
	if strings.Count(unescaped(rest), "`")%2 != 0 {
		t.Fatalf("%s: a code span is left open in %q", card, content)
	}
	if n := strings.Count(unescaped(rest), "**"); n%2 != 0 {
		t.Fatalf("%s: bold is left open in %q", card, content)
	}
	for _, r := range content {
		if r != '\n' && r != 0x200B && r != 0x200C && r != 0x200D && r != 0x2068 && r != 0x2069 && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) {
			t.Fatalf("%s: invisible %U in %q", card, r, content)
		}
	}
	if strings.Count(content, "\u2068") != strings.Count(content, "\u2069") {
		t.Fatalf("%s: an isolate is left open in %q", card, content)
	}
}

// inspectPlain reads a label, where Discord reads no markdown.
func inspectPlain(t *testing.T, card, s string) {
	t.Helper()
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Cc) || r == 0x202E || r == 0x200B }) {
		t.Fatalf("%s: label %q", card, s)
	}
	if cut, ok := strings.CutSuffix(s, "…"); ok && cut != "" {
		last := ""
		for g := uniseg.NewGraphemes(cut); g.Next(); {
			last = g.Str()
		}
		if r, _ := utf8.DecodeLastRuneInString(last); r == 0x200D {
			t.Fatalf("%s: label %q ends inside a character", card, s)
		}
	}
}

// withoutLinks takes the targets of links out of a text. A bracket that is
// escaped makes no link.
func withoutLinks(s string) (rest string, urls []string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			b.WriteString(s[i : i+2])
			i++
		case strings.HasPrefix(s[i:], "]("):
			end := strings.IndexByte(s[i:], ')')
			if end < 0 {
				return b.String() + s[i:], append(urls, s[i+2:])
			}
			urls = append(urls, s[i+2:i+end])
			i += end
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), urls
}

// unescaped drops escaped characters, so that what remains is markup.
func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func BenchmarkDigest(b *testing.B) {
	d, s := morning()
	p := locale.For("en")
	for b.Loop() {
		Digest(p, d, s)
	}
}

func BenchmarkDossier(b *testing.B) {
	d := varnholt()
	p := locale.For("en")
	for b.Loop() {
		Dossier(p, d)
	}
}
