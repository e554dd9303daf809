// Package discordtest is a Discord in one process: the REST API and the gateway,
// with the platform's state, permissions, limits, rate limits and refusals, for
// tests of the bot and for its demo.
//
// It knows nothing of the bot and shares no code with it or with its Discord
// library, so that neither is tested against its own misunderstandings. Where
// Discord refuses, it refuses, with the same status, code and shape of body; where
// Discord is silent, it is silent.
//
// # Starting
//
//	srv := discordtest.Start(discordtest.Config{})
//	defer srv.Close()
//	guild := srv.AddGuild(discordtest.GuildConfig{Name: "Harbour Watch"})
//	news := guild.AddChannel(discordtest.ChannelConfig{Name: "news"})
//	ada := guild.AddMember("Ada", discordtest.MemberConfig{Permissions: discordtest.ManageGuild})
//
// The bot is pointed at srv.URL() with srv.Token(); it learns the gateway's address
// from GET /gateway. Server.WaitReady returns when the bot has a gateway session, Server.WaitCommand
// when it has registered a command. Guild.AddChannel also makes announcement channels and forums,
// Server.AddGroup a conversation of users without the bot, User.InstallApp lets a user bring the bot along.
//
// # Acting as a user
//
//	in, err := ada.Command(ctx, news, "latest", discordtest.Opt("topic", "harbour"))
//	msg, err := in.Message(ctx)        // the finished answer, deferred or not
//	in, err = ada.Press(ctx, msg, "Receipts")
//
// User.Command ("digest schedule" names a subcommand), User.MessageCommand,
// User.UserCommand, User.Autocomplete, User.Press, User.Select and User.SubmitModal do
// what a client does: they refuse, without telling the bot, what a client would not
// let the user do (ErrUnavailable, ErrInvalidInput). User.Anyway returns the same user with a client that sends
// it all the same. User.Say and User.DM write as the user.
//
// An Interaction is the handle of one such act: Interaction.Response is the first
// callback, Interaction.Message the finished message, Interaction.Modal the form,
// Interaction.Followup the n-th follow-up.
//
// # Looking
//
// Channel.Messages and Server.Messages list what everybody sees, User.Sees adds the ephemeral
// messages of one user. Server.WaitMessage, Server.WaitReady, Journal.Wait and the
// Interaction's methods wait without sleeping. Server.Journal holds every request and every
// gateway frame; Journal.Validate holds them against Discord's own OpenAPI
// description, which the package openapi beside this one reads.
//
// Render writes a message to a terminal, RenderChannel what one user sees of a channel, RenderHTML messages as a page
// in the look of a chat client.
//
// # Going wrong
//
// Server.Fault makes chosen requests fail, before or after their work is done; Server.Outage takes all of it away.
// Server.Gateway closes, drops, stalls and invalidates sessions. Guild.KickBot,
// Guild.SetBotPermissions, Channel.Deny, Channel.Delete, User.CloseDMs and Server.RevokeToken take
// things away from the bot.
//
// # Time
//
// Config.Clock drives whatever Discord measures: the three seconds of an interaction (or Config.ResponseTime), the
// life of tokens, rate-limit windows, nonces, identify budgets. Without one it is the wall clock. A clock that stands
// (NewClock) keeps rate-limit windows open until it is moved; Config.NoRateLimits spares tests of other things that care.
// One that lags (NewSlowClock) leaves a bot on a busy machine the time it needs.
// The gateway's heartbeat timeout and the delays of faults always run on the wall clock, as they belong to the wire.
package discordtest
