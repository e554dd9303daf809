package ner

import (
	"strings"

	"sitrep/summarize/text"
)

// Type is what an entity is.
type Type uint8

const (
	None Type = iota // no entity
	PER              // a person
	ORG              // an organisation, a team, an institution, an outlet
	LOC              // a place; also a country that acts
	MISC             // a name of something else: a nationality, an event, a law, a work
)

const numTypes = 4 // without None

var typeNames = [...]string{"O", "PER", "ORG", "LOC", "MISC"}

func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "?"
}

// Entity is a name in a text: its span in bytes and its type.
type Entity struct {
	Span text.Span
	Type Type
}

// tag is a label of one token: outside, or type and place in the entity.
type tag = uint8

const (
	begin  = iota // first of several tokens
	inside        // neither first nor last
	last          // last of several
	unit          // the only one
	places
)

const numTags = 1 + numTypes*places

func tagOf(t Type, place int) tag {
	if t == None {
		return 0
	}
	return tag(1 + (int(t)-1)*places + place)
}

func tagType(t tag) Type {
	if t == 0 {
		return None
	}
	return Type(1 + (int(t)-1)/places)
}

func tagPlace(t tag) int { return (int(t) - 1) % places }

// follows reports whether tag b may come after tag a.
func follows(a, b tag) bool {
	open := a != 0 && (tagPlace(a) == begin || tagPlace(a) == inside)
	goesOn := b != 0 && (tagPlace(b) == inside || tagPlace(b) == last)
	if open != goesOn {
		return false
	}
	return !open || tagType(a) == tagType(b)
}

// allowed is follows as a table; row numTags stands for the start of a
// sentence. What may end one is what may precede an outside tag.
var allowed = func() (m [numTags + 1][numTags]bool) {
	for b := range numTags {
		for a := range numTags {
			m[a][b] = follows(tag(a), tag(b))
		}
		m[numTags][b] = follows(0, tag(b))
	}
	return m
}()

// segment is an entity in a sentence, as a half-open range of tokens.
type segment struct {
	start, end int
	typ        Type
}

// segments reads the entities off a sentence's tags.
func segments(tags []tag) []segment {
	var out []segment
	for i := 0; i < len(tags); {
		t := tagType(tags[i])
		if t == None {
			i++
			continue
		}
		j := i + 1
		if p := tagPlace(tags[i]); p == begin || p == inside {
			for j < len(tags) && tagType(tags[j]) == t && (tagPlace(tags[j]) == inside || tagPlace(tags[j]) == last) {
				j++
				if tagPlace(tags[j-1]) == last {
					break
				}
			}
		}
		out = append(out, segment{i, j, t})
		i = j
	}
	return out
}

// putSegment writes an entity's tags.
func putSegment(tags []tag, s segment) {
	if s.end-s.start == 1 {
		tags[s.start] = tagOf(s.typ, unit)
		return
	}
	for i := s.start; i < s.end; i++ {
		switch i {
		case s.start:
			tags[i] = tagOf(s.typ, begin)
		case s.end - 1:
			tags[i] = tagOf(s.typ, last)
		default:
			tags[i] = tagOf(s.typ, inside)
		}
	}
}

// fromBIO turns labels such as B-PER and I-PER into segments; an I- that
// continues nothing begins an entity, as conlleval has it.
func fromBIO(labels []string) []segment {
	var out []segment
	for i, l := range labels {
		prefix, name, ok := strings.Cut(l, "-")
		if !ok {
			continue
		}
		var t Type
		switch name {
		case "PER":
			t = PER
		case "ORG":
			t = ORG
		case "LOC":
			t = LOC
		case "MISC":
			t = MISC
		default:
			continue
		}
		if n := len(out); prefix == "I" && n > 0 && out[n-1].end == i && out[n-1].typ == t {
			out[n-1].end = i + 1
			continue
		}
		out = append(out, segment{i, i + 1, t})
	}
	return out
}
