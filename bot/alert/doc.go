// Package alert tells subscribers what is new in a story: by topic, by actor or
// by story, from as many publishers as they asked for, out of their quiet hours,
// not more often a day than they want, and nothing twice.
//
// In come stories as they are saved; out go deliveries, in the transaction that
// records what was told. What must not be told now (quiet hours, the daily cap,
// daily subscriptions, minor lines of a story that ran before) is held back for
// a summary, which is due by the subscription's NextRunAt.
package alert
