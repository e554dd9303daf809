package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"sitrep/bot/discordtest"
	"sitrep/config"
	"sitrep/feeds/newsroom"
	"sitrep/feeds/opml"
)

type demoCmd struct {
	Log bool `help:"Show the bot's log on standard error."`
}

const (
	demoTime     = 5 * time.Minute  // bounds a demo
	demoPatience = 20 * time.Second // of people on a machine that is busy with other things
)

func (d *demoCmd) Run(p *program) error {
	ctx, cancel := context.WithTimeout(p.ctx, demoTime)
	defer cancel()
	log := slog.New(slog.DiscardHandler)
	if d.Log {
		log = slog.New(slog.NewTextHandler(p.stderr, nil))
	}
	room, err := newsroom.New(time.Now())
	if err != nil {
		return err
	}
	closeRoom, err := openNewsroom(room)
	if err != nil {
		return err
	}
	defer closeRoom()

	srv := discordtest.Start(discordtest.Config{ResponseTime: demoPatience})
	defer srv.Close()
	guild := srv.AddGuild(discordtest.GuildConfig{Name: "Harbour Watch"})
	show := &demo{out: p.stdout, width: p.width(), colour: p.colour(), srv: srv, room: room,
		briefing: guild.AddChannel(discordtest.ChannelConfig{Name: "briefing"}),
		ada:      guild.AddMember("Ada", discordtest.MemberConfig{Permissions: discordtest.ManageGuild}),
		ben:      guild.AddMember("Ben", discordtest.MemberConfig{})}

	// Nothing is set up; only its traces may be looked at.
	c, err := config.Parse("", nil, func(key string) string {
		if strings.HasPrefix(key, "OTEL_") {
			return p.env(key)
		}
		return ""
	})
	if err != nil {
		return usage("%v", err)
	}
	c.Database.URL = ":memory:"
	c.Discord.Token, c.Discord.API = config.Secret(srv.Token()), srv.URL()
	c.HTTP.AllowPrivate = []string{"127.0.0.0/8"}
	// The invented outlets don't mind being asked every second.
	c.Feeds.MinInterval, c.Feeds.MaxInterval = config.Duration(time.Second), config.Duration(time.Second)
	engine, err := embedded()
	if err != nil {
		return err
	}
	s, err := newService(ctx, c, engine, log, tuning{idle: 300 * time.Millisecond, jobPoll: 200 * time.Millisecond, spacing: 100 * time.Millisecond, patience: demoPatience})
	if err != nil {
		return err
	}
	defer s.close()
	show.bot = s

	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- s.run(running) }()
	err = show.tell(ctx)
	stop()
	if stopped := <-done; err == nil {
		err = stopped
	}
	if errors.Is(err, context.DeadlineExceeded) && p.ctx.Err() == nil {
		return fmt.Errorf("the demo didn't come to its end within %v", demoTime)
	}
	return err
}

// openNewsroom serves each outlet on an address of its own.
func openNewsroom(room *newsroom.Newsroom) (closeAll func(), err error) {
	var servers []*http.Server
	closeAll = func() {
		for _, s := range servers {
			s.Close()
		}
	}
	for _, o := range newsroom.Outlets() {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			closeAll()
			return nil, fmt.Errorf("open the newsroom: %w", err)
		}
		server := &http.Server{Handler: room.Handler(o.Key), ReadHeaderTimeout: 5 * time.Second}
		servers = append(servers, server)
		room.SetBase(o.Key, "http://"+l.Addr().String())
		go server.Serve(l) //nolint:errcheck // ends with Close
	}
	return closeAll, nil
}

// A demo tells the story of a server's first hour.
type demo struct {
	out    io.Writer
	width  int
	colour bool

	srv      *discordtest.Server
	room     *newsroom.Newsroom
	briefing *discordtest.Channel
	ada, ben *discordtest.User
	bot      *service
}

