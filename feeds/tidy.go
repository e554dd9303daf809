package feeds

import (
	"bytes"
	"encoding/base64"
	"errors"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrNotFeed is returned for what is no feed at all: a web page, an image, an
// error in plain text.
var ErrNotFeed = errors.New("not a feed")

// ErrEmpty is returned for an answer without content.
var ErrEmpty = errors.New("empty answer")

// A tidier reads lenient XML and writes the same feed as small, well-formed,
// shallow XML that any parser can read: known elements only, tags closed,
// entities resolved, dates in RFC 3339, at most MaxItems items of bounded size.
// What gofeed has no place for it keeps beside (tidyFeed, tidyItem).
//
// It recovers what feeds get wrong: tags that are never closed, closed by
// another name, or written in the wrong case; markup that was not escaped;
// documents that break off, of which the complete items are kept.
type tidier struct {
	s        scanner
	now      time.Time
	atom     bool
	prefix   map[string]string // namespace prefix -> canonical prefix
	entities map[string]string

	head  bytes.Buffer
	item  bytes.Buffer
	feed  tidyFeed
	it    tidyItem
	seen  map[string]bool // single-valued elements already written to the item
	hseen map[string]bool // the same of the head

	inItem  bool
	context []string // open containers other than root, channel and item
	closed  bool     // the root was closed

	nameBuf, leafBuf [40]byte
	val              []byte
}

// tidyFeed is what of a feed has no place in gofeed's universal type.
type tidyFeed struct {
	lang, base, hub, self, newURL, alternate string
	icon                                     string
	ttl                                      int
	updatePeriod                             string
	updateFrequency                          int
	skipHours                                []int
	skipDays                                 []time.Weekday
	items                                    []tidyItem
	total                                    int
	truncated                                bool
}

// tidyItem is the same of an item, with the XML that was written for it.
type tidyItem struct {
	xml       []byte
	order     int
	sortBy    time.Time
	lang      string
	base      string
	orig      string // feedburner:origLink and its like
	alternate string // of an atom:link
	image     string
	summary   string // markup; kept beside, because it is most of the bytes
	content   string // the same
	fallback  string // a summary of second rank: dc:description, itunes:summary, media:description
	about     string // rdf:about
	guidIsURL bool
	hasGUID   bool
}

// namespaces maps what documents bind to the prefixes used here.
var namespaces = map[string]string{
	"http://www.w3.org/2005/atom":                          "atom",
	"http://purl.org/atom/ns#":                             "atom",
	"http://example.com/newformat#":                        "atom",
	"http://example.com/necho":                             "atom",
	"http://purl.org/echo/":                                "atom",
	"uri/of/echo/namespace#":                               "atom",
	"http://purl.org/pie/":                                 "atom",
	"http://purl.org/rss/1.0/":                             "",
	"http://my.netscape.com/rdf/simple/0.9/":               "",
	"http://channel.netscape.com/rdf/simple/0.9/":          "",
	"http://backend.userland.com/rss":                      "",
	"http://blogs.law.harvard.edu/tech/rss":                "",
	"http://backend.userland.com/rss2":                     "",
	"http://purl.org/net/rss1.1#":                          "",
	"http://www.w3.org/1999/02/22-rdf-syntax-ns#":          "rdf",
	"http://purl.org/rss/1.0/modules/content/":             "content",
	"http://purl.org/dc/elements/1.1/":                     "dc",
	"http://purl.org/dc/elements/1.0/":                     "dc",
	"http://purl.org/dc/terms/":                            "dcterms",
	"http://search.yahoo.com/mrss/":                        "media",
	"http://search.yahoo.com/mrss":                         "media",
	"http://www.itunes.com/dtds/podcast-1.0.dtd":           "itunes",
	"http://example.com/dtds/podcast-1.0.dtd":              "itunes",
	"http://purl.org/rss/1.0/modules/syndication/":         "sy",
	"http://rssnamespace.org/feedburner/ext/1.0":           "feedburner",
	"http://www.pheedo.com/namespace/pheedo":               "feedburner",
	"http://www.w3.org/1999/xhtml":                         "xhtml",
	"http://www.w3.org/xml/1998/namespace":                 "xml",
	"http://www.w3.org/2003/01/geo/wgs84_pos#":             "geo",
	"http://wellformedweb.org/commentapi/":                 "wfw",
	"http://purl.org/rss/1.0/modules/slash/":               "slash",
	"http://purl.org/rss/1.0/modules/annotate/":            "annotate",
	"http://www.georss.org/georss":                         "georss",
	"http://purl.org/syndication/thread/1.0":               "thr",
	"http://podcastindex.org/namespace/1.0":                "podcast",
	"https://podcastindex.org/namespace/1.0":               "podcast",
	"http://purl.org/rss/1.0/modules/company":              "company",
	"http://webns.net/mvcb/":                               "admin",
	"http://creativecommons.org/ns#license":                "cc",
	"http://backend.userland.com/creativecommonsrssmodule": "cc",
}

// knownPrefixes are believed even when nothing declares them.
var knownPrefixes = map[string]string{
	"atom": "atom", "atom10": "atom", "atom03": "atom", "a": "atom", "a10": "atom",
	"content": "content", "dc": "dc", "dcterms": "dcterms", "media": "media", "itunes": "itunes",
	"sy": "sy", "feedburner": "feedburner", "rdf": "rdf", "rss": "", "xhtml": "xhtml", "xml": "xml",
}

// leafKind says how an element's content is read.
type leafKind uint8

const (
	leafNone  leafKind = iota
	leafText           // plain text or little markup
	leafRich           // HTML, escaped or not
	leafDate           // a date
	leafEmpty          // attributes only
)

type leaf struct {
	kind leafKind
	rss  string // element written into an RSS document
	atom string // element written into an Atom document
	once bool   // only the first with content counts
}

var itemLeaves = map[string]leaf{
	"title":               {leafText, "title", "title", true},
	"dc:title":            {leafText, "dc:title", "", true},
	"media:title":         {leafText, "", "", true},
	"link":                {leafText, "link", "link", false},
	"guid":                {leafText, "guid", "id", true},
	"id":                  {leafText, "guid", "id", true},
	"description":         {leafRich, "", "", true},
	"dc:description":      {leafRich, "", "", true},
	"summary":             {leafRich, "", "", true},
	"itunes:summary":      {leafRich, "", "", true},
	"media:description":   {leafRich, "", "", true},
	"content":             {leafRich, "", "", true},
	"content:encoded":     {leafRich, "", "", true},
	"encoded":             {leafRich, "", "", true},
	"fullitem":            {leafRich, "", "", true},
	"body":                {leafRich, "", "", true},
	"xhtml:body":          {leafRich, "", "", true},
	"pubdate":             {leafDate, "pubDate", "published", true},
	"dc:date":             {leafDate, "dc:date", "published", true},
	"published":           {leafDate, "pubDate", "published", true},
	"issued":              {leafDate, "pubDate", "published", true},
	"created":             {leafDate, "pubDate", "published", true},
	"dcterms:created":     {leafDate, "pubDate", "published", true},
	"dcterms:issued":      {leafDate, "pubDate", "published", true},
	"updated":             {leafDate, "dc:date", "updated", true},
	"modified":            {leafDate, "dc:date", "updated", true},
	"dcterms:modified":    {leafDate, "dc:date", "updated", true},
	"author":              {leafText, "author", "author", true},
	"dc:creator":          {leafText, "dc:creator", "author", true},
	"dc:author":           {leafText, "dc:creator", "author", true},
	"itunes:author":       {leafText, "itunes:author", "author", true},
	"category":            {leafText, "category", "category", false},
	"dc:subject":          {leafText, "category", "category", false},
	"enclosure":           {leafEmpty, "enclosure", "", false},
	"media:content":       {leafEmpty, "", "", false},
	"media:thumbnail":     {leafEmpty, "", "", false},
	"itunes:image":        {leafEmpty, "", "", false},
	"feedburner:origlink": {leafText, "", "", true},
	"dc:language":         {leafText, "", "", true},
	"language":            {leafText, "", "", true},
}

var headLeaves = map[string]leaf{
	"title":               {leafText, "title", "title", true},
	"dc:title":            {leafText, "title", "title", true},
	"link":                {leafText, "link", "link", false},
	"description":         {leafRich, "description", "subtitle", true},
	"subtitle":            {leafRich, "description", "subtitle", true},
	"tagline":             {leafRich, "description", "subtitle", true},
	"dc:description":      {leafRich, "description", "subtitle", true},
	"itunes:summary":      {leafRich, "itunes:summary", "", true},
	"language":            {leafText, "", "", true},
	"dc:language":         {leafText, "", "", true},
	"ttl":                 {leafText, "", "", true},
	"sy:updateperiod":     {leafText, "", "", true},
	"sy:updatefrequency":  {leafText, "", "", true},
	"itunes:new-feed-url": {leafText, "", "", true},
	"icon":                {leafText, "", "", true},
	"logo":                {leafText, "", "", true},
	"itunes:image":        {leafEmpty, "", "", false},
	"hour":                {leafText, "", "", false},
	"day":                 {leafText, "", "", false},
	"url":                 {leafText, "", "", false},
	"newlocation":         {leafText, "", "", true},
}

// containers hold elements of their own which must not be taken for the item's.
var containers = set("image", "textinput", "source", "author", "contributor", "skiphours", "skipdays",
	"media:group", "media:community", "cloud", "items", "rdf:seq", "rdf:bag", "itunes:owner", "itunes:category",
	"media:credit", "dc:source", "at:deleted-entry", "channel:image", "entrylist")

// tidy reads src, which is UTF-8.
func tidy(src []byte, now time.Time) (*tidier, error) {
	t := &tidier{s: scanner{src: src}, now: now, prefix: map[string]string{}, seen: map[string]bool{}, hseen: map[string]bool{}}
	if err := t.root(); err != nil {
		return nil, err
	}
	t.body()
	if t.inItem && t.closed {
		t.endItem()
	}
	t.feed.truncated = !t.closed
	t.choose(MaxItems)
	return t, nil
}

// root finds the element that makes the document a feed.
func (t *tidier) root() error {
	for {
		switch t.s.next() {
		case tokEOF:
			return ErrNotFeed
		case tokDoctype:
			t.readEntities(t.s.text)
		case tokStart:
			t.declare()
			name := t.canonical(t.s.name)
			switch strings.TrimPrefix(name, "atom:") {
			case "rss", "rdf:rdf", "rdf", "channel", "feed", "rss:rss":
				t.atom = strings.HasSuffix(name, "feed")
				t.feed.lang = t.s.attr("xml:lang")
				t.feed.base = t.s.attr("xml:base")
				return nil
			case "html", "body", "xhtml:html", "opml", "svg", "urlset", "sitemapindex":
				return ErrNotFeed
			}
		}
		if t.s.pos > 256<<10 {
			return ErrNotFeed
		}
	}
}

// readEntities takes the simple entities of an internal DTD subset. Values with
// references in them are ignored: they are what entity bombs are made of.
func (t *tidier) readEntities(dtd []byte) {
	for len(t.entities) < 100 {
		i := bytes.Index(dtd, []byte("<!ENTITY"))
		if i < 0 {
			return
		}
		dtd = dtd[i+len("<!ENTITY"):]
		end := bytes.IndexByte(dtd, '>')
		if end < 0 {
			return
		}
		f := bytes.Fields(dtd[:end])
		q := bytes.IndexAny(dtd[:end], `"'`)
		if len(f) < 2 || q < 0 || string(f[0]) == "%" {
			continue
		}
		e := bytes.IndexByte(dtd[q+1:end], dtd[q])
		if e < 0 || e > 200 || bytes.Equal(f[1], []byte("SYSTEM")) || bytes.Equal(f[1], []byte("PUBLIC")) {
			continue
		}
		value := appendDecoded(nil, dtd[q+1:q+1+e], nil)
		if bytes.IndexByte(value, '&') >= 0 {
			continue
		}
		if t.entities == nil {
			t.entities = map[string]string{}
		}
		t.entities[string(f[0])] = string(value)
	}
}

// declare notes the namespaces that the current start tag binds.
func (t *tidier) declare() {
	for _, a := range t.s.attrs {
		if len(a.name) < 5 || !bytes.EqualFold(a.name[:5], []byte("xmlns")) {
			continue
		}
		p := ""
		if len(a.name) > 6 && a.name[5] == ':' {
			p = strings.ToLower(string(a.name[6:]))
		} else if len(a.name) > 5 {
			continue
		}
		uri := strings.ToLower(strings.TrimSpace(string(a.value)))
		c, ok := namespaces[uri]
		if !ok {
			if p == "" {
				c = "" // a home-made default namespace: its elements are the native ones
			} else if k, known := knownPrefixes[p]; known {
				c = k
			} else {
				c = p
			}
		}
		if p == "" && (c == "atom" || c == "rdf") {
			c = ""
		}
		if len(t.prefix) < 200 {
			t.prefix[p] = c
		}
	}
}

// canonical names an element independently of how the document spells its
// namespace: "title", "dc:creator". Atom elements are native everywhere.
func (t *tidier) canonical(raw []byte) string {
	name := lowerName(raw, &t.nameBuf)
	p, local, ok := strings.Cut(name, ":")
	if !ok {
		if c := t.prefix[""]; c != "" && c != "atom" {
			return c + ":" + name
		}
		return name
	}
	c, known := t.prefix[p]
	if !known {
		if c, known = knownPrefixes[p]; !known {
			return name
		}
	}
	if c == "" || c == "atom" {
		return local
	}
	return c + ":" + local
}

func isItem(name string) bool { return name == "item" || name == "entry" }

func isRootEnd(name string) bool {
	return name == "rss" || name == "feed" || name == "rdf:rdf" || name == "channel"
}

func (t *tidier) body() {
	for {
		switch t.s.next() {
		case tokEOF:
			return
		case tokStart:
			t.start()
		case tokEnd:
			t.end(t.canonical(t.s.name))
		}
	}
}

func (t *tidier) end(name string) {
	switch {
	case isItem(name):
		if t.inItem {
			t.endItem()
		}
		t.context = t.context[:0]
	case isRootEnd(name):
		if t.inItem {
			t.endItem()
		}
		t.context = t.context[:0]
		t.closed = true
	case len(t.context) > 0:
		for i := len(t.context) - 1; i >= 0; i-- {
			if t.context[i] == name {
				t.context = t.context[:i]
				return
			}
		}
		if !containers[name] && !known(name) {
			t.context = t.context[:len(t.context)-1] // closed by a wrong name
		}
	}
}

func known(name string) bool {
	return itemLeaves[name].kind != leafNone || headLeaves[name].kind != leafNone
}

func (t *tidier) start() {
	if len(t.s.attrs) > 0 {
		t.declareLocal()
	}
	name := t.canonical(t.s.name)
	if isItem(name) {
		if t.s.empty {
			return
		}
		if t.inItem {
			t.endItem()
		}
		t.beginItem()
		return
	}
	if name == "channel" || name == "rss" || name == "feed" {
		if l := t.s.attr("xml:lang"); l != "" && t.feed.lang == "" {
			t.feed.lang = l
		}
		if b := t.s.attr("xml:base"); b != "" && t.feed.base == "" {
			t.feed.base = b
		}
		t.closed = false
		return
	}
	in := ""
	if len(t.context) > 0 {
		in = t.context[len(t.context)-1]
	}
	table := headLeaves
	if t.inItem {
		table = itemLeaves
	}
	l, ok := table[name]
	switch {
	case in == "author" && (name == "name" || name == "email"):
		t.capture(leafText, name)
		if t.val = bytes.TrimSpace(t.val); len(t.val) > 0 {
			t.author(name, string(t.val))
		}
		return
	case in == "image" && name == "url" && !t.inItem:
		t.capture(leafText, name)
		t.feed.icon = firstOf(t.feed.icon, string(t.val))
		return
	case in == "skiphours" && name == "hour", in == "skipdays" && name == "day":
		t.capture(leafText, name)
		t.skip(name, strings.TrimSpace(string(t.val)))
		return
	case in != "" && !(in == "media:group" && strings.HasPrefix(name, "media:")):
		ok = false
	}
	if name == "author" && !t.s.empty && t.personAhead() {
		ok = false
	}
	switch {
	case ok && name != "hour" && name != "day" && name != "url":
		t.leaf(name, l)
	case t.s.empty || isVoid(name):
	case containers[name] || in == "" && !known(name):
		if name == "source" && t.inItem && !t.atom {
			t.capture(leafText, name) // RSS: a name with a url
			return
		}
		if len(t.context) < 32 {
			t.context = append(t.context, strings.Clone(name))
		}
	}
}

func isVoid(name string) bool {
	switch name {
	case "br", "hr", "img", "input", "meta", "rdf:li", "cloud", "wbr":
		return true
	}
	return false
}

// declareLocal notes namespaces bound below the root. A default namespace there
// holds for one element only in practice, and is applied to it alone.
func (t *tidier) declareLocal() {
	for _, a := range t.s.attrs {
		if bytes.HasPrefix(a.name, []byte("xmlns:")) {
			keep := t.prefix[""]
			t.declare()
			t.prefix[""] = keep
			return
		}
	}
}

// personAhead tells whether an author element holds elements (Atom) or text (RSS).
func (t *tidier) personAhead() bool {
	rest := t.s.src[t.s.pos:min(len(t.s.src), t.s.pos+200)]
	rest = bytes.TrimSpace(rest)
	return len(rest) > 1 && rest[0] == '<' && isNameStart(rest[1])
}

func (t *tidier) beginItem() {
	t.inItem = true
	t.context = t.context[:0]
	t.item.Reset()
	clear(t.seen)
	t.it = tidyItem{order: t.feed.total, lang: t.s.attr("xml:lang"), base: t.s.attr("xml:base"), about: t.s.attr("rdf:about")}
	t.feed.total++
}

func (t *tidier) endItem() {
	t.inItem = false
	t.context = t.context[:0]
	if t.it.about != "" && !t.it.hasGUID {
		t.write(&t.item, "guid", "id", "", []byte(t.it.about))
	}
	t.it.xml = bytes.Clone(t.item.Bytes())
	t.feed.items = append(t.feed.items, t.it)
	if len(t.feed.items) >= 2*MaxItems {
		t.choose(MaxItems)
	}
}

// choose keeps the n newest items. Feeds that are longer are not always newest
// first: those that only ever grow have the news at their end.
func (t *tidier) choose(n int) {
	items := t.feed.items
	if len(items) <= n {
		return
	}
	sort.SliceStable(items, func(i, j int) bool { return items[i].sortBy.After(items[j].sortBy) })
	clear(items[n:])
	items = items[:n]
	sort.Slice(items, func(i, j int) bool { return items[i].order < items[j].order })
	t.feed.items = items
}

// leaf reads one known element and writes it down.
func (t *tidier) leaf(name string, l leaf) {
	var href, rel, typ, url, medium, mode, perma, lang, term string
	for _, a := range t.s.attrs {
		if len(a.name) > 16 {
			continue
		}
		v := func() string { return string(cut(appendDecoded(nil, cut(a.value, 2*maxURL), t.entities), maxURL+1)) }
		switch lowerName(a.name, &t.leafBuf) {
		case "href":
			href = v()
		case "rel":
			rel = strings.ToLower(strings.TrimSpace(v()))
		case "type":
			typ = strings.ToLower(strings.TrimSpace(v()))
		case "url":
			url = v()
		case "medium":
			medium = v()
		case "mode":
			mode = v()
		case "ispermalink":
			perma = strings.ToLower(v())
		case "xml:lang":
			lang = v()
		case "term":
			term = v()
		case "src":
			if name == "content" && href == "" {
				href = v()
			}
		}
	}
	name = strings.Clone(name)
	if l.kind == leafEmpty {
		if name != "media:content" && !t.s.empty {
			t.capture(leafText, name)
		}
		t.media(name, firstOf(url, href), typ, medium)
		return
	}
	t.capture(l.kind, name)
	val := bytes.TrimSpace(t.val)
	if lang != "" && t.inItem && t.it.lang == "" && (name == "title" || name == "content" || name == "summary") {
		t.it.lang = lang
	}
	if binary := typ == "application/octet-stream" || name == "content" && isBinary(typ); mode == "base64" || binary && mode == "" {
		dec, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(val)), ""))
		switch {
		case err == nil && utf8.Valid(dec):
			val = dec
		case binary:
			return // a picture or the like
		}
	}
	if (typ == "text" || typ == "text/plain") && mode != "escaped" && (l.kind == leafRich || name == "title") && bytes.ContainsAny(val, "<&") {
		val = escapeText(val) // it is plain text: what looks like markup is meant literally
	}
	if t.inItem {
		t.itemLeaf(name, l, val, href, rel, typ, perma, term)
	} else {
		t.headLeaf(name, l, val, href, rel, typ)
	}
}

