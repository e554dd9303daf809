package manage

import (
	"bytes"
	"context"
	"io"
	"strings"

	"sitrep/bot"
	"sitrep/feeds"
	"sitrep/feeds/opml"
)

// Import has a guild follow the feeds of an OPML file.
func (s *Feeds) Import(ctx context.Context, guildID, by string, file io.Reader) (Imported, error) {
	entries, err := opml.Read(file)
	if err != nil {
		e := bot.NewUserError("opml", "That is no OPML file. Feed readers export their list of feeds as one (OPML or XML).")
		e.Err = err
		return Imported{}, e
	}
	list := make([]feeds.Feed, len(entries))
	for i, e := range entries {
		list[i] = feeds.Feed{URL: e.URL, Title: e.Title, SiteURL: e.SiteURL}
	}
	return s.AddAll(ctx, guildID, by, "", list)
}

// Export writes what a guild follows as an OPML file, those of a starter pack in
// a folder of its own.
func (s *Feeds) Export(ctx context.Context, guildID string) ([]byte, error) {
	have, err := s.List(ctx, guildID)
	if err != nil {
		return nil, err
	}
	var alone, packed []opml.Entry
	byPack := map[string][]opml.Entry{}
	var packs []string
	for _, f := range have {
		e := opml.Entry{URL: f.Feed.URL, Title: FeedName(f.Feed), SiteURL: f.Feed.SiteURL}
		pack := strings.TrimSpace(f.Pack)
		if pack == "" {
			alone = append(alone, e)
			continue
		}
		e.Folder = []string{pack}
		if byPack[pack] == nil {
			packs = append(packs, pack)
		}
		byPack[pack] = append(byPack[pack], e)
	}
	for _, p := range packs {
		packed = append(packed, byPack[p]...)
	}
	var b bytes.Buffer
	if err := opml.Write(&b, "Sitrep", append(alone, packed...), now(s.Now)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
