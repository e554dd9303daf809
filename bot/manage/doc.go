// Package manage is what people set up: guilds and their settings, the feeds
// they follow, schedules, subscriptions. Commands and the configuration file go
// through the same services, which check what they are given and say, in a
// *bot.UserError, what is wrong and how to mend it.
//
// It also tells a guild's admins of trouble: a feed that fails or is gone, a
// channel that can't be posted in.
package manage
