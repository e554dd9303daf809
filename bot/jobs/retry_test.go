package jobs

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/riverqueue/river/rivertype"
)

func TestRetryWaitsLongerAndLonger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the clock stands
		before := time.Duration(0)
		for n := range 20 {
			wait := time.Until(retry{}.NextRetry(&rivertype.JobRow{Errors: make([]rivertype.AttemptError, n)}))
			if wait < before || wait < 15*time.Second || wait > 10*time.Minute {
				t.Errorf("after %d failures it waits %s, before it was %s", n+1, wait, before)
			}
			before = wait
		}
		if before != 10*time.Minute {
			t.Errorf("at last it waits %s, want 10m", before)
		}
	})
}