// isBinary tells the media types of Atom content that are not text.
func isBinary(typ string) bool {
	return strings.Contains(typ, "/") && !strings.HasPrefix(typ, "text/") && !strings.HasSuffix(typ, "xml") && !strings.HasSuffix(typ, "json")
}

func escapeText(val []byte) []byte {
	r := bytes.ReplaceAll(val, []byte("&"), []byte("&amp;"))
	return bytes.ReplaceAll(r, []byte("<"), []byte("&lt;"))
}

func (t *tidier) itemLeaf(name string, l leaf, val []byte, href, rel, typ, perma, term string) {
	switch name {
	case "link":
		t.itemLink(val, href, rel, typ)
		return
	case "feedburner:origlink":
		t.it.orig = firstOf(t.it.orig, string(val))
		return
	case "description", "summary":
		// Where both are given, the longer one is the text.
		if v := string(val); t.it.summary == "" || len(v) <= len(t.it.summary) {
			if t.it.content == "" {
				t.it.content = t.it.summary
			}
			t.it.summary = firstOf(v, t.it.summary)
		} else if t.it.content == "" {
			t.it.content = v
		}
		return
	case "dc:description", "itunes:summary", "media:description":
		if t.it.fallback == "" {
			t.it.fallback = string(val)
		}
		return
	case "content", "content:encoded", "encoded", "fullitem", "body", "xhtml:body":
		if len(val) > len(t.it.content) {
			t.it.content = string(val)
		}
		if name == "content" && len(val) == 0 && href != "" {
			t.it.alternate = firstOf(t.it.alternate, href)
		}
		return
	case "media:title":
		if !t.seen["title"] && len(val) > 0 {
			t.seen["title"] = true
			t.write(&t.item, "title", "title", "", val)
		}
		return
	case "dc:language", "language":
		t.it.lang = firstOf(t.it.lang, string(cut(val, 40)))
		return
	case "category", "dc:subject":
		if len(val) == 0 {
			val = []byte(term)
		}
	}
	if len(val) == 0 {
		return
	}
	if l.kind == leafDate {
		d, ok := ParseDate(string(val))
		if !ok {
			return
		}
		if d = ClampDate(d, t.now); d.IsZero() {
			return
		}
		if d.After(t.it.sortBy) {
			t.it.sortBy = d
		}
		val = d.AppendFormat(nil, time.RFC3339)
	}
	out := l.rss
	if t.atom {
		out = l.atom
	}
	if out == "" {
		return
	}
	if l.once && t.seen[out] {
		return
	}
	if out == "category" {
		key := "category\x00" + string(cut(val, 100))
		if t.seen[key] || len(t.seen) > maxCategory+12 {
			return
		}
		t.seen[key] = true
	}
	t.seen[out] = true
	attrs := ""
	switch {
	case out == "guid":
		t.it.hasGUID = true
		t.it.guidIsURL = perma != "false"
		val = cut(val, maxGUID)
	case out == "id":
		t.it.hasGUID = true
		val = cut(val, maxGUID)
	case t.atom && out == "title":
		attrs = ` type="html"`
	case t.atom && out == "author":
		t.author("name", string(val))
		return
	case t.atom && out == "category":
		t.item.WriteString(`<category term="`)
		writeEscaped(&t.item, val)
		t.item.WriteString(`"/>`)
		return
	}
	t.write(&t.item, out, out, attrs, val)
}

