package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

const day = 24 * time.Hour

// A Duration is a length of time, written as in "90s", "15m", "36h", "30d" or
// "2w" ("1d12h" too).
type Duration time.Duration

// Std returns it as the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

func (d Duration) String() string {
	t := time.Duration(d)
	if t != 0 && t%day == 0 {
		return strconv.FormatInt(int64(t/day), 10) + "d"
	}
	s := t.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func parseDuration(s string) (Duration, bool) {
	rest, sum := strings.TrimSpace(s), time.Duration(0)
	for _, unit := range []struct {
		mark byte
		size time.Duration
	}{{'w', 7 * day}, {'d', day}} {
		i := strings.IndexByte(rest, unit.mark)
		if i < 0 {
			continue
		}
		n, err := strconv.ParseUint(rest[:i], 10, 16)
		if err != nil {
			return 0, false
		}
		sum += time.Duration(n) * unit.size
		rest = rest[i+1:]
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 {
			return 0, false
		}
		sum += d
	} else if s == "" {
		return 0, false
	}
	return Duration(sum), true
}

// A Snowflake is a Discord id. In YAML it may stand with or without quotes.
type Snowflake string

func (s Snowflake) valid() bool {
	if len(s) < 15 || len(s) > 20 {
		return false
	}
	_, err := strconv.ParseUint(string(s), 10, 64)
	return err == nil
}

// decoder fills a Config from a YAML tree and notes every problem it meets,
// rather than the first.
type decoder struct {
	file      string
	problems  Problems
	positions map[string]Position
	anchors   map[string]ast.Node
}

func (d *decoder) decode(data []byte, into *Config) {
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		p := Problem{File: d.file, Text: err.Error()}
		if e := yaml.Error(nil); errors.As(err, &e) {
			p.Text = "not valid YAML: " + e.GetMessage()
			if t := e.GetToken(); t != nil && t.Position != nil {
				p.Line, p.Column = t.Position.Line, t.Position.Column
			}
		}
		d.problems = append(d.problems, p)
		return
	}
	bodies := 0
	for _, doc := range tree.Docs {
		if doc.Body == nil {
			continue
		}
		if bodies++; bodies > 1 {
			d.fault(doc.Body, "", "one document alone is expected, without a second one after ---")
			return
		}
		d.value(doc.Body, reflect.ValueOf(into).Elem(), "")
	}
}

func position(n ast.Node) Position {
	t := n.GetToken()
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		t = m.Values[0].Key.GetToken()
	}
	if t == nil || t.Position == nil {
		return Position{}
	}
	return Position{Line: t.Position.Line, Column: t.Position.Column}
}

func (d *decoder) fault(n ast.Node, path, format string, args ...any) {
	at := position(n)
	d.problems = append(d.problems, Problem{
		File: d.file, Line: at.Line, Column: at.Column, Path: path, Text: fmt.Sprintf(format, args...),
	})
}

func (d *decoder) resolve(n ast.Node) ast.Node {
	for {
		switch x := n.(type) {
		case *ast.AnchorNode:
			if d.anchors == nil {
				d.anchors = map[string]ast.Node{}
			}
			d.anchors[x.Name.GetToken().Value] = x.Value
			n = x.Value
		case *ast.AliasNode:
			target, ok := d.anchors[x.Value.GetToken().Value]
			if !ok {
				return n
			}
			return target
		case *ast.TagNode:
			n = x.Value
		default:
			return n
		}
	}
}

