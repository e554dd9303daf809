package llm

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// anthropicVersion is the version of the protocol spoken here (Anthropic API
// reference, "Versions").
const anthropicVersion = "2023-06-01"

// Anthropic speaks Anthropic's messages protocol. The document is asked for as
// the input of a tool that the model has to call.
type Anthropic struct {
	BaseURL string // "" = https://api.anthropic.com
	Key     string
	Model   string
	Client  *http.Client // nil = one of its own
}

// Name is the model's name.
func (a *Anthropic) Name() string { return a.Model }

// Ask sends one request.
func (a *Anthropic) Ask(ctx context.Context, r Request) (Answer, error) {
	base := strings.TrimSuffix(strings.TrimRight(a.BaseURL, "/"), "/v1")
	if base == "" {
		base = "https://api.anthropic.com"
	}
	header := http.Header{}
	header.Set("X-Api-Key", a.Key)
	header.Set("Anthropic-Version", anthropicVersion)
	type tool struct {
		Name        string          `json:"name"`
		Description string          `json:"description"`
		Schema      json.RawMessage `json:"input_schema"`
	}
	raw, err := post(ctx, newClient(a.Client), base+"/v1/messages", header, map[string]any{
		"model":       a.Model,
		"max_tokens":  r.MaxTokens,
		"system":      []map[string]any{{"type": "text", "text": r.System, "cache_control": map[string]string{"type": "ephemeral"}}},
		"messages":    []map[string]any{{"role": "user", "content": r.Data}},
		"tools":       []tool{{r.Name, "Hand in the finished document.", r.Schema}},
		"tool_choice": map[string]string{"type": "tool", "name": r.Name},
	})
	if err != nil {
		return Answer{}, err
	}
	var answer struct {
		Content []struct {
			Type  string          `json:"type"`
			Name  string          `json:"name"`
			Input json.RawMessage `json:"input"`
		} `json:"content"`
		Stop  string `json:"stop_reason"`
		Usage struct {
			In      int `json:"input_tokens"`
			Out     int `json:"output_tokens"`
			Read    int `json:"cache_read_input_tokens"`
			Written int `json:"cache_creation_input_tokens"`
		} `json:"usage"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	u := answer.Usage
	out := Answer{In: u.In + u.Read + u.Written, Out: u.Out, Cached: u.Read}
	switch answer.Stop {
	case "refusal":
		return out, ErrRefused
	case "max_tokens":
		return out, fmt.Errorf("%w: it was cut off", ErrUnusable)
	}
	for _, part := range answer.Content {
		if part.Type == "tool_use" && part.Name == r.Name && len(part.Input) > 0 {
			out.JSON = part.Input
			return out, nil
		}
	}
	return out, fmt.Errorf("%w: it hands in no document", ErrUnusable)
}