func (t *tidier) itemLink(val []byte, href, rel, typ string) {
	target := string(val)
	if href != "" {
		target = href
	}
	if target = strings.TrimSpace(target); target == "" || len(target) > maxURL {
		return
	}
	switch rel {
	case "", "alternate", "http://www.iana.org/assignments/relation/alternate":
	case "enclosure":
		if strings.HasPrefix(typ, "image/") {
			t.it.image = firstOf(t.it.image, target)
		}
		return
	default:
		return
	}
	if href != "" { // Atom's link, possibly within RSS
		if typ != "" && !strings.Contains(typ, "html") && t.it.alternate != "" {
			return
		}
		t.it.alternate = firstOf(t.it.alternate, target)
		if !t.atom {
			return
		}
	}
	if t.seen["link"] {
		return
	}
	t.seen["link"] = true
	if t.atom {
		t.item.WriteString(`<link rel="alternate" href="`)
		writeEscaped(&t.item, []byte(target))
		t.item.WriteString(`"/>`)
		return
	}
	t.write(&t.item, "link", "link", "", []byte(target))
}

func (t *tidier) headLeaf(name string, l leaf, val []byte, href, rel, typ string) {
	v := string(cut(val, maxURL))
	switch name {
	case "link":
		if href == "" {
			if rel == "" && v != "" && !t.hseen["link"] && !t.atom {
				t.hseen["link"] = true
				t.write(&t.head, "link", "link", "", val)
			}
			return
		}
		switch rel {
		case "hub":
			t.feed.hub = firstOf(t.feed.hub, href)
		case "self":
			t.feed.self = firstOf(t.feed.self, href)
		case "", "alternate":
			if typ == "" || strings.Contains(typ, "html") || t.feed.alternate == "" {
				t.feed.alternate = firstOf(t.feed.alternate, href)
			}
		case "icon":
			t.feed.icon = firstOf(t.feed.icon, href)
		}
		return
	case "language", "dc:language":
		if v != "" {
			t.feed.lang = v
		}
		return
	case "ttl":
		t.feed.ttl, _ = strconv.Atoi(v)
		return
	case "sy:updateperiod":
		t.feed.updatePeriod = strings.ToLower(v)
		return
	case "sy:updatefrequency":
		t.feed.updateFrequency, _ = strconv.Atoi(v)
		return
	case "itunes:new-feed-url", "newlocation":
		t.feed.newURL = firstOf(t.feed.newURL, v)
		return
	case "icon", "logo":
		t.feed.icon = firstOf(t.feed.icon, v)
		return
	}
	out := l.rss
	if t.atom {
		out = l.atom
	}
	if out == "" || len(val) == 0 || l.once && t.hseen[out] {
		return
	}
	t.hseen[out] = true
	attrs := ""
	if t.atom {
		attrs = ` type="html"`
	}
	t.write(&t.head, out, out, attrs, cut(val, maxSummary))
}

