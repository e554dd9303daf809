package stories

import (
	"reflect"
	"testing"
	"time"

	"sitrep/feeds"
)

func TestDocSurvivesItsEncoding(t *testing.T) {
	t.Parallel()
	d := Features(&feeds.Article{ID: 3, Title: "Ferry Solvang Star refloated off Kestrel Point", Lang: "en",
		Text:        "Three tugs pulled the ferry Solvang Star off the reef at Kestrel Point on Tuesday, 31 hours after she had run aground with 214 people aboard.",
		PublishedAt: time.Date(2026, 5, 5, 9, 0, 0, 0, time.UTC), SeenAt: time.Date(2026, 5, 5, 9, 1, 0, 0, time.UTC)}, nil)
	b, err := d.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	back := Doc{ArticleID: d.ArticleID, StoryID: d.StoryID}
	if err := back.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	back.At = back.At.In(d.At.Location())
	d.At = d.At.Truncate(time.Second)
	if !reflect.DeepEqual(d, back) {
		t.Errorf("%+v\nbecame\n%+v", d, back)
	}
	for n := range b {
		if err := new(Doc).UnmarshalBinary(b[:n]); err == nil {
			t.Errorf("%d of %d bytes were taken for a whole", n, len(b))
		}
	}
}
