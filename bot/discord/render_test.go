package discord

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sitrep/bot"
)

// rendered opens the envelopes of a rendered digest.
func rendered(t *testing.T, d bot.Digest, s bot.Schedule) []Envelope {
	t.Helper()
	messages, err := Renderer{}.Digest(d, s)
	if err != nil {
		t.Fatal(err)
	}
	var out []Envelope
	for _, m := range messages {
		e, err := ParseEnvelope(m.Payload)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func longDigest() bot.Digest {
	d := bot.Digest{Title: "Morning", Lang: "en", Zone: "Asia/Tokyo", Slot: time.Date(2026, 5, 11, 23, 30, 0, 0, time.UTC)}
	for i := range 30 {
		d.Items = append(d.Items, bot.Item{StoryID: int64(i + 1), Headline: strings.Repeat("Harbour board adopts a motion ", 6), Lines: []bot.Line{{Text: strings.Repeat("The board met. ", 20)}}})
	}
	return d
}

func TestDigestInAThread(t *testing.T) {
	t.Parallel()
	parts := rendered(t, longDigest(), bot.Schedule{Thread: true, Crosspost: true})
	if len(parts) < 2 {
		t.Fatalf("%d parts", len(parts))
	}
	for i, e := range parts {
		if e.Thread == nil || e.Thread.Name != "Morning · 2026-05-12 08:30" || e.Thread.Join != (i > 0) {
			t.Errorf("part %d goes to %+v", i, e.Thread)
		}
		if e.Crosspost {
			t.Errorf("part %d would be published out of its thread", i)
		}
	}
	if e := rendered(t, longDigest(), bot.Schedule{Crosspost: true})[0]; e.Thread != nil || !e.Crosspost {
		t.Errorf("got %+v", e)
	}
}

func TestDigestPingsOneRoleOnce(t *testing.T) {
	t.Parallel()
	const silent = 1 << 12
	for role, loud := range map[string]bool{"": false, "4242": true, "4242> <@&1": false} {
		for i, e := range rendered(t, longDigest(), bot.Schedule{PingRole: role}) {
			var body struct {
				Flags           int
				AllowedMentions struct{ Parse, Roles []string } `json:"allowed_mentions"`
			}
			if err := json.Unmarshal(e.Message, &body); err != nil {
				t.Fatal(err)
			}
			wantLoud := loud && i == 0
			if (body.Flags&silent == 0) != wantLoud || (len(body.AllowedMentions.Roles) == 1) != wantLoud || len(body.AllowedMentions.Parse) > 0 {
				t.Errorf("role %q, part %d: flags %d, mentions %+v", role, i, body.Flags, body.AllowedMentions)
			}
		}
	}
}

func TestRenderingIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	first, err := Renderer{}.Digest(longDigest(), bot.Schedule{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Renderer{}.Digest(longDigest(), bot.Schedule{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range first {
		if string(first[i].Payload) != string(again[i].Payload) {
			t.Errorf("part %d differs", i)
		}
	}
}

func TestParseEnvelopeRefusesWhatHoldsNoMessage(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "{}", `{"message":`, "null"} {
		if _, err := ParseEnvelope([]byte(raw)); err == nil {
			t.Errorf("%q passed", raw)
		}
	}
}
