package openapi_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sitrep/bot/discordtest"
	"sitrep/bot/discordtest/openapi"
)

// small is a description with one of everything that Check looks at.
const small = `{"openapi": "3.1.0", "paths": {"/things/{id}": {
 "get": {"parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}],
  "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}, "4XX": {"$ref": "#/components/responses/Error"}}},
 "put": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}, "responses": {"204": {"description": "done"}}}
}}, "components": {
 "responses": {"Error": {"content": {"application/json": {"schema": {"type": "object", "required": ["code", "message"]}}}}},
 "schemas": {"Thing": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "at": {"type": "string", "format": "date-time"}, "allow": {"type": ["integer", "null"]}}}}
}}`

func TestCheck(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "openapi.json")
	if err := os.WriteFile(path, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	spec, err := openapi.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	get := func(query string, status int, body string) discordtest.Request {
		return discordtest.Request{Method: "GET", Route: "/things/{id}", Path: "/things/1", Query: query, Status: status, Response: []byte(body), ResponseHeader: http.Header{}, Done: true}
	}
	put := func(status int, body string) discordtest.Request {
		return discordtest.Request{Method: "PUT", Route: "/things/{id}", Path: "/things/1", Body: []byte(body), Status: status, ResponseHeader: http.Header{}, Done: true}
	}
	html := get("", 429, "<html>")
	html.ResponseHeader.Set("Content-Type", "text/html")
	for _, c := range []struct {
		name string
		r    discordtest.Request
		want string // empty: nothing wrong
	}{
		{"good answer", get("", 200, `{"name": "x", "at": "2026-03-02T08:00:00Z"}`), ""},
		{"missing field", get("", 200, `{}`), "missing property 'name'"},
		{"wrong format", get("", 200, `{"name": "x", "at": "yesterday"}`), "date-time"},
		{"no JSON", get("", 200, `{`), "answer"},
		{"good parameter", get("limit=100", 200, `{"name": "x"}`), ""},
		{"wrong parameter", get("limit=101", 200, `{"name": "x"}`), "limit"},
		{"unknown parameter", get("size=1", 200, `{"name": "x"}`), "size"},
		{"good error", get("", 404, `{"code": 1, "message": "x", "errors": {"a": {"_errors": [{"code": "C", "message": "m"}]}}}`), ""},
		{"error without a code", get("", 404, `{"message": "x"}`), "missing property 'code'"},
		{"field error without a message", get("", 404, `{"code": 1, "message": "x", "errors": {"a": {"_errors": [{"code": "C"}]}}}`), "without code or message"},
		{"field errors without an end", get("", 404, `{"code": 1, "message": "x", "errors": {"a": {}}}`), "not an object"},
		{"a page of the edge", html, ""},
		{"an answer of a server in trouble", get("", 502, "bad gateway"), ""},
		{"no answer", get("", 0, ""), ""},
		{"unexpected status", get("", 201, `{}`), "doesn't answer with 201"},
		{"good request", put(204, `{"name": "x"}`), ""},
		{"bad request", put(204, `{"name": 1}`), "got number, want string"},
		{"a bad request that was refused", put(500, `{"name": 1}`), ""},
		{"permissions as a string", put(204, `{"name": "x", "allow": "2048"}`), ""},
		{"permissions that are none", put(204, `{"name": "x", "allow": "all"}`), "pattern"},
		{"unknown route", discordtest.Request{Method: "POST", Route: "/things/{id}", Status: 200, Done: true}, "has no POST"},
	} {
		errs := spec.Check(c.r)
		switch {
		case c.want == "" && len(errs) > 0:
			t.Errorf("%s: %v", c.name, errs)
		case c.want != "" && (len(errs) != 1 || !strings.Contains(errs[0].Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.name, errs, c.want)
		}
	}
	withBody := put(204, `{"name": "x"}`)
	withBody.Response = []byte("{}")
	if errs := spec.Check(withBody); len(errs) != 1 {
		t.Errorf("a body where there is none: %v", errs)
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"broken.json": "{", "list.json": "[]", "empty.json": "{}"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openapi.Load(path); err == nil {
			t.Errorf("%s was loaded", name)
		}
	}
	if _, err := openapi.Load(filepath.Join(dir, "none.json")); !os.IsNotExist(err) && err == nil {
		t.Errorf("Load = %v", err)
	}
}
