package actors

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sitrep/summarize"
	"sitrep/summarize/text"
)

// A Directory keeps the known actors in memory, finds those that an article's
// actor may be, and lets an operator merge and split them, with undo. A store
// keeps the same by the pure functions that it is made of: Resolve, Learn,
// Merge, Split and Operation.Inverse. It is not safe for concurrent use.
type Directory struct {
	actors    map[int64]summarize.KnownActor
	byAlias   map[string][]int64
	redirects map[int64]int64 // merged actors to those that took them over
	next      int64
}

// NewDirectory returns one that holds the given actors.
func NewDirectory(known ...summarize.KnownActor) *Directory {
	d := &Directory{actors: map[int64]summarize.KnownActor{}, byAlias: map[string][]int64{}, redirects: map[int64]int64{}, next: 1}
	for _, k := range known {
		d.put(k)
	}
	return d
}

// AliasKey returns the form by which aliases are looked up: folded, without
// article and diacritics, bodies' generic nouns in one language.
func AliasKey(alias string, kind summarize.ActorType) string {
	ws := nameWords(alias)
	if kind == summarize.Org {
		if b := worldBody(ws); b != "" {
			return text.FoldPlain(b)
		}
		return strings.Join(canonical(ws), " ")
	}
	if kind == summarize.Place {
		if c := country(strings.Join(ws, " ")); c != "" {
			return c
		}
	}
	return strings.Join(ws, " ")
}

func (d *Directory) put(k summarize.KnownActor) {
	d.drop(k.ID)
	d.actors[k.ID] = k
	d.next = max(d.next, k.ID+1)
	for _, key := range keysOf(k) {
		if !slices.Contains(d.byAlias[key], k.ID) {
			d.byAlias[key] = append(d.byAlias[key], k.ID)
		}
	}
}

func (d *Directory) drop(id int64) {
	k, ok := d.actors[id]
	if !ok {
		return
	}
	for _, key := range keysOf(k) {
		if ids := slices.DeleteFunc(slices.Clone(d.byAlias[key]), func(x int64) bool { return x == id }); len(ids) > 0 {
			d.byAlias[key] = ids
		} else {
			delete(d.byAlias, key)
		}
	}
	delete(d.actors, id)
}

// keysOf are the keys under which an actor is found: its aliases', and for a
// person the surname's.
func keysOf(k summarize.KnownActor) []string {
	var keys []string
	add := func(s string) {
		if s != "" && !slices.Contains(keys, s) {
			keys = append(keys, s)
		}
	}
	for _, a := range append([]string{k.Name}, k.Aliases...) {
		add(AliasKey(a, k.Type))
	}
	if k.Type == summarize.Person {
		if ws := nameWords(k.Name); len(ws) > 1 {
			add(ws[len(ws)-1])
		}
	}
	if k.Type == summarize.Org {
		add(strings.Join(kindless(canonical(nameWords(k.Name))), " "))
	}
	return keys
}

