package main

import (
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
	"time"

	"sitrep/store/storetest"
)

// TestChaosCluster has three processes with all roles share a database, and
// kills them, stops them for a while and starts them again at random, while
// there is always something to do.
func TestChaosCluster(t *testing.T) {
	t.Parallel()
	if os.Getenv(postgresVar) == "" {
		t.Skip(postgresVar + " is not set: several processes need PostgreSQL")
	}
	s := newSiege(t, storetest.Postgres(t))
	child := childSpec{Roles: []string{"gateway", "poll", "work"}, Due: 300 * time.Millisecond}
	bots := make([]*process, 3)
	paused := make([]time.Time, len(bots)) // until when
	for i := range bots {
		bots[i] = s.start(child)
	}
	kills, stops, two := 0, 0, 0
	end := time.After(long(20*time.Second, 6*time.Minute))
	work := time.NewTicker(long(700*time.Millisecond, 2*time.Second))
	defer work.Stop()
	harm := time.NewTicker(long(1200*time.Millisecond, 4*time.Second))
	defer harm.Stop()
	look := time.NewTicker(200 * time.Millisecond)
	defer look.Stop()
	for running := true; running; {
		select {
		case <-end:
			running = false
		case <-work.C:
			s.work()
		case <-look.C:
			if s.srv.Gateway().Sessions() > 1 {
				two++
			}
			for i, until := range paused {
				if !until.IsZero() && time.Now().After(until) {
					paused[i] = time.Time{}
					bots[i].signal(syscall.SIGCONT)
				}
			}
		case <-harm.C:
			i := rand.IntN(len(bots))
			switch {
			case !paused[i].IsZero():
			case rand.IntN(2) == 0:
				bots[i].signal(syscall.SIGKILL)
				<-bots[i].ended
				if !bots[i].killed() {
					t.Fatalf("a bot had ended before it was killed: %v\n%s", bots[i].err, bots[i].stderr)
				}
				bots[i] = s.start(child)
				kills++
			default:
				// For moments; in the long form now and then for longer than any lease too.
				bots[i].signal(syscall.SIGSTOP)
				most := 4 * time.Second
				if stops%5 == 4 {
					most = long(most, 150*time.Second)
				}
				paused[i] = time.Now().Add(rand.N(most))
				stops++
			}
		}
	}
	for _, b := range bots {
		b.signal(syscall.SIGCONT)
	}
	for _, b := range bots {
		b.signal(syscall.SIGKILL)
		<-b.ended
	}
	s.look()
	lost, _ := s.account()
	early := len(s.articles) + len(s.keys) + s.numbers - len(lost)

	// What the dead held is free after minutes; three new ones do what is left.
	s.jump(11 * time.Minute)
	s.free()
	for i := range bots {
		bots[i] = s.start(child)
	}
	deadline := time.Now().Add(2 * patience)
	for !s.look() || !s.idle() || s.srv.Gateway().Sessions() != 1 {
		if time.Now().After(deadline) {
			lost, _ := s.account()
			t.Fatalf("still to come: %v; %d gateway sessions\n%s", lost, s.srv.Gateway().Sessions(), bots[0].stderr)
		}
		pause(t.Context(), 20*time.Millisecond)
	}
	for _, b := range bots {
		_ = b.stdin.Close()
	}
	for _, b := range bots {
		if <-b.ended; b.err != nil {
			t.Errorf("a bot ended with %v\n%s", b.err, b.stderr)
		}
	}
	t.Logf("killed %d times, stopped %d times; %d posted meanwhile; %d identifies; two sessions of the shard seen at %d looks", kills, stops, early, s.srv.Gateway().Identifies(), two)
	s.killed = kills
	t.Log(s.judge())
}