func (t *tidier) media(name, url, typ, medium string) {
	url = strings.TrimSpace(url)
	if url == "" || len(url) > maxURL {
		return
	}
	if !t.inItem {
		if name == "itunes:image" {
			t.feed.icon = firstOf(t.feed.icon, url)
		}
		return
	}
	isImage := strings.HasPrefix(typ, "image") || medium == "image" || name == "media:thumbnail" || name == "itunes:image"
	if isImage {
		t.it.image = firstOf(t.it.image, url)
	}
}

func (t *tidier) author(part, v string) {
	if !t.inItem || part == "email" && t.seen["author"] {
		return
	}
	if t.seen["author/name"] {
		return
	}
	t.seen["author"] = true
	t.seen["author/"+part] = true
	if t.atom {
		t.item.WriteString("<author><name>")
		writeEscaped(&t.item, []byte(v))
		t.item.WriteString("</name></author>")
		return
	}
	t.write(&t.item, "dc:creator", "", "", []byte(v))
}

func (t *tidier) skip(name, v string) {
	if name == "hour" {
		if h, err := strconv.Atoi(v); err == nil && h >= 0 && h <= 24 && len(t.feed.skipHours) < 24 {
			t.feed.skipHours = append(t.feed.skipHours, h%24)
		}
		return
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(v, d.String()) && len(t.feed.skipDays) < 7 {
			t.feed.skipDays = append(t.feed.skipDays, d)
		}
	}
}

