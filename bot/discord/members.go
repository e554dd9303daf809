package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"sitrep/bot"
)

const (
	memberFor   = 10 * time.Minute // a membership is asked for again after this
	askAllUnder = 25               // servers: with more, only those are asked where the user has been seen
	membersKept = 20_000
)

// Members tells which servers a user shares with the bot. The bot sees no lists
// of members: it asks for the one member, in the servers where the user has used
// it, or in all of them where they are few.
type Members struct {
	rest   *REST
	guilds func(ctx context.Context) ([]bot.Guild, error)
	now    func() time.Time

	mu   sync.Mutex
	seen map[string]map[string]bool // user -> servers
	held map[[2]string]membership   // user, server
}

type membership struct {
	is bool
	at time.Time
}

// NewMembers returns a Members that knows nobody yet. Guilds lists the servers
// that the bot is in.
func NewMembers(rest *REST, guilds func(ctx context.Context) ([]bot.Guild, error), now func() time.Time) *Members {
	return &Members{rest: rest, guilds: guilds, now: now, seen: map[string]map[string]bool{}, held: map[[2]string]membership{}}
}

// Saw notes that a user has used the bot in a server, and so is a member there.
func (m *Members) Saw(userID, guildID string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.seen) >= membersKept {
		clear(m.seen)
	}
	if m.seen[userID] == nil {
		m.seen[userID] = map[string]bool{}
	}
	m.seen[userID][guildID] = true
	m.hold(userID, guildID, true)
}

func (m *Members) hold(userID, guildID string, is bool) {
	if len(m.held) >= membersKept {
		clear(m.held)
	}
	m.held[[2]string{userID, guildID}] = membership{is, m.now()}
}

// Shared lists the servers that a user shares with the bot. A server that can't
// be asked at the moment is not among them.
func (m *Members) Shared(ctx context.Context, userID string) ([]string, error) {
	guilds, err := m.guilds(ctx)
	if err != nil {
		return nil, fmt.Errorf("list servers: %w", err)
	}
	var out []string
	for _, g := range guilds {
		m.mu.Lock()
		known := m.seen[userID][g.ID]
		had, fresh := m.held[[2]string{userID, g.ID}]
		m.mu.Unlock()
		if !known && len(guilds) > askAllUnder {
			continue
		}
		is := had.is
		if !fresh || m.now().Sub(had.at) > memberFor {
			if is, err = m.ask(ctx, g.ID, userID); err != nil {
				continue
			}
			m.mu.Lock()
			m.hold(userID, g.ID, is)
			m.mu.Unlock()
		}
		if is {
			out = append(out, g.ID)
		}
	}
	slices.Sort(out)
	return out, nil
}

func (m *Members) ask(ctx context.Context, guildID, userID string) (bool, error) {
	_, err := m.rest.Session().GuildMember(guildID, userID, discordgo.WithContext(ctx))
	var refused *discordgo.RESTError
	if errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode == http.StatusNotFound {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for member %s of server %s: %w", userID, guildID, err)
	}
	return true, nil
}
