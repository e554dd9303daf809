package discord_test

import (
	"flag"
	"os"
	"testing"
)

// The tests of this package wait for connections far more than they compute:
// many run side by side, however few processors there are.
func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Lookup("test.parallel").Value.Set("32")
	os.Exit(m.Run())
}
