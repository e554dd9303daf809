package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"sitrep/bot"
	"sitrep/bot/discord"
	"sitrep/config"
	"sitrep/store"
)

type doctorCmd struct {
	Health bool `help:"Only ask the running bot's /healthz, for container health checks."`
}

// A finding is one thing that was looked at.
type finding struct {
	what string
	text string // what was found
	mend string // what to do; "" = all is well
	warn bool   // the bot works all the same
}

func (d *doctorCmd) Run(p *program) error {
	c, err := p.config()
	if err != nil {
		if d.Health {
			return errors.New("the configuration can't be read")
		}
		return err
	}
	if d.Health {
		return health(p.ctx, c)
	}
	source := "defaults and environment"
	if c.File() != "" {
		source = c.File()
	}
	findings := []finding{{what: "Configuration", text: "read from " + source}}
	findings = append(findings, modelFinding())
	db, databaseFindings := checkDatabase(p.ctx, p, c)
	findings = append(findings, databaseFindings...)
	if db != nil {
		defer db.Close()
	}
	findings = append(findings, checkDiscord(p.ctx, p, c, db)...)
	bad := 0
	for _, f := range findings {
		mark := "ok  "
		switch {
		case f.mend != "" && f.warn:
			mark = "note"
		case f.mend != "":
			mark = "BAD "
			bad++
		}
		fmt.Fprintf(p.stdout, "%s  %-14s %s\n", mark, f.what, p.hush.say(f.text))
		if f.mend != "" {
			fmt.Fprintf(p.stdout, "                     → %s\n", strings.ReplaceAll(f.mend, "\n", "\n                       "))
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d checks failed", bad, len(findings))
	}
	return nil
}

func modelFinding() finding {
	start := time.Now()
	if _, err := embedded(); err != nil {
		return finding{what: "Model", text: err.Error(), mend: "This binary is damaged: install it anew."}
	}
	return finding{what: "Model", text: fmt.Sprintf("embedded, loaded in %d ms", time.Since(start).Milliseconds())}
}

func checkDatabase(ctx context.Context, p *program, c *config.Config) (*store.Store, []finding) {
	db, err := store.Open(ctx, c.Database.URL.Reveal(), store.Options{Log: p.log})
	if err != nil {
		return nil, []finding{{what: "Database", text: err.Error(), mend: "Set DATABASE_URL to a file in a folder that can be written, or to postgres://…"}}
	}
	out := []finding{{what: "Database", text: db.Name() + " opens"}}
	switch err := db.CheckSchema(ctx); {
	case err != nil:
		return db, append(out, finding{what: "Schema", text: err.Error(), mend: "Run: sitrep migrate (a new database is set up by `sitrep run` itself)", warn: true})
	default:
		out = append(out, finding{what: "Schema", text: "up to date"})
	}
	if err := db.Check(ctx); err != nil {
		out = append(out, finding{what: "Integrity", text: err.Error(), mend: "Stop the bot, keep the file, and put the last `sitrep backup` in its place."})
	} else {
		out = append(out, finding{what: "Integrity", text: "no damage found"})
	}
	st, err := db.Status(ctx, "")
	if err != nil {
		return db, append(out, finding{what: "Contents", text: err.Error(), mend: "Run: sitrep migrate"})
	}
	out = append(out, finding{what: "Contents", text: fmt.Sprintf("%d servers, %d feeds, %d articles, %d stories, %d MB", st.Guilds, st.Feeds, st.Articles, st.Stories, st.Bytes>>20)})
	if st.FeedsFailing > 0 {
		out = append(out, finding{what: "Feeds", text: fmt.Sprintf("%d of %d can't be read at present", st.FeedsFailing, st.Feeds), mend: "See `/feeds health` in the server, or `sitrep feeds check URL`.", warn: true})
	}
	if st.Parked > 0 {
		out = append(out, finding{what: "Channels", text: fmt.Sprintf("%d can't be posted to", st.Parked), mend: "See `/status` in the server: a permission is missing or the channel is gone.", warn: true})
	}
	if age := time.Since(st.Oldest); st.Outbox > 0 && age > 15*time.Minute {
		out = append(out, finding{what: "Outbox", text: fmt.Sprintf("%d messages wait, the oldest for %s", st.Outbox, age.Round(time.Minute)), mend: "Is the bot running? Is Discord up? The log tells why each is tried again.", warn: true})
	}
	return db, out
}

func checkDiscord(ctx context.Context, p *program, c *config.Config, db *store.Store) []finding {
	if c.Discord.Token.Reveal() == "" {
		return []finding{{what: "Token", text: "not set", mend: fmt.Sprintf(noToken, inviteURL("APPLICATION_ID"))}}
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var skew time.Duration
	rest := discord.NewREST(discord.RESTConfig{Token: c.Discord.Token.Reveal(), API: c.Discord.API, Log: p.log, Transport: dateWatcher{&skew}})
	s := rest.Session()
	me, err := s.User("@me", discordgo.WithContext(ctx))
	if err != nil {
		var refused *discordgo.RESTError
		if errors.As(err, &refused) && refused.Response.StatusCode == http.StatusUnauthorized {
			return []finding{{what: "Token", text: "Discord doesn't accept it", mend: "Copy it anew: https://discord.com/developers/applications → your application → Bot → Reset Token."}}
		}
		return []finding{{what: "Discord", text: "doesn't answer", mend: "Check the machine's network and DNS, and https://discordstatus.com."}}
	}
	out := []finding{{what: "Token", text: "accepted; the bot is " + me.Username + ". Invite: " + inviteURL(me.ID)}}
	if skew.Abs() > 30*time.Second {
		out = append(out, finding{what: "Clock", text: fmt.Sprintf("differs from Discord's by %s", skew.Round(time.Second)), mend: "Set the machine's clock by NTP: digests come at the wrong time, and expired interactions are answered."})
	} else {
		out = append(out, finding{what: "Clock", text: "agrees with Discord's"})
	}
	if info, err := s.GatewayBot(discordgo.WithContext(ctx)); err == nil {
		f := finding{what: "Gateway", text: fmt.Sprintf("%d of %d session starts left today, %d shards", info.SessionStartLimit.Remaining, info.SessionStartLimit.Total, info.Shards)}
		if info.SessionStartLimit.Remaining < 20 {
			f.mend, f.warn = "Something restarts too often. The bot waits by itself until the next day's sessions.", true
		}
		out = append(out, f)
	}
	if db != nil {
		out = append(out, checkChannels(ctx, s, me.ID, db)...)
	}
	return out
}

// needed are the permissions without which a digest can't be posted, by their
// names in Discord's client.
var needed = []struct {
	bit  int64
	name string
}{
	{discordgo.PermissionViewChannel, "View Channel"},
	{discordgo.PermissionSendMessages, "Send Messages"},
	{discordgo.PermissionEmbedLinks, "Embed Links"},
	{discordgo.PermissionReadMessageHistory, "Read Message History"},
}

// checkChannels looks at each channel that a digest is scheduled for.
func checkChannels(ctx context.Context, s *discordgo.Session, me string, db *store.Store) []finding {
	guilds, err := db.Guilds(ctx)
	if err != nil {
		return nil
	}
	var out []finding
	checked, bad := 0, 0
	for _, g := range guilds {
		schedules, err := db.Schedules(ctx, g.ID)
		if err != nil {
			continue
		}
		slices.SortFunc(schedules, func(a, b bot.Schedule) int { return strings.Compare(a.ChannelID, b.ChannelID) })
		schedules = slices.CompactFunc(schedules, func(a, b bot.Schedule) bool { return a.ChannelID == b.ChannelID })
		for _, schedule := range schedules {
			if checked == 200 || ctx.Err() != nil {
				break
			}
			checked++
			have, err := s.UserChannelPermissions(me, schedule.ChannelID, discordgo.WithContext(ctx))
			if err != nil {
				bad++
				out = append(out, finding{what: "Channel", text: fmt.Sprintf("%s in %s can't be seen", schedule.ChannelID, g.Name), mend: "Give the bot View Channel there, or move the digest: /digest edit."})
				continue
			}
			var missing []string
			for _, n := range needed {
				if have&n.bit == 0 && have&discordgo.PermissionAdministrator == 0 {
					missing = append(missing, n.name)
				}
			}
			if len(missing) > 0 {
				bad++
				out = append(out, finding{what: "Channel", text: fmt.Sprintf("%s in %s lacks %s", schedule.ChannelID, g.Name, strings.Join(missing, ", ")), mend: "Channel settings → Permissions → the bot's role."})
			}
		}
	}
	if checked > 0 && bad == 0 {
		out = append(out, finding{what: "Permissions", text: fmt.Sprintf("enough in all %d channels with digests", checked)})
	}
	return out
}

// dateWatcher compares the clock with the Date of Discord's answers.
type dateWatcher struct{ skew *time.Duration }

func (w dateWatcher) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err == nil {
		if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
			*w.skew = time.Since(at)
		}
	}
	return resp, err
}

// health asks the running bot.
func health(ctx context.Context, c *config.Config) error {
	if c.HTTP.Listen == "" {
		return errors.New("set http.listen (or SITREP_LISTEN) for the health check")
	}
	host, port, err := net.SplitHostPort(c.HTTP.Listen)
	if err != nil {
		return err
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return errors.New("the bot doesn't answer")
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, 200))
		return errors.New(strings.TrimSpace(string(body)))
	}
	return nil
}
