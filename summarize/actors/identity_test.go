package actors

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sitrep/summarize"
)

func known(id int64, name string, kind summarize.ActorType, context []string, aliases ...string) summarize.KnownActor {
	return summarize.KnownActor{ID: id, Name: name, Type: kind, Aliases: append([]string{name}, aliases...), Context: context, Mentions: 1}
}

func local(name string, kind summarize.ActorType, forms ...string) summarize.Actor {
	a := summarize.Actor{Name: name, Type: kind, Mentions: []summarize.Mention{{Text: name, Part: summarize.PartText}}}
	for _, f := range forms {
		a.Mentions = append(a.Mentions, summarize.Mention{Text: f, Part: summarize.PartText})
	}
	return a
}

func TestResolve(t *testing.T) {
	t.Parallel()
	norway := []string{"norway", "oslo", "inga sol", "defence"}
	for _, tc := range []struct {
		name    string
		local   summarize.Actor
		context []string
		known   []summarize.KnownActor
		want    int64
		prov    bool
	}{
		{"same full name", local("Inga Solberg", summarize.Person), norway, []summarize.KnownActor{known(1, "Inga Solberg", summarize.Person, norway)}, 1, false},
		{"without diacritics", local("Siv Holmbo", summarize.Person), nil, []summarize.KnownActor{known(1, "Siv Holmbø", summarize.Person, nil)}, 1, false},
		{"middle name left out", local("Marcus Hollo", summarize.Person), nil, []summarize.KnownActor{known(1, "Marcus T. Hollo", summarize.Person, nil)}, 1, false},
		{"another of the surname", local("Marte Solberg", summarize.Person), norway, []summarize.KnownActor{known(1, "Inga Solberg", summarize.Person, norway)}, 0, false},
		{"an initial is no name", local("J. R. Adeyemi", summarize.Person), nil, []summarize.KnownActor{known(1, "Patience Adeyemi", summarize.Person, nil)}, 0, false},
		{"namesake in other company", local("John Smith", summarize.Person), []string{"a", "b", "c", "d", "e", "f"}, []summarize.KnownActor{known(1, "John Smith", summarize.Person, []string{"g", "h", "i", "j", "k", "l"})}, 0, false},
		{"surname alone", local("Solberg", summarize.Person), nil, []summarize.KnownActor{known(1, "Inga Solberg", summarize.Person, norway)}, 0, true},
		{"surname in its company", local("Solberg", summarize.Person), norway, []summarize.KnownActor{known(1, "Inga Solberg", summarize.Person, norway)}, 1, false},
		{"never across kinds", local("Quill Marsh", summarize.Org), nil, []summarize.KnownActor{known(1, "Quill Marsh", summarize.Person, nil)}, 0, false},
		{"legal form", local("Fjordlink", summarize.Org), nil, []summarize.KnownActor{known(1, "Fjordlink AS", summarize.Org, nil)}, 1, false},
		{"in another language", local("Instituto Osvaldo Tavar", summarize.Org), nil, []summarize.KnownActor{known(1, "Osvaldo Tavar Institute", summarize.Org, nil)}, 1, false},
		{"international body in another language", local("Organização Mundial da Saúde", summarize.Org), nil, []summarize.KnownActor{known(1, "World Health Organization", summarize.Org, nil)}, 1, false},
		{"a country's body in another language", local("Tschechische Nationalbank", summarize.Org), []string{"czech republic"}, []summarize.KnownActor{known(1, "Czech National Bank", summarize.Org, []string{"czech republic"})}, 1, false},
		{"one acronym, two bodies", local("Office of Automation Standards", summarize.Org, "OAS"), []string{"canada"}, []summarize.KnownActor{known(1, "Organization of American States", summarize.Org, []string{"paraguay"}, "OAS")}, 0, false},
		{"a senate in another country", local("Senate", summarize.Org), []string{"canada", "toronto"}, []summarize.KnownActor{known(1, "Senate", summarize.Org, []string{"paraguay", "asuncion"})}, 0, true},
		{"a senate in the same country", local("Senate", summarize.Org), []string{"canada", "toronto"}, []summarize.KnownActor{known(1, "Senate", summarize.Org, []string{"canada", "halifax"})}, 1, false},
		{"two companies of one first name", local("Castell Ventures", summarize.Org), nil, []summarize.KnownActor{known(1, "Castell Marine", summarize.Org, nil, "Castell")}, 0, false},
		{"two bearers", local("Jo Lund", summarize.Person), nil, []summarize.KnownActor{known(1, "Jo Lund", summarize.Person, nil), known(2, "Jo Lund", summarize.Person, nil)}, 0, true},
		{"two bearers, one in its company", local("Jo Lund", summarize.Person), norway, []summarize.KnownActor{known(1, "Jo Lund", summarize.Person, nil), known(2, "Jo Lund", summarize.Person, norway)}, 2, false},
		{"country in another language", local("Norwegen", summarize.Place), nil, []summarize.KnownActor{known(1, "Norway", summarize.Place, nil)}, 1, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := Resolve(tc.local, tc.context, tc.known); got.ID != tc.want || got.Provisional != tc.prov {
				t.Errorf("got %+v, want id %d, provisional %t", got, tc.want, tc.prov)
			}
		})
	}
}

