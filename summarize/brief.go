package summarize

import (
	"context"
	"slices"
	"strings"
	"time"

	"sitrep/feeds"
)

// A Summarizer reads one article. It must not fail on hostile text: what it
// can't read, it leaves out. The Brief it returns has passed grounding.
type Summarizer interface {
	Summarize(ctx context.Context, article *feeds.Article) (Brief, error)
}

// A Brief is what a Summarizer read out of one article.
type Brief struct {
	ArticleID    int64         `json:"article,omitempty"`
	Engine       string        `json:"engine"` // which engine wrote it: "embedded", "llm:MODEL"
	Lang         string        `json:"lang"`   // BCP 47 base, "und" when unknown
	Headline     string        `json:"headline"`
	Actors       []Actor       `json:"actors"`              // by salience, first the key actors
	Developments []Development `json:"developments"`        // by weight, heaviest first
	Quotes       []Quote       `json:"quotes"`              // in the order of the text
	LeadOnly     bool          `json:"lead_only,omitempty"` // nothing passed but headline and lead: to be labelled so
}

// ActorType is the kind of an actor.
type ActorType string

const (
	Person ActorType = "person"
	Org    ActorType = "org"
	Place  ActorType = "place"
)

// An Actor is one person, organisation or place as one article speaks of it.
type Actor struct {
	ID       int64     `json:"id,omitempty"` // across articles; 0 before it is resolved
	Name     string    `json:"name"`         // the fullest form in the article
	Type     ActorType `json:"type"`
	Mentions []Mention `json:"mentions"` // every mention, in the order of the text
	Key      bool      `json:"key"`      // among those the article is about
	Salience float64   `json:"salience"` // 0..1 within the article
	Roles    []Role    `json:"roles,omitempty"`
}

// A Mention is one place where an article names an actor. Mentions of kind
// Descriptive ("the admiral") are not names.
type Mention struct {
	Text        string `json:"text"`
	Part        Part   `json:"part"`
	Start       int    `json:"start"` // bytes, as in Evidence
	End         int    `json:"end"`
	Descriptive bool   `json:"descriptive,omitempty"`
	Titled      string `json:"titled,omitempty"` // a name with the title before it, as it stands: "Vice Admiral Ann Roe"
}

// RoleStatus tells how a role holds, as the article states it.
type RoleStatus string

const (
	RoleCurrent  RoleStatus = ""
	RoleFormer   RoleStatus = "former"
	RoleActing   RoleStatus = "acting"
	RoleIncoming RoleStatus = "incoming"
	RoleDeputy   RoleStatus = "deputy"
)

// A Role is an observation: what an article states that an actor is. It is
// dated by its article, and never overwritten by a later one.
type Role struct {
	Text     string     `json:"role"`
	Status   RoleStatus `json:"status,omitempty"`
	Evidence Evidence   `json:"evidence"`
}

// A Development is one statement of what happened. Its Text is a subsequence
// of its evidence's words, or has passed grounding against it.
type Development struct {
	Text     string    `json:"text"`
	Evidence Evidence  `json:"evidence"`
	Weight   float64   `json:"weight"`            // how likely an account of the event would hold it, 0..1; heaviest first
	Actors   []int     `json:"actors,omitempty"`  // indexes into Brief.Actors that act in it
	EventAt  time.Time `json:"event_at,omitzero"` // when it happened, where the text says so
	Why      []string  `json:"why,omitempty"`     // what ranked it here, for --explain
}

// A Quote is an exact quotation.
type Quote struct {
	Text     string   `json:"text"`    // exact, without its outer marks
	Speaker  int      `json:"speaker"` // index into Brief.Actors, -1 where the article doesn't say
	Evidence Evidence `json:"evidence"`
}

// Forms returns every form in which the article names or describes the actor,
// each once: the name first, then titled, bare, short and descriptive forms as
// they come, and the name with the role that stands before it.
func (a Actor) Forms() []string {
	forms := []string{a.Name}
	add := func(s string) {
		if s != "" && !slices.Contains(forms, s) {
			forms = append(forms, s)
		}
	}
	for _, m := range a.Mentions {
		add(m.Titled)
		add(m.Text)
	}
	for _, r := range a.Roles {
		e := r.Evidence.Text
		if len(e) > 80 || strings.ContainsAny(e, ",;:—\n") || !strings.HasSuffix(e, a.Name) && !a.named(e) {
			continue
		}
		if i := strings.Index(e, r.Text); i >= 0 {
			add(e[i:])
		}
	}
	return forms
}

// named reports that a text ends with one of the actor's names.
func (a Actor) named(s string) bool {
	for _, m := range a.Mentions {
		if !m.Descriptive && strings.HasSuffix(s, m.Text) {
			return true
		}
	}
	return false
}
