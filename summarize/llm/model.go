package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A Request asks a model for one JSON document.
type Request struct {
	System    string          // instructions
	Data      string          // JSON that holds everything from outside
	Name      string          // of the document asked for
	Schema    json.RawMessage // JSON Schema of the document
	MaxTokens int             // that it may write
}

// An Answer is what a model returned.
type Answer struct {
	JSON   []byte // the document, not yet checked
	In     int    // tokens read
	Out    int    // tokens written
	Cached int    // of In, those that the provider had at hand
}

// A Model answers requests. It is safe for concurrent use.
type Model interface {
	Ask(ctx context.Context, r Request) (Answer, error)
	Name() string // provider and model, as shown to people
}

// Errors of a Model. What else comes is a fault of the network or the provider.
var (
	// ErrRefused means that the model declined. Asking again is no use.
	ErrRefused = errors.New("the model declined")
	// ErrUnusable means that the answer is no document of the kind asked for.
	ErrUnusable = errors.New("the model's answer can't be used")
	// ErrSetup means that the key, the model's name or the address is wrong: the operator has to mend it.
	ErrSetup = errors.New("the language model is not set up right")
)

// A LimitError means that the provider wants no request for a while.
type LimitError struct{ After time.Duration }

func (e *LimitError) Error() string {
	return "the model's provider limits the rate; again in " + e.After.String()
}

// maxAnswer bounds what is read of an answer, in bytes: a brief has a few thousand.
const maxAnswer = 1 << 20

// post sends a JSON request and returns the body of a successful answer.
func post(ctx context.Context, client *http.Client, url string, header http.Header, body any) ([]byte, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("write the model's request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSetup, err)
	}
	req.Header = header
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the model: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read the model's answer: %w", err)
	}
	if len(answer) > maxAnswer {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrUnusable, maxAnswer)
	}
	switch code := resp.StatusCode; {
	case code == http.StatusOK:
		return answer, nil
	case code == http.StatusTooManyRequests || code == 529: // 529: Anthropic is overloaded
		after := 30 * time.Second
		if s, err := strconv.ParseFloat(resp.Header.Get("Retry-After"), 64); err == nil && s >= 0 && s < 86400 {
			after = time.Duration(s * float64(time.Second))
		}
		return nil, &LimitError{After: after}
	case code == http.StatusUnauthorized || code == http.StatusForbidden || code == http.StatusNotFound || code == http.StatusPaymentRequired:
		return nil, fmt.Errorf("%w: it answered %d: %s", ErrSetup, code, said(answer))
	default:
		return nil, &statusError{code: code, said: said(answer)}
	}
}

type statusError struct {
	code int
	said string
}

func (e *statusError) Error() string {
	return fmt.Sprintf("the model's provider answered %d: %s", e.code, e.said)
}

// said is a provider's own word for an error, cut and on one line.
func said(body []byte) string {
	var told struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	text := string(body)
	if json.Unmarshal(body, &told) == nil && told.Error.Message != "" {
		text = told.Error.Message
	}
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "…"
	}
	return text
}

// document finds the JSON object in what a model wrote: some put it in a fence,
// or their reasoning before it.
func document(text string) ([]byte, error) {
	if i := strings.LastIndex(text, "</think>"); i >= 0 {
		text = text[i+len("</think>"):]
	}
	start := strings.IndexByte(text, '{')
	if start < 0 {
		return nil, fmt.Errorf("%w: it holds no JSON object", ErrUnusable)
	}
	var doc json.RawMessage
	if err := json.NewDecoder(strings.NewReader(text[start:])).Decode(&doc); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	return doc, nil
}

func newClient(c *http.Client) *http.Client {
	if c != nil {
		return c
	}
	// The context bounds each call. Redirects would carry the key elsewhere.
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
