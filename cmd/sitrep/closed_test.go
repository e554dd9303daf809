package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sitrep/bot"
	"sitrep/bot/discord"
	"sitrep/bot/discordtest"
	"sitrep/config"
)

// A door is a bot that delivers to a server, of which something is closed.
type door struct {
	t           *testing.T
	srv         *discordtest.Server
	guild       *discordtest.Guild
	news, staff *discordtest.Channel
	ada         *discordtest.User
	bot         *service
	ended       chan error
}

func newDoor(t *testing.T, roles ...string) *door {
	t.Helper()
	d := &door{t: t, srv: discordtest.Start(discordtest.Config{NoRateLimits: true, Clock: discordtest.NewSlowClock(5)}), ended: make(chan error, 1)}
	t.Cleanup(d.srv.Close)
	d.guild = d.srv.AddGuild(discordtest.GuildConfig{Name: "Harbour Watch"})
	d.news = d.guild.AddChannel(discordtest.ChannelConfig{Name: "news"})
	d.staff = d.guild.AddChannel(discordtest.ChannelConfig{Name: "staff"})
	d.ada = d.guild.AddMember("Ada", discordtest.MemberConfig{})
	c := config.Default()
	c.Database.URL, c.Roles, c.HTTP.Listen = ":memory:", roles, ""
	c.Discord.Token, c.Discord.API = config.Secret(d.srv.Token()), d.srv.URL()
	var err error
	if d.bot, err = newService(t.Context(), &c, headlines{&reaper{}}, slog.New(slog.DiscardHandler), tuning{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.bot.close)
	d.must(d.bot.store.SaveGuild(t.Context(), bot.Guild{ID: d.guild.ID, Name: "Harbour Watch", Lang: "en", Zone: "UTC",
		OwnerID: d.guild.Owner().ID, AdminChannel: d.staff.ID, JoinedAt: time.Now()}))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		d.ended <- d.bot.run(ctx)
		close(done)
	}()
	t.Cleanup(func() { stop(); <-done })
	return d
}

func (d *door) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *door) wait(what string, so func() (bool, error)) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
	defer cancel()
	if err := until(ctx, 10*time.Millisecond, so); err != nil {
		d.t.Fatalf("%s: %v", what, err)
	}
}

// deliver puts messages for one channel or user into the outbox.
func (d *door) deliver(to bot.Delivery, thread *discord.ThreadSpec, texts ...string) {
	d.t.Helper()
	ds := make([]bot.Delivery, len(texts))
	for i, text := range texts {
		payload, err := json.Marshal(discord.Envelope{Thread: thread, Message: json.RawMessage(fmt.Sprintf(
			`{"flags":32768,"allowed_mentions":{"parse":[]},"components":[{"type":10,"content":%q}]}`, text))})
		d.must(err)
		ds[i] = to
		ds[i].Key, ds[i].GuildID, ds[i].Payload, ds[i].State = text, d.guild.ID, payload, bot.Pending
	}
	d.must(d.bot.store.Enqueue(d.t.Context(), ds))
	d.bot.sender.Wake()
}

// refused are the requests that were answered with an error.
func (d *door) refused() (out []string) {
	for _, r := range d.srv.Journal().Requests() {
		if r.Status >= 400 && !strings.Contains(r.Path, "/members/") {
			out = append(out, fmt.Sprint(r.Method, " ", r.Path, " ", r.Status))
		}
	}
	return out
}

