package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"sitrep/bot/discordtest"
	"sitrep/store/storetest"
)

// TestChaosRollingRestart replaces processes one after the other, while articles
// come in and people ask for briefs that take a moment: what was acknowledged is
// answered, and what is to be posted is posted once.
func TestChaosRollingRestart(t *testing.T) {
	t.Parallel()
	if os.Getenv(postgresVar) == "" {
		t.Skip(postgresVar + " is not set: several processes need PostgreSQL")
	}
	s := newSiege(t, storetest.Postgres(t))
	ctx := t.Context()
	questions := s.guild.AddChannel(discordtest.ChannelConfig{Name: "questions"})
	const headline = "Ferry runs aground"
	var sites []string
	for range 40 { // a host is asked one thing at a time
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				http.NotFound(w, r)
				return
			}
			select {
			case <-r.Context().Done():
			case <-time.After(time.Second):
			}
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, "<html lang=en><head><title>%s</title></head><body><article><h1>%s</h1>%s</article></body></html>", headline, headline,
				strings.Repeat("<p>The ferry Halcyon ran aground off the northern quay on Monday with forty people aboard, the harbour office said.</p>", 8))
		}))
		t.Cleanup(site.Close)
		sites = append(sites, site.URL)
	}
	child := childSpec{Roles: []string{"gateway", "poll", "work"}, Due: 300 * time.Millisecond}
	old := s.start(child)
	// Commands are registered once the first is connected.
	var asked []*discordtest.Interaction
	ask := func() bool {
		n := len(asked)
		user := s.guild.AddMember(fmt.Sprint("Reader ", n), discordtest.MemberConfig{})
		in, err := user.Command(ctx, questions, "brief", discordtest.Opt("url", fmt.Sprintf("%s/news/%d", sites[n%len(sites)], n)))
		if err == nil {
			asked = append(asked, in)
		}
		return err == nil
	}
	for deadline := time.Now().Add(patience); !ask(); pause(ctx, 100*time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no command can be asked\n%s", old.stderr)
		}
	}
	// go on asking and working for a while, or until something is so
	goOn := func(atMost time.Duration, until func() bool) bool {
		for end := time.Now().Add(atMost); time.Now().Before(end); pause(ctx, 150*time.Millisecond) {
			if until() {
				return true
			}
			ask()
			if len(asked)%5 == 0 {
				s.work()
			}
		}
		return until()
	}
	never := func() bool { return false }
	inHand := 0
	for range long(2, 30) {
		next := s.start(child)
		goOn(2*time.Second, never)
		goOn(patience, func() bool {
			before := inHand
			for _, in := range asked[max(0, len(asked)-12):] {
				if waits(in) {
					inHand++
				}
			}
			return inHand > before
		})
		_ = old.stdin.Close()
		begun := time.Now()
		if !goOn(patience, func() bool {
			select {
			case <-old.ended:
				return true
			default:
				return false
			}
		}) || old.err != nil {
			t.Fatalf("a bot that was asked to stop: %v\n%s", old.err, old.stderr)
		}
		went := time.Since(begun)
		if !goOn(patience, func() bool { return s.srv.Gateway().Sessions() == 1 }) {
			t.Fatalf("nobody took the shard over\n%s", next.stderr)
		}
		t.Logf("one has gone within %v, another heard commands %v after it was asked to", went.Round(time.Millisecond), time.Since(begun).Round(time.Millisecond))
		old = next
	}
	answered, unheard := 0, 0
	for i, in := range asked {
		if _, err := in.Response(ctx); errors.Is(err, discordtest.ErrNoResponse) {
			unheard++ // nobody was connected, or somebody who was about to go
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		m, err := in.Message(ctx)
		switch {
		case err != nil:
			t.Errorf("interaction %d of %d was acknowledged and not answered: %v", i, len(asked), err)
		case !strings.Contains(m.Text(), headline):
			t.Errorf("interaction %d was answered with %q", i, m.Text())
		default:
			answered++
		}
	}
	for deadline := time.Now().Add(patience); !s.look() || !s.idle(); pause(ctx, 20*time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still to come: %v\n%s", s.missing, old.stderr)
		}
	}
	_ = old.stdin.Close()
	if <-old.ended; old.err != nil {
		t.Errorf("the last bot ended with %v\n%s", old.err, old.stderr)
	}
	t.Logf("%d interactions: %d answered, %d in hand when a bot was asked to stop, %d not heard between two bots", len(asked), answered, inHand, unheard)
	if inHand == 0 {
		t.Error("nothing was in hand when a bot was asked to stop: this test shows nothing")
	}
	t.Log(s.judge())
}

// waits tells whether an interaction is acknowledged, and its answer still to come.
func waits(in *discordtest.Interaction) bool {
	now, cancel := context.WithTimeout(context.Background(), 2*time.Millisecond)
	defer cancel()
	if _, err := in.Response(now); err != nil {
		return false
	}
	_, err := in.Message(now)
	return errors.Is(err, context.DeadlineExceeded)
}
