package manage

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"sitrep/feeds"
	"sitrep/feeds/discover"
	"sitrep/feeds/fetch"
)

// Discovery is the Finder that asks the web.
type Discovery struct {
	Client *fetch.Client
	Now    func() time.Time // default time.Now
}

const (
	previewed = 3 // feeds of a site that are shown with their items
	shownOf   = 5 // items of each
)

// Find implements Finder. Errors are those of package discover.
func (d *Discovery) Find(ctx context.Context, address string) ([]Found, error) {
	candidates, err := discover.Find(ctx, d.Client, address)
	if err != nil {
		return nil, err
	}
	found := make([]Found, 0, len(candidates))
	for i, c := range candidates {
		f := Found{Feed: feeds.Feed{URL: c.URL, Title: c.Title, State: feeds.StateActive}}
		if i < previewed {
			// It was readable a moment ago. If it isn't now, it has no preview.
			if seen, err := d.preview(ctx, c.URL); err == nil {
				f = seen
			}
		}
		found = append(found, f)
	}
	return found, nil
}

func (d *Discovery) preview(ctx context.Context, address string) (Found, error) {
	res, err := d.Client.Get(ctx, fetch.Request{URL: address, Patience: 30 * time.Second})
	if err != nil {
		return Found{}, err
	}
	if res.Status != http.StatusOK {
		return Found{}, errors.New(http.StatusText(res.Status))
	}
	at := now(d.Now)
	doc, err := feeds.Parse(res.Body, res.Header.Get("Content-Type"), res.URL, at)
	if err != nil {
		return Found{}, err
	}
	feed := feeds.Feed{URL: address, State: feeds.StateActive, Title: doc.Title, SiteURL: doc.SiteURL, Description: doc.Description, Lang: doc.Lang, IconURL: doc.IconURL, HubURL: doc.HubURL}
	articles, _ := feeds.Identify(feed, doc.Items, nil, at)
	whole := 0
	for _, a := range articles {
		if feeds.CarriesWhole(a) {
			whole++
		}
	}
	slices.SortStableFunc(articles, func(a, b feeds.Article) int { return b.PublishedAt.Compare(a.PublishedAt) })
	return Found{Feed: feed, Articles: articles[:min(len(articles), shownOf)], Whole: len(articles) > 0 && whole*2 > len(articles)}, nil
}
