package summarize

import "time"

// Change tells what is new about a line for those who were told some lines of
// its story before.
type Change string

const (
	New       Change = "new"       // never told
	Updated   Change = "updated"   // told with other figures
	Unchanged Change = "unchanged" // told as it is
	Withdrawn Change = "withdrawn" // told, and taken back by its sources
)

// A NewsLine is a development of a story with what is new about it.
type NewsLine struct {
	Development StoryDevelopment
	Change      Change
}

// News compares a story with what a channel has been shown: development id ->
// version. Lines that were withdrawn before they were shown are left out. The
// order is the story's.
func News(s Story, shown map[int64]int) []NewsLine {
	var out []NewsLine
	for _, d := range s.Developments {
		version, told := shown[d.ID]
		c := New
		switch {
		case d.Withdrawn && !told:
			continue
		case told && version >= d.Version:
			c = Unchanged
		case d.Withdrawn:
			c = Withdrawn
		case told:
			c = Updated
		}
		out = append(out, NewsLine{d, c})
	}
	return out
}

// NewsSince compares a story with how it stood at a moment.
func NewsSince(s Story, since time.Time) []NewsLine {
	shown := map[int64]int{}
	for _, d := range s.Developments {
		switch {
		case d.FirstSeenAt.After(since):
		case d.ChangedAt.After(since):
			shown[d.ID] = d.Version - 1
		default:
			shown[d.ID] = d.Version
		}
	}
	return News(s, shown)
}
