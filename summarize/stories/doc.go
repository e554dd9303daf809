// Package stories joins the articles of one event into a Story, across outlets
// and languages, and tells what is new in it.
//
// In come articles with their Briefs; out go Placements (which story an article
// belongs to), and Stories: developments merged over their sources, support
// counted by independent publishers, disputes over figures, what changed.
//
// An Index holds the compact features of the articles in a sliding window and
// places one more in milliseconds. Compose makes a Story of its members. Both
// know no database and no clock: one process at a time places articles (the
// pipeline's lease sees to that), keeps each Doc with its article, and fills a
// new Index from those after a restart.
package stories
