// Package openapi holds what went over the simulated Discord's wire against Discord's own
// OpenAPI description. It is a package of its own so that the demo, which carries the simulation, needn't carry
// a JSON Schema validator.
//
// The description comes in as a file (OpenAPI 3.1); requests with their answers come in from the simulation's
// journal; what goes out is what contradicts the description. The description knows nothing of permissions, of state,
// of the 2,000 characters of content or of what Components V2 exclude, and it says that the codes of a form's
// errors are numbers, which they never are, and that permissions are sent as numbers, where the documentation wants
// strings. The simulation checks the former; the latter two are set right here.
package openapi

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"sitrep/bot/discordtest"
)

// Spec is Discord's description of its API. It may be used from several goroutines.
type Spec struct {
	doc map[string]any

	mu       sync.Mutex
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
}

const specURL = "https://discord.invalid/openapi.json"

// Load reads a description.
func Load(path string) (*Spec, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the API description: %w", err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read the API description %s: %w", path, err)
	}
	doc, ok := v.(map[string]any)
	if !ok || doc["paths"] == nil {
		return nil, fmt.Errorf("read the API description %s: no paths in it", path)
	}
	permissionsAsStrings(doc)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, name := range []string{"snowflake", "nonce", "int32", "int64", "double"} { // their bounds and patterns stand beside them
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(any) error { return nil }})
	}
	if err := c.AddResource(specURL, doc); err != nil {
		return nil, fmt.Errorf("read the API description %s: %w", path, err)
	}
	return &Spec{doc: doc, compiler: c, schemas: map[string]*jsonschema.Schema{}}, nil
}

// permissionsAsStrings lets permissions be sent as decimal strings.
func permissionsAsStrings(v any) {
	switch x := v.(type) {
	case map[string]any:
		if props, ok := x["properties"].(map[string]any); ok {
			for _, name := range []string{"default_member_permissions", "allow", "deny"} {
				p, _ := props[name].(map[string]any)
				if types, ok := p["type"].([]any); ok && slices.Contains(types, any("integer")) {
					p["type"] = append(types, "string")
					p["pattern"] = "^[0-9]+$"
				}
			}
		}
		for _, y := range x {
			permissionsAsStrings(y)
		}
	case []any:
		for _, y := range x {
			permissionsAsStrings(y)
		}
	}
}

// Check says what in a request or its answer contradicts the description. A request that was refused may be
// as wrong as it likes; its answer may not. Answers of faults and of the network in front are not the API's.
func (s *Spec) Check(r discordtest.Request) []error {
	if !r.Done || r.Status == 0 || r.Route == "" {
		return nil
	}
	var errs []error
	note := func(what string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %s: %w", r.String(), what, err))
		}
	}
	base := []string{"paths", r.Route, strings.ToLower(r.Method)}
	op, _ := s.at(base...).(map[string]any)
	if op == nil {
		note("request", fmt.Errorf("the API has no %s %s", r.Method, r.Route))
		return errs
	}
	if r.Status < 300 {
		note("query", s.query(r, op, base))
		note("request body", s.requestBody(r, op, base))
	}
	if !strings.HasPrefix(r.ResponseHeader.Get("Content-Type"), "text/html") && r.Status < 500 {
		note("answer", s.response(r, op, base))
	}
	return errs
}

// at is the part of the document under the keys, references followed.
func (s *Spec) at(keys ...string) any {
	var v any = s.doc
	for _, k := range keys {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[k]
		if m, ok := v.(map[string]any); ok {
			if ref, ok := m["$ref"].(string); ok {
				v = s.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			}
		}
	}
	return v
}

// validate holds a value against the schema under the keys.
func (s *Spec) validate(v any, keys ...string) error {
	for i, k := range keys {
		k = strings.ReplaceAll(strings.ReplaceAll(k, "~", "~0"), "/", "~1")
		keys[i] = url.PathEscape(k)
	}
	loc := specURL + "#/" + strings.Join(keys, "/")
	s.mu.Lock()
	sch := s.schemas[loc]
	if sch == nil {
		var err error
		if sch, err = s.compiler.Compile(loc); err != nil {
			s.mu.Unlock()
			return fmt.Errorf("compile the schema: %w", err)
		}
		s.schemas[loc] = sch
	}
	s.mu.Unlock()
	return sch.Validate(v)
}