// capture reads the content of the element that was just opened, up to where it
// ends or must have ended, into t.val. Markup inside is kept as markup.
func (t *tidier) capture(kind leafKind, name string) {
	t.val = t.val[:0]
	if t.s.empty {
		return
	}
	limit := 8 << 10
	if kind == leafRich {
		limit = maxRich
	}
	depth, same := 0, 0
	var buf [40]byte
	for {
		before := t.s.pos
		switch t.s.next() {
		case tokEOF:
			return
		case tokText:
			if len(t.val) < limit {
				t.val = appendDecoded(t.val, cut(t.s.text, limit), t.entities)
			}
		case tokCDATA:
			if len(t.val) < limit {
				t.val = append(t.val, cut(t.s.text, limit)...)
			}
		case tokStart:
			inner := t.canonical(t.s.name)
			if isItem(inner) || t.ends(kind, name, inner, depth) {
				t.s.pos = before
				return
			}
			if len(t.val) < limit {
				t.val = append(t.val, t.s.src[t.s.start:min(t.s.pos, t.s.start+limit)]...)
			}
			if t.s.empty {
				continue
			}
			if inner == name {
				same++
			}
			if !isVoid(inner) && inner != "p" && inner != "li" && inner != "img" {
				depth++
			}
		case tokEnd:
			inner := t.canonical(t.s.name)
			switch {
			case inner == name:
				if same == 0 {
					return
				}
				same--
				depth--
			case isItem(inner) || isRootEnd(inner):
				t.s.pos = before
				return
			case depth > 0:
				depth--
			case !isHTMLTag(lowerName(t.s.name, &buf)):
				if known(inner) || containers[inner] {
					t.s.pos = before // it closes something around this element
				}
				return // or this one, by a wrong name
			}
			if len(t.val) < limit {
				t.val = append(t.val, t.s.src[t.s.start:t.s.pos]...)
			}
		}
	}
}

