// Package feeds polls RSS, Atom and JSON feeds and turns their items into articles.
//
// In come feed URLs that are due; out go Articles with a stable identity, and
// Checks that tell when each feed is asked again and why. The package decides
// (due, back-off, identity) without touching a database: what it needs of one
// it declares as small interfaces.
//
// Below it: fetch is the one guarded HTTP client, page turns an article's page
// into text, opml and catalog bring lists of feeds in and out, feedstest is a
// publisher that misbehaves on demand.
package feeds
