package llm

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// A provider is a model's server on loopback that speaks both protocols, and
// checks requests as the providers' references describe them.
type provider struct {
	t      *testing.T
	server *httptest.Server

	mu       sync.Mutex
	requests []providerRequest
	answer   func(n int, r providerRequest) providerAnswer
}

type providerRequest struct {
	Path   string
	System string
	Data   string
	Schema json.RawMessage // nil where the request has none
	Header http.Header
}

type providerAnswer struct {
	Document string // what the model hands in
	Status   int    // 0 = 200
	Header   map[string]string
	Body     string // instead of a well-formed answer
	Refusal  bool
	Cut      bool
	In, Out  int
}

func newProvider(t *testing.T, answer func(n int, r providerRequest) providerAnswer) *provider {
	t.Helper()
	p := &provider{t: t, answer: answer}
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	return p
}

// always answers every request with one document.
func always(document string) func(int, providerRequest) providerAnswer {
	return func(int, providerRequest) providerAnswer {
		return providerAnswer{Document: document, In: 900, Out: 200}
	}
}

func (p *provider) calls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.requests)
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	var req providerRequest
	switch r.URL.Path {
	case "/v1/chat/completions":
		req = p.readOpenAI(body)
	case "/v1/messages":
		req = p.readAnthropic(body, r.Header)
	default:
		http.NotFound(w, r)
		return
	}
	req.Path, req.Header = r.URL.Path, r.Header
	p.mu.Lock()
	p.requests = append(p.requests, req)
	n := len(p.requests)
	p.mu.Unlock()
	a := p.answer(n, req)
	w.Header().Set("Content-Type", "application/json")
	for k, v := range a.Header {
		w.Header().Set(k, v)
	}
	if a.Status != 0 {
		w.WriteHeader(a.Status)
	}
	switch {
	case a.Body != "" || a.Status != 0:
		_, _ = io.WriteString(w, a.Body)
	case r.URL.Path == "/v1/messages":
		_ = json.NewEncoder(w).Encode(p.writeAnthropic(a, req))
	default:
		_ = json.NewEncoder(w).Encode(p.writeOpenAI(a))
	}
}

func (p *provider) readOpenAI(body []byte) providerRequest {
	var r struct {
		Model    string `json:"model"`
		Messages []struct{ Role, Content string }
		Format   struct {
			Type   string `json:"type"`
			Schema struct {
				Name   string          `json:"name"`
				Strict bool            `json:"strict"`
				Schema json.RawMessage `json:"schema"`
			} `json:"json_schema"`
		} `json:"response_format"`
	}
	if err := json.Unmarshal(body, &r); err != nil {
		p.t.Errorf("request: %v", err)
	}
	if r.Model == "" || len(r.Messages) != 2 || r.Messages[0].Role != "system" || r.Messages[1].Role != "user" {
		p.t.Errorf("request is not model, system, user: %.300s", body)
		return providerRequest{}
	}
	if r.Format.Type == "json_schema" {
		if r.Format.Schema.Name == "" || !r.Format.Schema.Strict {
			p.t.Errorf("schema without name or not strict: %.300s", body)
		}
		strict(p.t, r.Format.Schema.Schema)
	}
	return providerRequest{System: r.Messages[0].Content, Data: r.Messages[1].Content, Schema: r.Format.Schema.Schema}
}

func (p *provider) readAnthropic(body []byte, h http.Header) providerRequest {
	var r struct {
		Model     string `json:"model"`
		MaxTokens int    `json:"max_tokens"`
		System    []struct{ Type, Text string }
		Messages  []struct{ Role, Content string }
		Tools     []struct {
			Name   string          `json:"name"`
			Schema json.RawMessage `json:"input_schema"`
		} `json:"tools"`
		Choice struct{ Type, Name string } `json:"tool_choice"`
	}
	if err := json.Unmarshal(body, &r); err != nil {
		p.t.Errorf("request: %v", err)
	}
	if h.Get("X-Api-Key") == "" || h.Get("Anthropic-Version") != "2023-06-01" {
		p.t.Error("key or version header is missing")
	}
	if r.Model == "" || r.MaxTokens <= 0 || len(r.System) != 1 || len(r.Messages) != 1 || r.Messages[0].Role != "user" ||
		len(r.Tools) != 1 || r.Choice.Type != "tool" || r.Choice.Name != r.Tools[0].Name {
		p.t.Errorf("request is not as the reference has it: %.300s", body)
		return providerRequest{}
	}
	return providerRequest{System: r.System[0].Text, Data: r.Messages[0].Content, Schema: r.Tools[0].Schema}
}

// strict checks what strict mode asks of a schema: every object closed, every
// property required.
func strict(t *testing.T, schema json.RawMessage) {
	t.Helper()
	var walk func(v any)
	walk = func(v any) {
		m, ok := v.(map[string]any)
		if !ok {
			return
		}
		if properties, ok := m["properties"].(map[string]any); ok {
			if m["additionalProperties"] != false {
				t.Errorf("an object of the schema is open: %v", m)
			}
			required, _ := m["required"].([]any)
			if len(required) != len(properties) {
				t.Errorf("not every property is required: %v", m)
			}
			for _, p := range properties {
				walk(p)
			}
		}
		walk(m["items"])
	}
	var v any
	if err := json.Unmarshal(schema, &v); err != nil {
		t.Errorf("schema: %v", err)
	}
	walk(v)
}

func (p *provider) writeOpenAI(a providerAnswer) any {
	message := map[string]any{"role": "assistant", "content": a.Document}
	finish := "stop"
	if a.Refusal {
		message["refusal"], message["content"] = "I can't help with that.", nil
	}
	if a.Cut {
		finish = "length"
	}
	return map[string]any{"choices": []any{map[string]any{"message": message, "finish_reason": finish}},
		"usage": map[string]any{"prompt_tokens": a.In, "completion_tokens": a.Out}}
}

func (p *provider) writeAnthropic(a providerAnswer, r providerRequest) any {
	stop := "tool_use"
	name := "brief"
	for _, document := range []string{"claims", "groups", "lines"} {
		if strings.Contains(string(r.Schema), `"`+document+`":{`) {
			name = document
		}
	}
	content := []any{}
	if json.Valid([]byte(a.Document)) {
		content = append(content, map[string]any{"type": "tool_use", "id": "t1", "name": name, "input": json.RawMessage(a.Document)})
	} else {
		content = append(content, map[string]any{"type": "text", "text": a.Document})
	}
	switch {
	case a.Refusal:
		stop, content = "refusal", []any{}
	case a.Cut:
		stop = "max_tokens"
	}
	return map[string]any{"type": "message", "role": "assistant", "content": content, "stop_reason": stop,
		"usage": map[string]any{"input_tokens": a.In, "output_tokens": a.Out}}
}
