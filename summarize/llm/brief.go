package llm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"sitrep/feeds"
	"sitrep/summarize"
	"sitrep/summarize/grounding"
	"sitrep/summarize/text"
)

const (
	// articleBudget is how much of an article a prompt holds, in bytes: about 4,000 tokens of English.
	articleBudget = 16_000
	maxBriefOut   = 2_000 // tokens
	maxTries      = 2
)

// A Cache keeps answers by the hash of everything that the prompt saw, so that
// the same question is never paid twice.
type Cache interface {
	CachedAnswer(ctx context.Context, key string) ([]byte, bool, error)
	CacheAnswer(ctx context.Context, key string, answer []byte, at time.Time) error
}

// Config configures an Engine.
type Config struct {
	Model    Model
	Fallback summarize.Summarizer // the embedded engine
	Budget   *Budget
	Cache    Cache         // nil = none
	Timeout  time.Duration // of one call; 0 = 30 s
	// Patience is how long a question may wait until a rate limit or the breaker lets it go, where nobody waits for the
	// answer: to measure a model. 0 = it doesn't wait; the embedded engine answers.
	Patience time.Duration
	Log      *slog.Logger // nil = slog.Default()
	Now      func() time.Time
	// For tells on whose behalf an article is read: a guild id for the budget ("" = the installation), and whether its
	// text may go to the model at all. Nil = any article may.
	For func(ctx context.Context, a *feeds.Article) (guild string, allowed bool, err error)
	// Report is called with the outcome of every question; may be nil.
	Report func(Outcome)
}

// An Outcome is what became of one question.
type Outcome struct {
	Task    string // "brief", "bottom line", "headline", "merge", "translate"
	Result  string // "ok", "cached", "budget", "breaker", "refused", "unusable", "limited", "failed", "opted out"
	In, Out int
	Dropped int // claims that didn't pass grounding
	Took    time.Duration
}

// An Engine reads articles with a model, and with the embedded engine where the
// model can't or may not.
type Engine struct {
	cfg     Config
	breaker breaker
}

// New returns an Engine.
func New(cfg Config) *Engine {
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Engine{cfg: cfg, breaker: breaker{threshold: 5, pause: 2 * time.Minute, now: cfg.Now}}
}

// Model is the model's name.
func (e *Engine) Model() string { return e.cfg.Model.Name() }

// Summarize reads an article. Whatever happens to the model, a brief comes
// back; its Engine tells who wrote it.
func (e *Engine) Summarize(ctx context.Context, a *feeds.Article) (summarize.Brief, error) {
	base, err := e.cfg.Fallback.Summarize(ctx, a)
	if err != nil {
		return base, err
	}
	if strings.TrimSpace(a.Text) == "" {
		return base, nil
	}
	guild := ""
	if e.cfg.For != nil {
		var allowed bool
		guild, allowed, err = e.cfg.For(ctx, a)
		if err != nil || !allowed {
			e.report(Outcome{Task: "brief", Result: "opted out"})
			return base, nil
		}
	}
	var draft briefDraft
	out, err := e.ask(ctx, "brief", guild, Request{System: briefTask, Data: dataOf(a, articleBudget), Name: "brief", Schema: briefSchema, MaxTokens: maxBriefOut}, &draft)
	if err != nil {
		e.report(out)
		e.cfg.Log.Info("the embedded engine briefs instead", "article", a.ID, "reason", out.Result, "err", err)
		return base, nil
	}
	brief, dropped := grounding.Check(a, draft.brief(a, base, "llm:"+e.cfg.Model.Name()))
	out.Dropped = len(dropped)
	e.report(out)
	if len(brief.Developments) == 0 {
		e.cfg.Log.Info("nothing of the model's brief could be traced; the embedded engine briefs instead", "article", a.ID, "dropped", len(dropped))
		return base, nil
	}
	return brief, nil
}

// briefDraft is a model's brief before anything of it is believed.
type briefDraft struct {
	Headline string `json:"headline"`
	Actors   []struct {
		Name    string   `json:"name"`
		Type    string   `json:"type"`
		Key     bool     `json:"key"`
		Aliases []string `json:"aliases"`
		Roles   []struct {
			Role     string `json:"role"`
			Evidence string `json:"evidence"`
		} `json:"roles"`
	} `json:"actors"`
	Developments []struct {
		Text     string   `json:"text"`
		Evidence string   `json:"evidence"`
		Actors   []string `json:"actors"`
	} `json:"developments"`
	Quotes []struct {
		Text    string  `json:"text"`
		Speaker *string `json:"speaker"`
	} `json:"quotes"`
}