// TestClosedDoors closes a channel, a thread, a server or a user's messages to the
// bot in each way there is: it notices by one request, keeps what waits, and tells
// those who can open it, once, by another way.
func TestClosedDoors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		close func(d *door) bot.Delivery // returns where to deliver
		told  func(d *door) *discordtest.Channel
		why   string
	}{
		"permission lost": {why: "may not post", told: toldStaff, close: func(d *door) bot.Delivery {
			d.news.Deny(discordtest.SendMessages)
			return bot.Delivery{ChannelID: d.news.ID}
		}},
		"channel hidden": {why: "see the channel", told: toldStaff, close: func(d *door) bot.Delivery {
			d.news.Deny(discordtest.ViewChannel)
			return bot.Delivery{ChannelID: d.news.ID}
		}},
		"channel deleted": {why: "gone", told: toldStaff, close: func(d *door) bot.Delivery {
			d.news.Delete()
			return bot.Delivery{ChannelID: d.news.ID}
		}},
		"thread deleted": {why: "gone", told: toldStaff, close: func(d *door) bot.Delivery {
			thread := d.thread()
			thread.Delete()
			return bot.Delivery{ChannelID: thread.ID}
		}},
		"thread locked": {why: "locked", told: toldStaff, close: func(d *door) bot.Delivery {
			thread := d.thread()
			thread.Archive(true)
			return bot.Delivery{ChannelID: thread.ID}
		}},
		"the admins' channel deleted": {why: "gone", told: toldOwner, close: func(d *door) bot.Delivery {
			d.staff.Delete()
			return bot.Delivery{ChannelID: d.staff.ID}
		}},
		"server left": {close: func(d *door) bot.Delivery {
			d.guild.KickBot()
			d.wait("the bot notices that it was removed", func() (bool, error) {
				g, err := d.bot.store.Guild(d.t.Context(), d.guild.ID)
				return !g.LeftAt.IsZero(), err
			})
			return bot.Delivery{ChannelID: d.news.ID}
		}},
		"direct messages closed": {close: func(d *door) bot.Delivery {
			d.ada.CloseDMs()
			return bot.Delivery{UserID: d.ada.ID}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDoor(t, "gateway", "work")
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			d.must(d.srv.WaitReady(ctx))
			to := test.close(d)
			d.deliver(to, nil, "one", "two", "three")
			route := to
			route.GuildID = d.guild.ID
			d.wait("the route is parked", func() (bool, error) {
				parked, err := d.bot.store.ParkedRoutes(t.Context(), d.guild.ID)
				return len(parked) == 1 && parked[0].Route == route.Route() && parked[0].Held == 3, err
			})
			var told *discordtest.Channel
			if test.told != nil {
				told = test.told(d)
				if _, err := d.srv.WaitMessage(ctx, told, func(m *discordtest.Message) bool { return strings.Contains(m.Text(), test.why) }); err != nil {
					t.Errorf("nobody was told that it is %q: %v", test.why, err)
				}
			}
			// More comes, and nothing more is tried.
			d.deliver(to, nil, "four")
			for range 3 {
				if n, err := d.bot.sender.Once(t.Context()); n > 0 || err != nil {
					t.Errorf("sent %d more, %v", n, err)
				}
			}
			if told != nil && len(told.Messages()) != 1 {
				t.Errorf("told %d times", len(told.Messages()))
			}
			if told == nil {
				st, err := d.bot.store.Status(t.Context(), "")
				d.must(err)
				if st.Outbox != 0 || len(d.staff.Messages()) > 0 || len(d.guild.Owner().DM().Messages()) > 0 {
					t.Errorf("somebody was told whom it doesn't concern")
				}
			}
			if got := d.refused(); len(got) != 1 {
				t.Errorf("the bot was refused %d times: %v", len(got), got)
			}
		})
	}
}

func toldStaff(d *door) *discordtest.Channel { return d.staff }
func toldOwner(d *door) *discordtest.Channel { return d.guild.Owner().DM() }

// thread has a thread opened in the news channel.
func (d *door) thread() *discordtest.Channel {
	d.t.Helper()
	d.deliver(bot.Delivery{ChannelID: d.news.ID, DigestID: 1}, &discord.ThreadSpec{Name: "Tuesday"}, "opening")
	d.wait("the thread is open", func() (bool, error) {
		st, err := d.bot.store.Status(d.t.Context(), "")
		return len(d.news.Threads()) == 1 && st.Outbox == 0, err
	})
	return d.news.Threads()[0]
}

// TestTokenRevoked has Discord take the token back: the bot ends and says so,
// after one request for each message that it had in hand, and keeps them.
func TestTokenRevoked(t *testing.T) {
	t.Parallel()
	d := newDoor(t, "work")
	d.srv.RevokeToken()
	d.deliver(bot.Delivery{ChannelID: d.news.ID}, nil, "one", "two", "three")
	d.deliver(bot.Delivery{ChannelID: d.staff.ID}, nil, "four")
	select {
	case err := <-d.ended:
		if !errors.Is(err, discord.ErrToken) {
			t.Errorf("the bot ended with %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the bot goes on")
	}
	if got := d.refused(); len(got) == 0 || len(got) > 2 {
		t.Errorf("refused %d times: %v", len(got), got)
	}
	if st, err := d.bot.store.Status(t.Context(), ""); err != nil || st.Outbox != 4 || st.Parked != 0 {
		t.Errorf("%d wait, %d parked, %v", st.Outbox, st.Parked, err)
	}
}
