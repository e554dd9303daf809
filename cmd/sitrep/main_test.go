package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sitrep/feeds/newsroom"
)

// sitrep runs the program and returns its exit status and output.
func sitrep(t *testing.T, env map[string]string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), args, &out, &errs, func(key string) string { return env[key] })
	return status, out.String(), errs.String()
}

func TestDemoTellsTheWholeStory(t *testing.T) {
	status, out, errs := sitrep(t, nil, "demo")
	if status != exitDone {
		t.Fatalf("status %d: %s\n%s", status, errs, out)
	}
	for _, want := range []string{"Morning briefing", "The bottom line", "/latest", "Ruth Abernathy", "leads the coastguard's western district",
		"New on ferry", "Solvang Star", "Halcyon"} {
		if !strings.Contains(out, want) {
			t.Errorf("the demo doesn't show %q", want)
		}
	}
}

func TestRunWithoutATokenSaysWhatToDo(t *testing.T) {
	t.Parallel()
	status, out, errs := sitrep(t, map[string]string{"DATABASE_URL": filepath.Join(t.TempDir(), "s.db")}, "run")
	if status != exitUsage || out != "" {
		t.Errorf("status %d, output %q", status, out)
	}
	for _, want := range []string{"developers/applications", "scope=bot+applications.commands", "permissions=309237763072", "DISCORD_TOKEN", "sitrep demo"} {
		if !strings.Contains(errs, want) {
			t.Errorf("the message lacks %q:\n%s", want, errs)
		}
	}
}

const report = `Harbour wall of Vellmar to be rebuilt

VELLMAR, May 5 (Halcyon) — The harbour wall of Vellmar is to be rebuilt for 31 million euros after inspectors found cracks in it, the port authority said on Tuesday.

Admiral Ottavio Brandis, who chairs the harbour commission, said the work would take two years. “The sea has been patient with us,” Brandis told reporters.

Nine ships were sent to other ports.
`

func TestBriefOfAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "report.txt")
	if err := os.WriteFile(file, []byte(report), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, errs := sitrep(t, nil, "brief", file)
	if status != exitDone {
		t.Fatalf("status %d: %s", status, errs)
	}
	for _, want := range []string{"Ottavio Brandis", "chairs the harbour commission", "31 million euros", "The sea has been patient with us"} {
		if !strings.Contains(out, want) {
			t.Errorf("the brief lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "VELLMAR, May 5") {
		t.Error("the dateline is no part of what happened")
	}
	status, out, _ = sitrep(t, nil, "brief", "--json", file)
	if status != exitDone || !json.Valid([]byte(out)) {
		t.Errorf("status %d, not JSON: %.200s", status, out)
	}
	if status, out, _ = sitrep(t, nil, "brief", "--explain", file); status != exitDone || len(out) < 200 {
		t.Errorf("--explain: status %d", status)
	}
}

func TestDigestOfFeeds(t *testing.T) {
	t.Parallel()
	room, err := newsroom.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	closeRoom, err := openNewsroom(room)
	if err != nil {
		t.Fatal(err)
	}
	defer closeRoom()
	env := map[string]string{"SITREP_ALLOW_PRIVATE": "127.0.0.0/8"}
	args := []string{"digest", "--since", "48h", "--json"}
	for _, o := range newsroom.Outlets()[4:6] {
		args = append(args, "--feed", room.FeedURL(o.Key))
	}
	status, out, errs := sitrep(t, env, args...)
	if status != exitDone {
		t.Fatalf("status %d: %s", status, errs)
	}
	for _, want := range []string{"St Brannock", "evidence", "Orbit"} {
		if !strings.Contains(out, want) {
			t.Errorf("the digest lacks %q", want)
		}
	}
	status, out, errs = sitrep(t, env, "feeds", "check", room.FeedURL("halcyon"))
	if status != exitDone || !strings.Contains(out, "Halcyon") {
		t.Errorf("feeds check: status %d\n%s%s", status, out, errs)
	}
	db := filepath.Join(t.TempDir(), "s.db")
	env["DATABASE_URL"] = db
	if status, out, errs = sitrep(t, env, "poll", "--once", "--feed", room.FeedURL("fenwick")); status != exitDone || !strings.Contains(out, "1 changed") {
		t.Errorf("poll: status %d\n%s%s", status, out, errs)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if status, _, errs = sitrep(t, env, "backup", copied); status != exitDone {
		t.Errorf("backup: status %d: %s", status, errs)
	}
	if status, out, errs = sitrep(t, map[string]string{"DATABASE_URL": copied}, "migrate"); status != exitDone || !strings.Contains(out, "up to date") {
		t.Errorf("migrate: status %d\n%s%s", status, out, errs)
	}
	if status, out, errs = sitrep(t, map[string]string{"DATABASE_URL": copied}, "doctor"); status != exitFailed || !strings.Contains(out, "Token") {
		t.Errorf("doctor: status %d\n%s%s", status, out, errs)
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.yaml")
	if err := os.WriteFile(broken, []byte("feeds:\n  wrokers: 3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty.txt")
	if err := os.WriteFile(empty, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args   []string
		env    map[string]string
		status int
		want   string
	}{
		"no command":         {nil, nil, exitUsage, "expected one of"},
		"unknown command":    {[]string{"sing"}, nil, exitUsage, "sing"},
		"digest of nothing":  {[]string{"digest"}, nil, exitUsage, "--feed"},
		"no address":         {[]string{"digest", "--feed", "harbour"}, nil, exitUsage, "https://"},
		"bad topics":         {[]string{"digest", "--feed", "https://halcyon.example/feed", "--topics", "(ferry"}, nil, exitUsage, "character"},
		"unknown setting":    {[]string{"poll", "--config", broken}, nil, exitUsage, "wrokers"},
		"private address":    {[]string{"brief", "http://127.0.0.1:9/article"}, nil, exitFailed, "could not be read"},
		"a missing file":     {[]string{"brief", filepath.Join(dir, "none.txt")}, nil, exitUsage, "no file"},
		"an empty file":      {[]string{"brief", empty}, nil, exitFailed, "no text"},
		"database in no dir": {[]string{"poll"}, map[string]string{"DATABASE_URL": filepath.Join(empty, "s.db")}, exitFailed, "can't be made"},
		"model without name": {[]string{"brief", "--engine", "llm", empty}, nil, exitUsage, "summarizer.llm.model"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"DATABASE_URL": filepath.Join(t.TempDir(), "s.db")}
			for k, v := range c.env {
				env[k] = v
			}
			status, out, errs := sitrep(t, env, c.args...)
			if status != c.status || !strings.Contains(errs+out, c.want) {
				t.Errorf("status %d, want %d with %q:\n%s", status, c.status, c.want, errs)
			}
			if strings.Contains(errs, "goroutine ") {
				t.Errorf("it panics:\n%s", errs)
			}
		})
	}
}