// query checks the query's parameters; unknown ones count as mistakes.
func (s *Spec) query(r discordtest.Request, op map[string]any, base []string) error {
	q, err := url.ParseQuery(r.Query)
	if err != nil {
		return err
	}
	params, _ := op["parameters"].([]any)
	for name := range q {
		i := slices.IndexFunc(params, func(p any) bool {
			m, _ := p.(map[string]any)
			return m["in"] == "query" && m["name"] == name
		})
		if i < 0 {
			return fmt.Errorf("the API has no parameter %q here", name)
		}
		keys := append(slices.Clone(base), "parameters", strconv.Itoa(i), "schema")
		var v any = q.Get(name)
		if s.validate(v, slices.Clone(keys)...) == nil {
			continue
		}
		if v, err = jsonschema.UnmarshalJSON(strings.NewReader(q.Get(name))); err != nil {
			return fmt.Errorf("parameter %q is %q", name, q.Get(name))
		}
		if err := s.validate(v, keys...); err != nil {
			return fmt.Errorf("parameter %q: %w", name, err)
		}
	}
	return nil
}

func (s *Spec) requestBody(r discordtest.Request, op map[string]any, base []string) error {
	body, _ := op["requestBody"].(map[string]any)
	if body == nil {
		if len(bytes.TrimSpace(r.Body)) > 0 {
			return fmt.Errorf("the API takes no body here")
		}
		return nil
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(r.Body))
	if err != nil {
		return err
	}
	return s.validate(v, append(slices.Clone(base), "requestBody", "content", "application/json", "schema")...)
}

func (s *Spec) response(r discordtest.Request, op map[string]any, base []string) error {
	responses, _ := op["responses"].(map[string]any)
	key := strconv.Itoa(r.Status)
	if responses[key] == nil {
		key = key[:1] + "XX"
	}
	resp, _ := responses[key].(map[string]any)
	if resp == nil {
		return fmt.Errorf("the API doesn't answer with %d here", r.Status)
	}
	at := append(slices.Clone(base), "responses", key)
	if ref, ok := resp["$ref"].(string); ok {
		at = strings.Split(strings.TrimPrefix(ref, "#/"), "/")
		resp, _ = s.at(at...).(map[string]any)
	}
	content, _ := resp["content"].(map[string]any)
	if content == nil {
		if len(r.Response) > 0 {
			return fmt.Errorf("the API answers without a body here")
		}
		return nil
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(r.Response))
	if err != nil {
		return err
	}
	if r.Status >= http.StatusBadRequest {
		if m, ok := v.(map[string]any); ok && m["errors"] != nil {
			if err := formErrors(m["errors"]); err != nil {
				return err
			}
			delete(m, "errors")
		}
	}
	return s.validate(v, append(at, "content", "application/json", "schema")...)
}

// formErrors checks the nested errors of a form: objects by field name, with lists of code and message at the ends.
func formErrors(v any) error {
	m, ok := v.(map[string]any)
	if !ok || len(m) == 0 {
		return fmt.Errorf("errors are not an object")
	}
	for k, x := range m {
		if k != "_errors" {
			if err := formErrors(x); err != nil {
				return fmt.Errorf("%s: %w", k, err)
			}
			continue
		}
		list, _ := x.([]any)
		if len(list) == 0 {
			return fmt.Errorf("_errors is empty")
		}
		for _, e := range list {
			em, _ := e.(map[string]any)
			code, _ := em["code"].(string)
			text, _ := em["message"].(string)
			if code == "" || text == "" {
				return fmt.Errorf("an error without code or message: %v", e)
			}
		}
	}
	return nil
}
