package main

import (
	"errors"
	"fmt"
	"net/url"
	"runtime/debug"
	"slices"

	"sitrep/bot/discord"
	"sitrep/config"
)

type runCmd struct {
	Roles []string `help:"Roles of this process: gateway, poll, work (default: as configured, all three)." enum:"gateway,poll,work" placeholder:"ROLE"`
}

// invitePermissions is what the bot needs in a server: view channels, send
// messages (in threads too), embed links, attach files, read the history (to
// look before it sends again), create public threads.
const invitePermissions = 1<<10 | 1<<11 | 1<<38 | 1<<14 | 1<<15 | 1<<16 | 1<<35

// inviteURL is the link by which an application is invited to a server.
func inviteURL(applicationID string) string {
	return "https://discord.com/oauth2/authorize?" + url.Values{"client_id": {applicationID}, "scope": {"bot applications.commands"},
		"permissions": {fmt.Sprint(uint64(invitePermissions))}}.Encode()
}

const noToken = `there is no Discord token. To get one:

  1. Open https://discord.com/developers/applications and press "New Application".
  2. On the page "Bot", press "Reset Token" and copy the token. No privileged intent is needed.
  3. Invite the bot to your server: replace APPLICATION_ID by the number on the page "General Information" in
     %s
  4. Start it:  DISCORD_TOKEN=… sitrep run

To see what it does without any of this:  sitrep demo`

// thrifty has the bot, which holds much and makes little garbage, collect it
// early: a window of 100,000 articles is 100 MB that must not be matched by as
// much garbage. What GOGC says comes first.
func thrifty(env config.Environ) {
	if env("GOGC") == "" {
		debug.SetGCPercent(25)
	}
}

func (r *runCmd) Run(p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	if len(r.Roles) > 0 {
		c.Roles = r.Roles
	}
	if c.Discord.Token.Reveal() == "" && (slices.Contains(c.Roles, "gateway") || slices.Contains(c.Roles, "work")) {
		return usage(noToken, inviteURL("APPLICATION_ID"))
	}
	thrifty(p.env)
	log := p.logger(c)
	engine, err := embedded()
	if err != nil {
		return err
	}
	s, err := newService(p.ctx, c, engine, log, tuning{})
	if err != nil {
		return ended(p.ctx, err) // stopped while it starts, it has stopped
	}
	defer s.close()
	if err := s.declare(p.ctx); err != nil {
		return ended(p.ctx, err)
	}
	log.Info("sitrep starts", "version", version, "database", s.store.Name(), "roles", c.Roles)
	err = s.run(p.ctx)
	if errors.Is(err, discord.ErrToken) {
		return usage("Discord doesn't accept the token any more: %v", err)
	}
	if err == nil {
		log.Info("sitrep has stopped")
	}
	return err
}