// brief turns a draft into a Brief with located evidence, ready for the gate.
// What the embedded engine knows of the actors (mentions, descriptions, types)
// stays; the model adds roles and decides who matters.
func (d *briefDraft) brief(a *feeds.Article, base summarize.Brief, engine string) summarize.Brief {
	b := summarize.Brief{ArticleID: a.ID, Engine: engine, Lang: base.Lang, Headline: a.Title}
	if base.Headline != "" {
		b.Headline = base.Headline
	}
	b.Actors = slices.Clone(base.Actors)
	for i := range b.Actors {
		b.Actors[i].Roles = slices.Clone(b.Actors[i].Roles)
	}
	index := func(name string) int {
		name = text.Fold(strings.TrimSpace(name))
		if name == "" {
			return -1
		}
		for i, actor := range b.Actors {
			if text.Fold(actor.Name) == name {
				return i
			}
			for _, m := range actor.Mentions {
				if text.Fold(m.Text) == name {
					return i
				}
			}
		}
		return -1
	}
	for _, claimed := range d.Actors {
		i := index(claimed.Name)
		if i < 0 {
			mentions := grounding.Mentions(a, claimed.Name)
			if len(mentions) == 0 {
				continue // the article names nobody so
			}
			kind := summarize.ActorType(claimed.Type)
			if kind != summarize.Person && kind != summarize.Org && kind != summarize.Place {
				continue
			}
			b.Actors = append(b.Actors, summarize.Actor{Name: mentions[0].Text, Type: kind, Mentions: mentions})
			i = len(b.Actors) - 1
		}
		b.Actors[i].Key = b.Actors[i].Key || claimed.Key
		for _, role := range claimed.Roles {
			evidence, ok := locate(a, role.Evidence)
			if !ok || slices.ContainsFunc(b.Actors[i].Roles, func(r summarize.Role) bool { return strings.EqualFold(r.Text, role.Role) }) {
				continue
			}
			b.Actors[i].Roles = append(b.Actors[i].Roles, summarize.Role{Text: role.Role, Evidence: evidence})
		}
	}
	for n, claimed := range d.Developments {
		if n == 8 {
			break
		}
		evidence, ok := locate(a, claimed.Evidence)
		if !ok {
			continue
		}
		dev := summarize.Development{Text: claimed.Text, Evidence: evidence, Weight: 1 - float64(n)/10, Why: []string{"chosen by the language model"}}
		for _, name := range claimed.Actors {
			if i := index(name); i >= 0 && !slices.Contains(dev.Actors, i) {
				dev.Actors = append(dev.Actors, i)
			}
		}
		b.Developments = append(b.Developments, dev)
	}
	b.Quotes = slices.Clone(base.Quotes)
	for _, claimed := range d.Quotes {
		evidence, ok := locate(a, claimed.Text)
		if !ok || slices.ContainsFunc(b.Quotes, func(q summarize.Quote) bool {
			return q.Evidence.Start < evidence.End && evidence.Start < q.Evidence.End
		}) {
			continue
		}
		q := summarize.Quote{Text: evidence.Text, Speaker: -1, Evidence: evidence}
		if claimed.Speaker != nil {
			q.Speaker = index(*claimed.Speaker)
		}
		b.Quotes = append(b.Quotes, q)
	}
	return b
}

func locate(a *feeds.Article, evidence string) (summarize.Evidence, bool) {
	start, end, ok := grounding.Find(a.Text, evidence)
	if !ok {
		return summarize.Evidence{}, false
	}
	return summarize.Evidence{ArticleID: a.ID, Part: summarize.PartText, Start: start, End: end, Text: a.Text[start:end]}, true
}