// Candidates returns the known actors that share a form of name with an
// article's actor.
func (d *Directory) Candidates(local summarize.Actor) []summarize.KnownActor {
	seen := map[int64]bool{}
	var ids []int64
	forms := formsOf(local)
	keys := make([]string, 0, len(forms)+1)
	for _, f := range forms {
		keys = append(keys, AliasKey(f, local.Type))
	}
	if local.Type == summarize.Person {
		if ws := nameWords(local.Name); len(ws) > 1 {
			keys = append(keys, ws[len(ws)-1])
		}
	}
	if local.Type == summarize.Org {
		keys = append(keys, strings.Join(kindless(canonical(nameWords(local.Name))), " "))
	}
	for _, key := range keys {
		if key == "" {
			continue
		}
		for _, id := range d.byAlias[key] {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	out := make([]summarize.KnownActor, 0, len(ids))
	for _, id := range ids {
		out = append(out, d.actors[id])
	}
	return out
}

// Observe resolves an article's actor and learns it: what it was decided to be
// gains its aliases and company, or a new actor is opened for it.
func (d *Directory) Observe(local summarize.Actor, context []string, at time.Time) (summarize.KnownActor, Decision) {
	decision := Resolve(local, context, d.Candidates(local))
	var k summarize.KnownActor
	if decision.ID != 0 {
		k = Learn(d.actors[decision.ID], local, context, at)
	} else {
		k = Learn(summarize.KnownActor{ID: d.next, Type: local.Type, Provisional: decision.Provisional}, local, context, at)
	}
	d.put(k)
	return k, decision
}

// Bounds of what is kept of an actor.
const (
	maxAliases = 40
	maxContext = 80
)

// Learn returns a known actor with what an article adds to it: forms of its
// name, company, a fuller name. It no longer is provisional once its full name
// is known.
func Learn(k summarize.KnownActor, local summarize.Actor, context []string, at time.Time) summarize.KnownActor {
	k.Aliases, k.Context = slices.Clone(k.Aliases), slices.Clone(k.Context)
	if k.Name == "" || k.Provisional && len(nameWords(local.Name)) > len(nameWords(k.Name)) {
		k.Name = local.Name
		k.Provisional = provisional(local)
	}
	for _, f := range formsOf(local) {
		if !slices.Contains(k.Aliases, f) && len(k.Aliases) < maxAliases {
			k.Aliases = append(k.Aliases, f)
		}
	}
	for _, m := range local.Mentions {
		if m.Titled != "" && !slices.Contains(k.Aliases, m.Titled) && len(k.Aliases) < maxAliases {
			k.Aliases = append(k.Aliases, m.Titled)
		}
	}
	for _, c := range context {
		if i := slices.Index(k.Context, c); i >= 0 {
			k.Context = slices.Delete(k.Context, i, i+1) // moves to the end: seen again
		}
		k.Context = append(k.Context, c)
	}
	if n := len(k.Context) - maxContext; n > 0 {
		k.Context = slices.Delete(k.Context, 0, n)
	}
	if at.After(k.LastSeenAt) {
		k.LastSeenAt = at
	}
	k.Mentions++
	return k
}

// OperationKind is what an operator did to the known actors.
type OperationKind string

const (
	OpMerge OperationKind = "merge" // From became part of Into
	OpSplit OperationKind = "split" // From was taken out of Into
)

// An Operation is a merge or a split as a value: enough to do it, to show it and
// to undo it. A store logs it and moves what hangs on the actors (observations,
// mentions): on a merge all of From's to Into; on a split those of Into that go
// by one of Aliases to From.
type Operation struct {
	Kind    OperationKind        `json:"kind"`
	Into    int64                `json:"into"`
	From    summarize.KnownActor `json:"from"`    // as it was before a merge, as it is after a split
	Aliases []string             `json:"aliases"` // what Into gains by the merge, or loses by the split
	Context []string             `json:"context,omitempty"`
	Moved   int                  `json:"moved,omitempty"` // articles that From brought or took
}

// Inverse returns the operation that undoes this one.
func (op Operation) Inverse() Operation {
	switch op.Kind {
	case OpMerge:
		op.Kind = OpSplit
	case OpSplit:
		op.Kind = OpMerge
	}
	return op
}

// Errors of operations.
var (
	ErrUnknown  = errors.New("no such actor")
	ErrSame     = errors.New("an actor can't be merged with itself")
	ErrKinds    = errors.New("a person, an organisation and a place can't be one actor")
	ErrNotAlias = errors.New("no alias of that actor")
	ErrAll      = errors.New("an actor can't be split from all of its names")
)

// Merge returns the actor that into becomes when from is merged into it, and
// the operation.
func Merge(into, from summarize.KnownActor) (summarize.KnownActor, Operation, error) {
	if into.ID == from.ID {
		return into, Operation{}, ErrSame
	}
	if into.Type != from.Type {
		return into, Operation{}, ErrKinds
	}
	op := Operation{Kind: OpMerge, Into: into.ID, From: clone(from), Moved: from.Mentions}
	for _, a := range append([]string{from.Name}, from.Aliases...) {
		if a != into.Name && !slices.Contains(into.Aliases, a) && !slices.Contains(op.Aliases, a) {
			op.Aliases = append(op.Aliases, a)
		}
	}
	for _, c := range from.Context {
		if !slices.Contains(into.Context, c) {
			op.Context = append(op.Context, c)
		}
	}
	return merged(into, op), op, nil
}

func merged(into summarize.KnownActor, op Operation) summarize.KnownActor {
	into = clone(into)
	into.Aliases = append(into.Aliases, op.Aliases...)
	into.Context = append(into.Context, op.Context...)
	into.Mentions += op.Moved
	if op.From.LastSeenAt.After(into.LastSeenAt) {
		into.LastSeenAt = op.From.LastSeenAt
	}
	into.Provisional = into.Provisional && op.From.Provisional
	return into
}

// Split returns what is left of an actor when it no longer goes by some of its
// aliases, the new actor that goes by them under the given id, and the
// operation.
func Split(k summarize.KnownActor, aliases []string, id int64) (left, taken summarize.KnownActor, op Operation, err error) {
	if len(aliases) == 0 {
		return k, taken, op, ErrNotAlias
	}
	for _, a := range aliases {
		if a != k.Name && !slices.Contains(k.Aliases, a) {
			return k, taken, op, fmt.Errorf("%q: %w", a, ErrNotAlias)
		}
	}
	name := slices.MaxFunc(aliases, func(x, y string) int { return len(nameWords(x)) - len(nameWords(y)) })
	taken = summarize.KnownActor{ID: id, Name: name, Type: k.Type, Aliases: slices.Clone(aliases), LastSeenAt: k.LastSeenAt}
	taken.Provisional = provisional(summarize.Actor{Name: name, Type: k.Type})
	op = Operation{Kind: OpSplit, Into: k.ID, From: clone(taken), Aliases: slices.Clone(aliases)}
	left = split(k, op)
	if left.Name == "" {
		return k, summarize.KnownActor{}, Operation{}, ErrAll
	}
	return left, taken, op, nil
}

func split(k summarize.KnownActor, op Operation) summarize.KnownActor {
	k = clone(k)
	gone := func(s string) bool { return slices.Contains(op.Aliases, s) }
	k.Aliases = slices.DeleteFunc(k.Aliases, gone)
	k.Context = slices.DeleteFunc(k.Context, func(s string) bool { return slices.Contains(op.Context, s) })
	if gone(k.Name) {
		k.Name = ""
		for _, a := range k.Aliases {
			if len(nameWords(a)) > len(nameWords(k.Name)) {
				k.Name = a
			}
		}
	}
	k.Mentions = max(0, k.Mentions-op.Moved)
	return k
}

func clone(k summarize.KnownActor) summarize.KnownActor {
	k.Aliases, k.Context = slices.Clone(k.Aliases), slices.Clone(k.Context)
	return k
}

// Get returns a known actor; a merged one under the actor that took it over.
func (d *Directory) Get(id int64) (summarize.KnownActor, bool) {
	for range len(d.redirects) + 1 {
		to, ok := d.redirects[id]
		if !ok {
			break
		}
		id = to
	}
	k, ok := d.actors[id]
	return k, ok
}

// All returns the known actors by id.
func (d *Directory) All() []summarize.KnownActor {
	out := make([]summarize.KnownActor, 0, len(d.actors))
	for _, id := range slices.Sorted(maps.Keys(d.actors)) {
		out = append(out, d.actors[id])
	}
	return out
}

// Merge makes one known actor part of another.
func (d *Directory) Merge(into, from int64) (Operation, error) {
	a, ok := d.actors[into]
	b, ok2 := d.actors[from]
	if !ok || !ok2 {
		return Operation{}, ErrUnknown
	}
	_, op, err := Merge(a, b)
	if err != nil {
		return op, err
	}
	return op, d.Apply(op)
}

// Split takes some of its aliases from a known actor and opens a new one for
// them.
func (d *Directory) Split(id int64, aliases []string) (Operation, error) {
	k, ok := d.actors[id]
	if !ok {
		return Operation{}, ErrUnknown
	}
	_, _, op, err := Split(k, aliases, d.next)
	if err != nil {
		return op, err
	}
	return op, d.Apply(op)
}

// Undo takes an operation back. What was learned since stays with Into.
func (d *Directory) Undo(op Operation) (Operation, error) {
	inverse := op.Inverse()
	return inverse, d.Apply(inverse)
}

// Apply does an operation that was made before: replaying a log of them leads
// to the same directory.
func (d *Directory) Apply(op Operation) error {
	into, ok := d.actors[op.Into]
	if !ok {
		return fmt.Errorf("%s into %d: %w", op.Kind, op.Into, ErrUnknown)
	}
	switch op.Kind {
	case OpMerge:
		d.drop(op.From.ID)
		d.put(merged(into, op))
		d.redirects[op.From.ID] = op.Into
	case OpSplit:
		left := split(into, op)
		if left.Name == "" {
			return ErrAll
		}
		delete(d.redirects, op.From.ID)
		d.put(left)
		d.put(clone(op.From))
	default:
		return fmt.Errorf("unknown operation %q", op.Kind)
	}
	return nil
}
