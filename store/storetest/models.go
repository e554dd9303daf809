package storetest

import (
	"sync"
	"testing"
	"time"
)

func models(t *testing.T, b *bench) {
	ctx := t.Context()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := b.s.SpendModel(ctx, "2026-03-09", "all", 100, 0.25, 1); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	spent, err := b.s.SpendModel(ctx, "2026-03-09", "all", -50, -0.5, 0)
	if err != nil {
		t.Fatal(err)
	}
	if spent.Tokens != 1950 || spent.Money != 4.5 || spent.Calls != 20 {
		t.Errorf("%+v", spent)
	}
	if other, err := b.s.SpendModel(ctx, "2026-03-10", "all", 0, 0, 0); err != nil || other.Tokens != 0 {
		t.Errorf("another day: %+v, %v", other, err)
	}
	if _, ok, err := b.s.ModelAnswer(ctx, "q"); ok || err != nil {
		t.Errorf("an answer that was never given: %v, %v", ok, err)
	}
	for _, answer := range []string{`{"a":1}`, `{"a":2}`} {
		if err := b.s.SaveModelAnswer(ctx, "q", []byte(answer), start); err != nil {
			t.Fatal(err)
		}
	}
	if answer, ok, err := b.s.ModelAnswer(ctx, "q"); !ok || err != nil || string(answer) != `{"a":2}` {
		t.Errorf("%s, %v, %v", answer, ok, err)
	}
	if n, err := b.s.PruneModelAnswers(ctx, start.Add(time.Second)); n != 1 || err != nil {
		t.Errorf("pruned %d, %v", n, err)
	}
}