// ask puts one question to the model, within breaker, budget, deadline and two
// tries, and decodes the answer.
func (e *Engine) ask(ctx context.Context, task, guild string, r Request, into any) (Outcome, error) {
	out := Outcome{Task: task}
	start := e.cfg.Now()
	defer func() { out.Took = e.cfg.Now().Sub(start) }()
	key := keyOf(e.cfg.Model.Name(), r)
	if e.cfg.Cache != nil {
		answer, ok, err := e.cfg.Cache.CachedAnswer(ctx, key)
		if err != nil {
			e.cfg.Log.Warn("the answers' cache", "err", err)
		}
		if ok && decode(answer, into) == nil {
			out.Result = "cached"
			return out, nil
		}
	}
	var last error
	for tries := 0; tries < maxTries; {
		if !e.breaker.allow() {
			if e.waited(ctx, start) {
				continue
			}
			out.Result = "breaker"
			return out, errors.Join(errors.New("the model has failed too often; waiting"), last)
		}
		tries++
		answer, err := e.try(ctx, guild, r)
		out.In += answer.In
		out.Out += answer.Out
		var limit *LimitError
		switch {
		case err == nil:
			if err = decode(answer.JSON, into); err == nil {
				e.breaker.done(true, 0)
				out.Result = "ok"
				if e.cfg.Cache != nil {
					if err := e.cfg.Cache.CacheAnswer(ctx, key, answer.JSON, e.cfg.Now()); err != nil {
						e.cfg.Log.Warn("the answers' cache", "err", err)
					}
				}
				return out, nil
			}
			out.Result = "unusable"
			e.breaker.done(true, 0) // it is there, only no use
		case errors.Is(err, ErrBudget):
			e.breaker.done(true, 0)
			out.Result = "budget"
			return out, err
		case errors.Is(err, ErrRefused):
			e.breaker.done(true, 0)
			out.Result = "refused"
			return out, err
		case errors.As(err, &limit):
			e.breaker.done(false, limit.After)
			if e.waited(ctx, start) {
				tries--
				continue
			}
			out.Result = "limited"
			return out, err
		case errors.Is(err, ErrSetup):
			e.breaker.done(false, 10*time.Minute)
			e.cfg.Log.Error("language model", "err", err)
			out.Result = "failed"
			return out, err
		case errors.Is(err, ErrUnusable):
			e.breaker.done(true, 0)
			out.Result = "unusable"
		default:
			e.breaker.done(false, 0)
			out.Result = "failed"
		}
		last = err
		if ctx.Err() != nil {
			break
		}
	}
	return out, last
}

// waited waits until the breaker lets requests go, and reports whether it did: a
// question that was asked at start has patience only so long.
func (e *Engine) waited(ctx context.Context, start time.Time) bool {
	if e.cfg.Patience == 0 {
		return false
	}
	now := e.cfg.Now()
	pause := max(e.breaker.pausedUntil().Sub(now), time.Second) // a second, where another question is trying
	if now.Add(pause).After(start.Add(e.cfg.Patience)) {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// try makes one call: reserved before, settled after.
func (e *Engine) try(ctx context.Context, guild string, r Request) (answer Answer, err error) {
	in := tokensIn(r.System) + tokensIn(r.Data) + tokensIn(string(r.Schema))
	var res *reservation
	if e.cfg.Budget != nil {
		if res, err = e.cfg.Budget.reserve(ctx, guild, in, r.MaxTokens); err != nil {
			return Answer{}, err
		}
	}
	call, cancel := context.WithTimeout(ctx, e.cfg.Timeout)
	defer cancel()
	answer, err = e.cfg.Model.Ask(call, r)
	if res != nil {
		usedIn, usedOut := answer.In, answer.Out
		if usedIn == 0 && err == nil {
			usedIn, usedOut = in, tokensIn(string(answer.JSON)) // the server doesn't say
		} else if usedIn == 0 && call.Err() != nil {
			usedIn = in // it may well have been counted
		}
		if serr := e.cfg.Budget.settle(context.WithoutCancel(ctx), res, usedIn, usedOut); serr != nil {
			e.cfg.Log.Error("language model", "err", serr)
		}
	}
	return answer, err
}

func (e *Engine) report(o Outcome) {
	if e.cfg.Report != nil {
		e.cfg.Report(o)
	}
}

// keyOf hashes everything that the model would see.
func keyOf(model string, r Request) string {
	h := sha256.New()
	for _, part := range []string{promptVersion, model, r.System, r.Name, string(r.Schema), r.Data} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// decode reads a model's document strictly enough: types must fit, unknown keys
// are ignored.
func decode(doc []byte, into any) error {
	if err := json.Unmarshal(doc, into); err != nil {
		return fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	return nil
}
