package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/bwmarrin/discordgo"

	"sitrep/bot"
	"sitrep/bot/discord/cards"
	"sitrep/bot/discord/markdown"
)

// Kinds of first answers to an interaction.
const (
	answerMessage       = 4
	answerDeferred      = 5
	answerDeferredQuiet = 6 // of a component: nothing changes yet
	answerUpdate        = 7
	answerChoices       = 8
	answerForm          = 9

	flagEphemeral = 1 << 6
)

// A responder sends the answers to one interaction: the first one, or its edit
// once it has been deferred, and follow-ups. It belongs to one goroutine.
type responder struct {
	session     *discordgo.Session
	interaction *discordgo.Interaction
	deferred    bool
	quietly     bool // deferred as an update of the component's message
}

type callback struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

// deferAnswer acknowledges the interaction. A deferral fixes whether the answer
// is seen by all, and takes no other flag.
func (w *responder) deferAnswer(ctx context.Context, rt route) error {
	c := callback{Type: answerDeferred}
	switch {
	case rt.update && w.interaction.Message != nil:
		c.Type, w.quietly = answerDeferredQuiet, true
	case !rt.public:
		c.Data = map[string]int{"flags": flagEphemeral}
	}
	if err := w.call(ctx, c, nil); err != nil {
		return err
	}
	w.deferred = true
	return nil
}

// answer sends a reply in the way that is still open.
func (w *responder) answer(ctx context.Context, r Reply, rt route) error {
	if r.Form != nil && !w.deferred {
		return w.call(ctx, callback{Type: answerForm, Data: map[string]any{
			"custom_id": r.Form.ID, "title": markdown.Cut(r.Form.Title, 45), "components": r.Form.Fields}}, nil)
	}
	if len(r.Messages) == 0 {
		if w.deferred && w.quietly {
			return nil
		}
		return fmt.Errorf("the handler had nothing to say")
	}
	messages := r.Messages[:min(len(r.Messages), 1+maxFollowUps)]
	for i := range messages {
		if !rt.public {
			messages[i].Ephemeral = true
		}
	}
	first := messages[0]
	switch {
	case w.deferred && w.quietly && !r.Update:
		// The message that the component sits on stays; what is said follows it.
		return w.followUps(ctx, messages)
	case w.deferred:
		if err := w.edit(ctx, first); err != nil {
			return err
		}
	default:
		kind := answerMessage
		if r.Update && w.interaction.Message != nil {
			kind = answerUpdate
		}
		body, err := first.Body()
		if err != nil {
			return err
		}
		if err := w.call(ctx, callback{Type: kind, Data: body}, first.Files); err != nil {
			return err
		}
	}
	return w.followUps(ctx, messages[1:])
}

func (w *responder) followUps(ctx context.Context, messages []cards.Message) error {
	for _, m := range messages {
		body, err := m.Body()
		if err != nil {
			return err
		}
		endpoint := discordgo.EndpointWebhookToken(w.interaction.AppID, w.interaction.Token)
		if err := w.send(ctx, "POST", endpoint+"?wait=true", endpoint, body, m.Files); err != nil {
			return fmt.Errorf("send a follow-up: %w", err)
		}
	}
	return nil
}

// edit fills a deferred answer in. Whether it is ephemeral was fixed by the
// deferral, and an edit makes no sound that could be suppressed.
func (w *responder) edit(ctx context.Context, m cards.Message) error {
	m.Ephemeral, m.Silent = false, false
	body, err := m.Body()
	if err != nil {
		return err
	}
	endpoint := discordgo.EndpointWebhookMessage(w.interaction.AppID, w.interaction.Token, "@original")
	if err := w.send(ctx, "PATCH", endpoint, endpoint, body, m.Files); err != nil {
		return fmt.Errorf("edit the deferred answer: %w", err)
	}
	return nil
}

// choices answers an autocomplete.
func (w *responder) choices(ctx context.Context, list []bot.Suggestion) error {
	type choice struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	out := []choice{}
	for _, s := range list {
		name := markdown.Cut(s.Label, 100)
		if name == "" || s.Value == "" || markdown.Len(s.Value) > 100 {
			continue
		}
		if out = append(out, choice{name, s.Value}); len(out) == 25 {
			break
		}
	}
	return w.call(ctx, callback{Type: answerChoices, Data: map[string]any{"choices": out}}, nil)
}

func (w *responder) call(ctx context.Context, c callback, files []cards.File) error {
	endpoint := discordgo.EndpointInteractionResponse(w.interaction.ID, w.interaction.Token)
	body, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	return w.send(ctx, "POST", endpoint, endpoint, body, files)
}

// send makes the request through the session, and so through its limiter.
func (w *responder) send(ctx context.Context, method, endpoint, bucket string, body json.RawMessage, files []cards.File) error {
	contentType := "application/json"
	payload := []byte(body)
	if len(files) > 0 {
		uploads := make([]*discordgo.File, len(files))
		for i, f := range files {
			uploads[i] = &discordgo.File{Name: f.Name, ContentType: f.ContentType, Reader: bytes.NewReader(f.Data)}
		}
		var err error
		if contentType, payload, err = discordgo.MultipartBodyWithJSON(body, uploads); err != nil {
			return fmt.Errorf("encode the files: %w", err)
		}
	}
	_, err := w.session.RequestRaw(method, endpoint, contentType, payload, bucket, 0, discordgo.WithContext(ctx))
	return err
}
