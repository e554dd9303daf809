// Package feedstest is what tests of the feeds room need: a Publisher that
// behaves and misbehaves on demand, a Network that carries requests to it without
// sockets (so that they run under testing/synctest, in simulated time), a Store
// in memory, and the hostile documents that a reader has to survive.
package feedstest
