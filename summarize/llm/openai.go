package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
)

// OpenAI speaks the chat completions protocol (OpenAI API reference, "Create
// chat completion"), which Ollama, llama.cpp, vLLM, LM Studio, OpenRouter and
// others speak too.
type OpenAI struct {
	BaseURL string // up to and without /chat/completions; "" = https://api.openai.com/v1
	Key     string // "" sends none, as local servers want it
	Model   string
	Client  *http.Client // nil = one of its own

	plain atomic.Bool // the server knows no schemas: ask for any JSON object
}

// Name is the model's name.
func (o *OpenAI) Name() string { return o.Model }

type openAIMessage struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type openAIRequest struct {
	Model       string          `json:"model"`
	Messages    []openAIMessage `json:"messages"`
	Format      any             `json:"response_format"`
	MaxTokens   int             `json:"max_completion_tokens,omitempty"`
	MaxTokensOf int             `json:"max_tokens,omitempty"` // the older name, which other servers know
}

type openAISchemaFormat struct {
	Type   string           `json:"type"`
	Schema openAISchemaBody `json:"json_schema"`
}

type openAISchemaBody struct {
	Name   string          `json:"name"`
	Strict bool            `json:"strict"`
	Schema json.RawMessage `json:"schema"`
}

// Ask sends one request.
func (o *OpenAI) Ask(ctx context.Context, r Request) (Answer, error) {
	base := strings.TrimRight(o.BaseURL, "/")
	if base == "" {
		base = "https://api.openai.com/v1"
	}
	header := http.Header{}
	if o.Key != "" {
		header.Set("Authorization", "Bearer "+o.Key)
	}
	body := openAIRequest{Model: o.Model, Messages: []openAIMessage{{"system", r.System}, {"user", r.Data}},
		Format: openAISchemaFormat{"json_schema", openAISchemaBody{r.Name, true, r.Schema}}}
	if strings.HasPrefix(base, "https://api.openai.com/") {
		body.MaxTokens = r.MaxTokens
	} else {
		body.MaxTokensOf = r.MaxTokens
	}
	if o.plain.Load() {
		o.loosen(&body, r)
	}
	raw, err := post(ctx, newClient(o.Client), base+"/chat/completions", header.Clone(), body)
	var status *statusError
	if errors.As(err, &status) && status.code == http.StatusBadRequest && strings.Contains(status.said, "response_format") && !o.plain.Load() {
		o.plain.Store(true)
		o.loosen(&body, r)
		raw, err = post(ctx, newClient(o.Client), base+"/chat/completions", header, body)
	}
	if err != nil {
		return Answer{}, err
	}
	var answer struct {
		Choices []struct {
			Message struct {
				Content string  `json:"content"`
				Refusal *string `json:"refusal"`
			} `json:"message"`
			Finish string `json:"finish_reason"`
		} `json:"choices"`
		Usage struct {
			In      int `json:"prompt_tokens"`
			Out     int `json:"completion_tokens"`
			Details struct {
				Cached int `json:"cached_tokens"`
			} `json:"prompt_tokens_details"`
		} `json:"usage"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	a := Answer{In: answer.Usage.In, Out: answer.Usage.Out, Cached: answer.Usage.Details.Cached}
	if len(answer.Choices) == 0 {
		return a, fmt.Errorf("%w: it is empty", ErrUnusable)
	}
	choice := answer.Choices[0]
	switch {
	case choice.Message.Refusal != nil && *choice.Message.Refusal != "", choice.Finish == "content_filter":
		return a, ErrRefused
	case choice.Finish == "length":
		return a, fmt.Errorf("%w: it was cut off", ErrUnusable)
	}
	a.JSON, err = document(choice.Message.Content)
	return a, err
}

// loosen asks for any JSON object, and puts the schema into the instructions.
func (o *OpenAI) loosen(body *openAIRequest, r Request) {
	body.Format = map[string]string{"type": "json_object"}
	body.Messages[0].Content = r.System + "\n\nAnswer with one JSON object that follows this JSON Schema, and nothing else:\n" + string(r.Schema)
}
