// Command sitrep is a news-briefing bot for Discord: it polls feeds, reads the
// new articles, joins those of one event into stories, and posts digests and
// alerts in which every line can be traced to the sentence that says so.
//
// This folder is the front door: the subcommands, and the wiring of the rooms.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"sitrep/config"
)

// version is set by the linker for releases.
var version = "dev"

// Exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// errUsage marks mistakes in how the program was called or set up.
var errUsage = errors.New("wrong usage")

// usage returns an error that ends the program with status 2.
func usage(format string, args ...any) error {
	return fmt.Errorf("%w%s", errUsage, "\x00"+fmt.Sprintf(format, args...))
}

type cli struct {
	Config  string           `help:"Configuration file (YAML)." type:"path" env:"SITREP_CONFIG" placeholder:"FILE"`
	Version kong.VersionFlag `help:"Print the version."`

	Demo    demoCmd    `cmd:"" help:"The whole main job with nothing set up: a bundled newsroom, a simulated Discord, the real bot."`
	Run     runCmd     `cmd:"" help:"Run the bot."`
	Digest  digestCmd  `cmd:"" help:"A digest of feeds in the terminal; no Discord."`
	Brief   briefCmd   `cmd:"" help:"One article's brief in the terminal."`
	Poll    pollCmd    `cmd:"" help:"One polling round over what is due."`
	Analyse analyseCmd `cmd:"" help:"Analyse a file of articles, for measuring."`
	Eval    evalCmd    `cmd:"" help:"Measure a part against labelled data."`
	Train   trainCmd   `cmd:"" help:"Train the embedded model."`
	Feeds   feedsCmd   `cmd:"" help:"Look at feeds."`
	Doctor  doctorCmd  `cmd:"" help:"Check configuration, database, token, permissions and clock, and say how to mend each."`
	Migrate migrateCmd `cmd:"" help:"Bring the database up to date, or move it."`
	Backup  backupCmd  `cmd:"" help:"Write a copy of the database while the bot runs."`
}

// A program is one run: where it reads and writes, and what it was told.
type program struct {
	ctx    context.Context
	stdout io.Writer
	stderr io.Writer
	env    config.Environ
	file   string // configuration file, "" = none
	log    *slog.Logger
	hush   *discretion
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.Getenv)
	stop()
	os.Exit(status)
}

// run is the program without its process: tests call it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, env config.Environ) (status int) {
	var c cli
	hush := &discretion{}
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("sitrep"),
		kong.Description("A news-briefing bot for Discord: who did what, from your feeds, with receipts."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code; panic(exitPanic{}) }),
		kong.Vars{"version": version},
		kong.UsageOnError(),
	)
	if err != nil {
		fmt.Fprintln(stderr, "sitrep:", err)
		return exitFailed
	}
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(exitPanic); !ok {
				fmt.Fprintf(stderr, "sitrep: panicked: %s\n%s", hush.say(fmt.Sprint(r)), hush.say(string(debug.Stack())))
				status = exitFailed
				return
			}
			status = exited
			if status != exitDone {
				status = exitUsage
			}
		}
	}()
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "sitrep: %s\nTry `sitrep --help`.\n", hush.say(err.Error()))
		return exitUsage
	}
	p := &program{ctx: ctx, stdout: stdout, stderr: stderr, env: env, file: c.Config, log: slog.New(slog.DiscardHandler), hush: hush}
	if err := parsed.Run(p); err != nil {
		text := err.Error()
		status = exitFailed
		if errors.Is(err, errUsage) {
			status = exitUsage
			_, text, _ = strings.Cut(text, "\x00")
		}
		fmt.Fprintln(stderr, "sitrep:", hush.say(text))
		return status
	}
	return exitDone
}

// exitPanic unwinds from kong, which expects its exit function not to return.
type exitPanic struct{}

// config loads the configuration; what is wrong with it is a matter of usage.
func (p *program) config() (*config.Config, error) {
	c, err := config.Load(p.file, p.env)
	if err != nil {
		return nil, usage("%v", err)
	}
	p.hush.learn(c)
	return c, nil
}

// logger writes to standard error as the configuration says.
func (p *program) logger(c *config.Config) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Log.Level)) // the configuration has checked it
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: p.hush.attr}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, options))
	}
	return slog.New(slog.NewTextHandler(p.stderr, options))
}