func (d *demo) tell(ctx context.Context) error {
	outlets := newsroom.Outlets()
	d.scene("A newsroom of %d invented outlets with %d articles is up on loopback.\nThe bot joins the server “Harbour Watch” on a simulated Discord.", len(outlets), len(d.room.Articles()))
	if err := d.srv.WaitReady(ctx); err != nil {
		return fmt.Errorf("the bot doesn't connect: %w", err)
	}
	if err := d.registered(ctx, "latest", "digest", "feeds", "subscribe", "who"); err != nil {
		return err
	}

	d.scene("Ada, an admin, has it follow the outlets.")
	add := d.room.FeedURL(outlets[0].Key)
	m, err := d.ask(ctx, d.ada, "feeds add", discordtest.Opt("url", add))
	if err != nil {
		return err
	}
	if err := d.press(ctx, d.ada, m, "Follow this feed"); err != nil {
		return err
	}
	d.scene("The others come from a list that her feed reader has written.")
	list := make([]opml.Entry, 0, len(outlets))
	for _, o := range outlets {
		list = append(list, opml.Entry{URL: d.room.FeedURL(o.Key), Title: o.Name})
	}
	var file bytes.Buffer
	if err := opml.Write(&file, "Newsroom", list, time.Now()); err != nil {
		return err
	}
	if _, err := d.ask(ctx, d.ada, "feeds import", discordtest.Opt("file", discordtest.Upload{Name: "newsroom.opml", ContentType: "text/x-opml", Data: file.Bytes()})); err != nil {
		return err
	}
	if err := d.settled(ctx, len(d.room.Articles())); err != nil {
		return err
	}

	if _, err := d.ask(ctx, d.ada, "digest schedule", discordtest.Opt("channel", d.briefing), discordtest.Opt("when", "every day at 8"), discordtest.Opt("name", "Morning briefing")); err != nil {
		return err
	}
	d.scene("She doesn't want to wait until eight.")
	before := len(d.briefing.Messages())
	if _, err := d.ask(ctx, d.ada, "digest now"); err != nil {
		return err
	}
	if err := d.posted(ctx, d.briefing, before); err != nil {
		return err
	}

	d.scene("Ben asks what is new, and who is who.")
	for _, q := range [][]discordtest.Option{nil, {discordtest.Opt("topic", "bank takeover")}} {
		if _, err := d.ask(ctx, d.ben, "latest", q...); err != nil {
			return err
		}
	}
	choices, err := d.ben.Autocomplete(ctx, d.briefing, "who", discordtest.Opt("name", "abern"))
	if err != nil {
		return fmt.Errorf("/who: %w", err)
	}
	if len(choices) == 0 {
		return errors.New("/who suggests nobody for “abern”")
	}
	d.typed(d.ben, "/who name:abern → %s", choices[0].Name)
	if _, err := d.answer(ctx, d.ben, "who", discordtest.Opt("name", choices[0].Value)); err != nil {
		return err
	}

	d.scene("He wants to hear more of the ferry.")
	m, err = d.ask(ctx, d.ben, "subscribe", discordtest.Opt("topic", "ferry"))
	if err != nil {
		return err
	}
	if err := d.press(ctx, d.ben, m, "Subscribe"); err != nil {
		return err
	}
	d.scene("Then the newsroom publishes something new.")
	before = len(d.ben.DM().Messages())
	for _, a := range d.room.Break(time.Now()) {
		d.line("%s: %s", a.Outlet, a.Title)
	}
	if err := d.settled(ctx, len(d.room.Articles())); err != nil {
		return err
	}
	return d.posted(ctx, d.ben.DM(), before)
}

// registered waits until Discord knows the commands.
func (d *demo) registered(ctx context.Context, names ...string) error {
	return until(ctx, 50*time.Millisecond, func() (bool, error) {
		have := map[string]bool{}
		for _, c := range d.srv.Commands(nil) {
			have[c.Name] = true
		}
		for _, n := range names {
			if !have[n] {
				return false, nil
			}
		}
		return true, nil
	})
}

// settled waits until everything that was published is part of a story.
func (d *demo) settled(ctx context.Context, articles int) error {
	return until(ctx, 100*time.Millisecond, func() (bool, error) {
		st, err := d.bot.store.Status(ctx, "")
		return st.Articles >= articles && st.Waiting == 0, err
	})
}

// posted waits for the bot's next message in the channel, and shows what came.
func (d *demo) posted(ctx context.Context, in *discordtest.Channel, before int) error {
	err := until(ctx, 50*time.Millisecond, func() (bool, error) {
		st, err := d.bot.store.Status(ctx, "")
		return len(in.Messages()) > before && st.Outbox == 0, err
	})
	if err != nil {
		return fmt.Errorf("nothing was posted: %w", err)
	}
	where := "#" + in.Name()
	if in.Guild() == nil {
		where = "Direct message to " + in.Name()
	}
	d.line("%s", where)
	for _, m := range in.Messages()[before:] {
		d.show(m)
	}
	return nil
}

func (d *demo) ask(ctx context.Context, u *discordtest.User, command string, options ...discordtest.Option) (*discordtest.Message, error) {
	typed := "/" + command
	for _, o := range options {
		typed += fmt.Sprintf(" %s:%v", o.Name, shown(o.Value))
	}
	d.typed(u, "%s", typed)
	return d.answer(ctx, u, command, options...)
}

// answer invokes a command and shows the bot's answer.
func (d *demo) answer(ctx context.Context, u *discordtest.User, command string, options ...discordtest.Option) (*discordtest.Message, error) {
	in, err := u.Command(ctx, d.briefing, command, options...)
	if err != nil {
		return nil, fmt.Errorf("/%s: %w", command, err)
	}
	m, err := in.Message(ctx)
	if err != nil {
		return nil, fmt.Errorf("/%s: %w", command, err)
	}
	d.show(m)
	return m, nil
}

func (d *demo) press(ctx context.Context, u *discordtest.User, m *discordtest.Message, button string) error {
	d.typed(u, "[%s]", button)
	in, err := u.Press(ctx, m, button)
	if err == nil {
		m, err = in.Message(ctx)
	}
	if err != nil {
		return fmt.Errorf("[%s]: %w", button, err)
	}
	d.show(m)
	return nil
}

func shown(v any) string {
	switch v := v.(type) {
	case *discordtest.Channel:
		return "#" + v.Name()
	case discordtest.Upload:
		return v.Name
	}
	return fmt.Sprint(v)
}

func (d *demo) scene(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if d.colour {
		text = "\x1b[1;36m" + strings.ReplaceAll(text, "\n", "\x1b[0m\n\x1b[1;36m") + "\x1b[0m"
	}
	fmt.Fprintf(d.out, "\n%s\n\n", text)
}

func (d *demo) typed(u *discordtest.User, format string, args ...any) {
	d.line("%s › %s", u.Name(), fmt.Sprintf(format, args...))
}

func (d *demo) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if d.colour {
		text = "\x1b[2m" + text + "\x1b[0m"
	}
	fmt.Fprintln(d.out, text)
}

func (d *demo) show(m *discordtest.Message) {
	_ = discordtest.Render(d.out, m, d.width, d.colour) // a broken pipe shows elsewhere
	fmt.Fprintln(d.out)
}

func until(ctx context.Context, every time.Duration, done func() (bool, error)) error {
	for {
		ok, err := done()
		if err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
		}
	}
}
