// Package fetch is the one HTTP client for everything that lies outside: feeds,
// article pages, images, robots.txt, hubs.
//
// In comes a URL that nobody has vouched for; out comes at most 10 MB of decoded
// body within 20 seconds, or an Error of a known Kind. On the way the client
// refuses every address that is not public (judged on the address it dials, at
// every redirect), keeps to one request at a time a host with a pause between
// two, and remembers for how long a host has asked to be left alone.
package fetch