func (d *decoder) value(n ast.Node, v reflect.Value, path string) {
	if path != "" {
		d.positions[path] = position(n)
	}
	n = d.resolve(n)
	if n == nil {
		return
	}
	if _, null := n.(*ast.NullNode); null {
		return // the key stands there without a value: the default holds
	}
	if strings.Count(path, ".")+strings.Count(path, "[") > 32 {
		d.fault(n, path, "nested too deeply")
		return
	}
	switch v.Type() {
	case reflect.TypeFor[Duration]():
		s, ok := scalar(n)
		dur, good := parseDuration(s)
		if !ok || !good {
			d.fault(n, path, "expected a length of time such as 90s, 15m, 36h or 30d, not %s", show(n))
			return
		}
		v.SetInt(int64(dur))
		return
	case reflect.TypeFor[Snowflake]():
		s, ok := scalar(n)
		if !ok || s != "" && !Snowflake(s).valid() {
			d.fault(n, path, "expected a Discord id, a number of 15 to 20 digits, not %s", show(n))
			return
		}
		v.SetString(s)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v, path)
	case reflect.Map:
		d.mapping(n, v, path)
	case reflect.Slice:
		seq, ok := n.(*ast.SequenceNode)
		if !ok {
			d.fault(n, path, "expected a list, not %s", show(n))
			return
		}
		out := reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values))
		for i, item := range seq.Values {
			d.value(item, out.Index(i), path+"["+strconv.Itoa(i)+"]")
		}
		v.Set(out)
	case reflect.String:
		s, ok := scalar(n)
		if !ok {
			d.fault(n, path, "expected a text, not %s", show(n))
			return
		}
		v.SetString(s)
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			d.fault(n, path, "expected true or false, not %s", show(n))
			return
		}
		v.SetBool(b.Value)
	case reflect.Int, reflect.Int64:
		s, _ := scalar(n)
		i, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 10, 64)
		if _, ok := n.(*ast.IntegerNode); !ok || err != nil {
			d.fault(n, path, "expected a whole number, not %s", show(n))
			return
		}
		v.SetInt(i)
	case reflect.Float64:
		s, _ := scalar(n)
		f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
		if err != nil {
			d.fault(n, path, "expected a number, not %s", show(n))
			return
		}
		v.SetFloat(f)
	}
}

func pairs(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}, true
	}
	return nil, false
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (d *decoder) structure(n ast.Node, v reflect.Value, path string) {
	values, ok := pairs(n)
	if !ok {
		d.fault(n, path, "expected settings (key: value), not %s", show(n))
		return
	}
	fields := map[string]int{}
	var known []string
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("yaml"); name != "" {
			fields[name] = i
			known = append(known, name)
		}
	}
	for _, pair := range values {
		key := pair.Key.GetToken().Value
		i, ok := fields[key]
		if !ok {
			hint := "known here: " + strings.Join(known, ", ")
			if near := nearest(key, known); near != "" {
				hint = "did you mean " + near + "?"
			}
			d.fault(pair.Key, join(path, key), "unknown setting %q; %s", key, hint)
			continue
		}
		d.value(pair.Value, v.Field(i), join(path, key))
	}
}

func (d *decoder) mapping(n ast.Node, v reflect.Value, path string) {
	values, ok := pairs(n)
	if !ok {
		d.fault(n, path, "expected settings (key: value), not %s", show(n))
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, pair := range values {
		key := pair.Key.GetToken().Value
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(pair.Value, item, join(path, key))
		v.SetMapIndex(reflect.ValueOf(key), item)
	}
}

// scalar returns a plain value as it is written, so that an id keeps its
// digits.
func scalar(n ast.Node) (string, bool) {
	switch x := n.(type) {
	case *ast.StringNode:
		return x.Value, true
	case *ast.LiteralNode:
		return x.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// show describes a value for an error, without repeating what may be a secret:
// only short plain words are shown.
func show(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "settings"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AliasNode:
		return "an alias without its anchor"
	}
	s, ok := scalar(n)
	if !ok {
		return "this"
	}
	if len(s) > 24 || strings.ContainsAny(s, ":@/") {
		return "this text"
	}
	return strconv.Quote(s)
}

// nearest returns the known word that is at most two changes away.
func nearest(word string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := distance(word, k); d < least && d < len(k)-1 {
			best, least = k, d
		}
	}
	return best
}

func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// A Position is a place in the file, counted from 1.
type Position struct{ Line, Column int }

// A Problem is one thing that is wrong with the configuration.
type Problem struct {
	File         string // "" = the environment or defaults
	Line, Column int    // 0 = not in the file
	Path         string // "feeds.workers", or the variable's name
	Text         string // what is wrong, and what is expected
}

func (p Problem) Error() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "%s:%d:%d: ", p.File, p.Line, p.Column)
	} else if p.File != "" && p.Path == "" {
		b.WriteString(p.File + ": ")
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Text)
	return b.String()
}

// Problems is every thing that is wrong, in the order of the file.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return ps
}

// Problem says what is wrong with the setting at a path ("guilds[0].digests[1].when"),
// with the line it stands on. It is for what only the bot's own rules can judge.
func (c *Config) Problem(path, text string) Problem {
	p := Problem{Path: path, Text: text}
	if at, ok := c.positions[path]; ok {
		p.File, p.Line, p.Column = c.file, at.Line, at.Column
	}
	return p
}
