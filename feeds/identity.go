package feeds

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// fingerprint recognises an item by what it says: title and beginning of the
// text, without case and spacing.
func fingerprint(title, text string) string {
	h := xxhash.New()
	for _, f := range strings.Fields(strings.ToLower(title)) {
		_, _ = h.WriteString(f)
		_, _ = h.WriteString(" ")
	}
	_, _ = h.WriteString("\x00")
	for i, f := range strings.Fields(strings.ToLower(cut(text, 600))) {
		if i == 40 {
			break
		}
		_, _ = h.WriteString(f)
		_, _ = h.WriteString(" ")
	}
	return hex.EncodeToString(h.Sum(nil))
}

func contentHash(it Item) string {
	h := xxhash.New()
	for _, s := range []string{it.Title, it.Summary, it.Content} {
		_, _ = h.WriteString(s)
		_, _ = h.WriteString("\x00")
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Identify turns the items of a document into the articles that have to be
// stored: those that known does not hold, and those whose content has changed,
// which keep the identity they are known by. known is what is stored of the feed.
//
// An item is known by its GUID, else by its link, else by its fingerprint. Feeds
// break each of these: GUIDs and links that differ at every fetch, one GUID for
// all, items without any. Identify notices and says so in the Memory it returns,
// and goes by what is left.
func Identify(feed Feed, items []Item, known []Known, now time.Time) ([]Article, Memory) {
	mem := feed.Memory
	byIdentity := make(map[string]int, len(known))
	byGUID := make(map[string]int, len(known))
	byURL := make(map[string]int, len(known))
	byPrint := make(map[string]int, len(known))
	for i := len(known) - 1; i >= 0; i-- { // the latest wins
		k := known[i]
		byIdentity[k.Identity] = i
		if k.GUID != "" {
			byGUID[k.GUID] = i
		}
		if k.URL != "" {
			byURL[looseURL(k.URL)] = i
		}
		if k.Fingerprint != "" {
			byPrint[k.Fingerprint] = i
		}
	}
	guids, urls, prints := map[string]int{}, map[string]int{}, map[string]int{}
	fp := make([]string, len(items))
	for i, it := range items {
		guids[it.GUID]++
		urls[it.URL]++
		fp[i] = fingerprint(it.Title, firstOf(it.Summary, it.Content))
		prints[fp[i]]++
	}
	mem = noticeChurn(mem, items, fp, byGUID, byURL, byPrint, urls, prints)

	var out []Article
	taken := make(map[string]bool, len(items))
	for i, it := range items {
		if it.URL == "" && it.Title == "" && it.Summary == "" {
			continue // there is nothing to tell
		}
		guid := it.GUID
		if mem.ChurnGUID || guids[guid] > 1 && !sameItem(items, fp, i, guid) {
			guid = ""
		}
		link := it.URL
		if mem.ChurnLink || urls[link] > 1 && guid == "" && !sameItem(items, fp, i, "") {
			link = ""
		}
		identity := ""
		switch {
		case guid != "":
			identity = "g:" + guid
		case link != "":
			identity = "u:" + link
		default:
			identity = "f:" + fp[i]
		}
		at := -1
		if k, ok := byIdentity[identity]; ok {
			at = k
		} else if k, ok := match(known, it, guid, link, fp[i], byGUID, byURL, byPrint, urls, prints); ok {
			at = k
			identity = known[k].Identity
		}
		if taken[identity] {
			continue
		}
		taken[identity] = true
		hash := contentHash(it)
		if at >= 0 && known[at].ContentHash == hash {
			continue
		}
		out = append(out, makeArticle(feed, it, identity, fp[i], hash, now))
		if at >= 0 {
			a := &out[len(out)-1]
			a.ID, a.EditedAt = known[at].ID, now
			if it.GUID != "" && known[at].GUID != "" && mem.ChurnGUID {
				a.GUID = known[at].GUID
			}
		}
	}
	return out, mem
}

// match finds a stored article that an item with a new identity continues. guid
// and link are "" where they are missing or not to be trusted.
func match(known []Known, it Item, guid, link, print string, byGUID, byURL, byPrint, urls, prints map[string]int) (int, bool) {
	if guid != "" {
		if k, ok := byGUID[guid]; ok {
			return k, true
		}
	}
	if link != "" && urls[link] == 1 {
		if k, ok := byURL[looseURL(link)]; ok {
			// One page that carries one item after the other (a live ticker, a
			// front page) has one link and many GUIDs, and different texts.
			if guid == "" || known[k].GUID == "" || known[k].Fingerprint == print || isSlug(link) {
				return k, true
			}
		}
	}
	// The text decides only where nothing better can be compared: a daily gallery
	// has the same title and teaser every day.
	if prints[print] == 1 && (it.Title != "" || it.Summary != "") {
		if k, ok := byPrint[print]; ok && (guid == "" || known[k].GUID == "") && (link == "" || known[k].URL == "") {
			return k, true
		}
	}
	return 0, false
}

// looseURL is an address without what changes when a site moves to https.
func looseURL(u string) string {
	u = strings.TrimPrefix(strings.TrimPrefix(u, "https://"), "http://")
	return strings.TrimSuffix(strings.TrimPrefix(u, "www."), "/")
}

// isSlug tells an article's own address from that of a page that shows the
// latest of something: it ends in a number or in several words.
func isSlug(link string) bool {
	path := link
	if i := strings.Index(path, "://"); i >= 0 {
		path = path[i+3:]
	}
	i := strings.IndexByte(path, '/')
	if i < 0 {
		return false
	}
	last := strings.TrimRight(path[i:], "/")
	last = last[strings.LastIndexByte(last, '/')+1:]
	digits := 0
	for _, c := range last {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return digits >= 4 || strings.Count(last, "-") >= 3
}

// sameItem tells whether all items that share the GUID (or, with "", the link) of
// items[i] are copies of one item.
func sameItem(items []Item, fp []string, i int, guid string) bool {
	for j, it := range items {
		if (guid != "" && it.GUID == guid || guid == "" && it.URL == items[i].URL) && fp[j] != fp[i] {
			return false
		}
	}
	return true
}

// noticeChurn compares the new items with the stored ones: when most of the
// items that are surely known (by link, or by text) come under GUIDs never seen,
// the GUIDs are worthless; the same for links.
func noticeChurn(mem Memory, items []Item, fp []string, byGUID, byURL, byPrint, urls, prints map[string]int) Memory {
	var byLink, freshGUID, byText, freshLink int
	for i, it := range items {
		_, knownGUID := byGUID[it.GUID]
		_, knownURL := byURL[looseURL(it.URL)]
		_, knownText := byPrint[fp[i]]
		if it.GUID != "" && (knownURL && urls[it.URL] == 1 || knownText && prints[fp[i]] == 1) {
			byLink++
			if !knownGUID {
				freshGUID++
			}
		}
		if it.URL != "" && knownText && prints[fp[i]] == 1 {
			byText++
			if !knownURL {
				freshLink++
			}
		}
	}
	if byLink >= 3 && freshGUID*4 >= byLink*3 {
		mem.ChurnGUID = true
	}
	if byText >= 3 && freshLink*4 >= byText*3 {
		mem.ChurnLink = true
	}
	return mem
}

func makeArticle(feed Feed, it Item, identity, print, hash string, now time.Time) Article {
	a := Article{
		FeedID: feed.ID, Identity: identity, Fingerprint: print, GUID: it.GUID, URL: it.URL,
		Title: it.Title, Summary: it.Summary, Author: it.Author, ImageURL: it.ImageURL,
		Lang: firstOf(it.Lang, feed.Lang), Publisher: feed.Publisher, Family: feed.Family,
		PublishedAt: it.Published, SeenAt: now, ContentHash: hash, Stage: StageStored,
	}
	if a.PublishedAt.IsZero() {
		a.PublishedAt = now
	}
	switch {
	case len(it.Content) > len(it.Summary):
		a.Text, a.TextSource = it.Content, TextFromFeed
	case it.Summary != "":
		a.Text, a.TextSource = it.Summary, TextFromFeed
	default:
		a.Text, a.TextSource = it.Title, TextFromTitle
	}
	return a
}

// CarriesWhole tells whether an article's text from the feed is the article and
// not a teaser of it, so that its page need not be asked.
func CarriesWhole(a Article) bool {
	if a.TextSource != TextFromFeed || len(a.Text) < 1200 {
		return false
	}
	tail := strings.ToLower(a.Text[max(0, len(a.Text)-80):])
	for _, sign := range []string{"…", "...", "[&", "read more", "continue reading", "weiterlesen", "lire la suite", "leer más", "read the rest", "click here"} {
		if strings.Contains(tail, sign) {
			return false
		}
	}
	return true
}
