// Package bot holds what Sitrep does for a community, without Discord: guilds
// and the feeds they follow, schedules and digests, deliveries, subscriptions
// and alerts, and the answers to commands.
//
// Each file gives a domain type, its rules, and the few methods that its use
// case needs of a store. Package store implements them on SQLite and
// PostgreSQL; bot/discord renders and sends; bot/jobs runs the work.
//
// Every query that answers a guild is limited to the feeds it follows.
package bot