// ends tells whether the start of inner shows that the element being read was
// never closed.
func (t *tidier) ends(kind leafKind, name, inner string, depth int) bool {
	if inner == name {
		return false
	}
	if kind != leafRich {
		return known(inner) && !isHTMLTag(inner) || (inner == "link" || inner == "title") && depth == 0
	}
	switch inner {
	case "pubdate", "guid", "content:encoded", "dc:date", "dc:creator", "feedburner:origlink", "media:content", "enclosure":
		return true
	}
	return false
}

// write puts one element into b. Both names are given because the caller does
// not care which kind of document is being written.
func (t *tidier) write(b *bytes.Buffer, rss, atom, attrs string, val []byte) {
	name := rss
	if t.atom {
		name = atom
	}
	if name == "" {
		return
	}
	b.WriteByte('<')
	b.WriteString(name)
	b.WriteString(attrs)
	b.WriteByte('>')
	writeEscaped(b, val)
	b.WriteString("</")
	b.WriteString(name)
	b.WriteByte('>')
}

// writeEscaped writes val as XML text without characters that XML forbids.
func writeEscaped(b *bytes.Buffer, val []byte) {
	last := 0
	for i := 0; i < len(val); i++ {
		var esc string
		switch c := val[i]; {
		case c == '&':
			esc = "&amp;"
		case c == '<':
			esc = "&lt;"
		case c == '>':
			esc = "&gt;"
		case c == '"':
			esc = "&#34;"
		case c < ' ' && c != '\t' && c != '\n' && c != '\r':
		case c == 0xef && i+2 < len(val) && val[i+1] == 0xbf && val[i+2] >= 0xbe: // U+FFFE, U+FFFF
			b.Write(val[last:i])
			i += 2
			last = i + 1
			continue
		default:
			continue
		}
		b.Write(val[last:i])
		b.WriteString(esc)
		last = i + 1
	}
	b.Write(val[last:])
}

// document returns the whole tidied feed.
func (t *tidier) document() []byte {
	var b bytes.Buffer
	n := t.head.Len() + 512
	for _, it := range t.feed.items {
		n += len(it.xml) + 20
	}
	b.Grow(n)
	open, closing := "<item>", "</item>"
	if t.atom {
		b.WriteString(`<feed xmlns="http://www.w3.org/2005/Atom">`)
		open, closing = "<entry>", "</entry>"
	} else {
		b.WriteString(`<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>`)
	}
	b.Write(t.head.Bytes())
	for _, it := range t.feed.items {
		b.WriteString(open)
		b.Write(it.xml)
		b.WriteString(closing)
	}
	if t.atom {
		b.WriteString("</feed>")
	} else {
		b.WriteString("</channel></rss>")
	}
	return b.Bytes()
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return strings.TrimSpace(b)
}
