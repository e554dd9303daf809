package pipeline

import "context"

// A Tracer follows single articles: it is called when one begins a step ("read",
// "story"), and what it returns when the step has ended, with its error. The
// step goes on with the context that it returns.
type Tracer func(ctx context.Context, step string, articleID int64) (context.Context, func(error))

func (t Tracer) begin(ctx context.Context, step string, articleID int64) (context.Context, func(error)) {
	if t == nil {
		return ctx, func(error) {}
	}
	return t(ctx, step, articleID)
}