func TestDirectoryFindsByAlias(t *testing.T) {
	t.Parallel()
	d := NewDirectory(known(7, "Averley Port Authority", summarize.Org, []string{"x", "y"}, "APA"))
	if got := d.Candidates(local("APA", summarize.Org)); len(got) != 1 || got[0].ID != 7 {
		t.Errorf("got %+v", got)
	}
	at := time.Date(2026, 5, 6, 0, 0, 0, 0, time.UTC)
	k, decision := d.Observe(local("Averley Port Authority", summarize.Org, "the authority"), []string{"z"}, at)
	if decision.ID != 7 || k.Mentions != 2 || !k.LastSeenAt.Equal(at) {
		t.Errorf("got %+v, %+v", k, decision)
	}
	if k, _ := d.Observe(local("Ann Roe", summarize.Person), nil, at); k.ID != 8 {
		t.Errorf("a new actor got id %d", k.ID)
	}
}

func TestMergeSplitUndo(t *testing.T) {
	t.Parallel()
	setup := func() *Directory {
		return NewDirectory(known(1, "Ann Roe", summarize.Person, []string{"a"}), known(2, "A. Roe", summarize.Person, []string{"b"}, "Mayor Roe"), known(3, "Roe Ltd", summarize.Org, nil))
	}
	d := setup()
	before := d.All()
	op, err := d.Merge(1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if k, ok := d.Get(2); !ok || k.ID != 1 || k.Mentions != 2 {
		t.Errorf("the merged actor leads to %+v", k)
	}
	// What is learned in between stays.
	d.Observe(local("Ann Roe", summarize.Person, "Annie Roe"), nil, time.Time{})
	if _, err := d.Undo(op); err != nil {
		t.Fatal(err)
	}
	k, _ := d.Get(1)
	if len(k.Aliases) != 2 || k.Aliases[1] != "Annie Roe" || k.Mentions != 2 {
		t.Errorf("after undo: %+v", k)
	}
	if got, _ := d.Get(2); !cmp.Equal(got, before[1]) {
		t.Errorf("the other: %s", cmp.Diff(before[1], got))
	}

	split, err := d.Split(2, []string{"Mayor Roe"})
	if err != nil {
		t.Fatal(err)
	}
	if k, _ := d.Get(split.From.ID); k.Name != "Mayor Roe" {
		t.Errorf("the split actor is %+v", k)
	}
	if k, _ := d.Get(2); len(k.Aliases) != 1 || k.Aliases[0] != "A. Roe" {
		t.Errorf("what it was split from is %+v", k)
	}
	if _, err := d.Undo(split); err != nil {
		t.Fatal(err)
	}
	if got, _ := d.Get(split.From.ID); got.ID != 2 {
		t.Errorf("after undo of the split: %+v", got)
	}

	// A log of operations replays to the same state.
	log := []Operation{op, op.Inverse()}
	again := setup()
	for _, op := range log {
		if err := again.Apply(op); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(before, again.All()); diff != "" {
		t.Error(diff)
	}

	for _, tc := range []struct {
		err  error
		want error
	}{
		{second(d.Merge(1, 1)), ErrSame}, {second(d.Merge(1, 3)), ErrKinds}, {second(d.Merge(1, 99)), ErrUnknown},
		{second(d.Split(1, []string{"Nobody"})), ErrNotAlias}, {second(d.Split(3, []string{"Roe Ltd"})), ErrAll}, {second(d.Split(99, []string{"x"})), ErrUnknown},
	} {
		if !errors.Is(tc.err, tc.want) {
			t.Errorf("got %v, want %v", tc.err, tc.want)
		}
	}
}

func second(_ Operation, err error) error { return err }
