package main

import (
	"fmt"
	"time"

	"sitrep/bot"
	"sitrep/bot/pipeline"
	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/actors"
	"sitrep/summarize/stories"
)

// storyIndex lends the pipeline the story index.
type storyIndex struct{ *stories.Index }

func newStoryIndex() pipeline.Index { return storyIndex{stories.NewIndex(stories.Options{})} }

func (x storyIndex) Doc(r *bot.Reading) []byte {
	b, _ := stories.Features(&r.Article, &r.Brief).MarshalBinary() // it has no way to fail
	return b
}

func decodeDoc(articleID, storyID int64, doc []byte) (stories.Doc, error) {
	d := stories.Doc{ArticleID: articleID, StoryID: storyID}
	if err := d.UnmarshalBinary(doc); err != nil {
		return d, fmt.Errorf("article %d: %w", articleID, err)
	}
	return d, nil
}

func (x storyIndex) Add(articleID, storyID int64, doc []byte) error {
	d, err := decodeDoc(articleID, storyID, doc)
	if err != nil {
		return err
	}
	x.Remove(articleID)
	x.Index.Add(d)
	return nil
}

func (x storyIndex) Join(articleID int64, doc []byte, save func(pipeline.Placement) (int64, error)) error {
	d, err := decodeDoc(articleID, 0, doc)
	if err != nil {
		return err
	}
	return x.Index.Join(d, func(p stories.Placement) (int64, error) {
		return save(pipeline.Placement{StoryID: p.StoryID, CopyOf: p.CopyOf, Absorb: p.Absorb, Why: p.Reasons})
	})
}

func (x storyIndex) Expire(before time.Time) { x.Index.Expire(before) }

func (x storyIndex) Compose(prev summarize.Story, members []bot.Reading, now time.Time) summarize.Story {
	in := make([]stories.Member, len(members))
	for i := range members {
		m := &members[i]
		in[i] = stories.Member{Article: &m.Article, Brief: &m.Brief, CopyOf: m.CopyOf}
	}
	return stories.Compose(prev, in, now)
}

// resolver ties an article's actors to those known across articles.
type resolver struct{}

func (resolver) Resolve(_ *feeds.Article, brief *summarize.Brief, known []summarize.KnownActor) []bot.ActorLink {
	directory := actors.NewDirectory(known...)
	links := make([]bot.ActorLink, 0, len(brief.Actors))
	for i, a := range brief.Actors {
		d := actors.Resolve(a, actors.Context(*brief, i), directory.Candidates(a))
		links = append(links, bot.ActorLink{Index: i, ActorID: d.ID, Provisional: d.Provisional})
	}
	return links
}
