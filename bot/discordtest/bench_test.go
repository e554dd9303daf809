package discordtest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"sitrep/bot/discordtest"
)

// BenchmarkCreateMessage posts cards one after the other over loopback, with a guild in 2,000.
func BenchmarkCreateMessage(b *testing.B) {
	srv := discordtest.Start(discordtest.Config{NoRateLimits: true})
	defer srv.Close()
	srv.AddGuilds(1999, "guild")
	news := srv.AddGuild(discordtest.GuildConfig{Name: "g"}).AddChannel(discordtest.ChannelConfig{Name: "news"})
	body := `{"flags":32768,"nonce":"%d","enforce_nonce":true,"components":[{"type":17,"components":[{"type":10,"content":"` + strings.Repeat("word ", 200) + `"},` +
		`{"type":1,"components":[{"type":2,"style":2,"label":"Receipts","custom_id":"r"}]}]}]}`
	for i := 0; b.Loop(); i++ {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, srv.URL()+"/channels/"+news.ID+"/messages", strings.NewReader(fmt.Sprintf(body, i)))
		if err != nil {
			b.Fatal(err)
		}
		req.Header = http.Header{"Authorization": {"Bot " + srv.Token()}, "User-Agent": {"DiscordBot (bench, 1)"}, "Content-Type": {"application/json"}}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			b.Fatal(resp.Status)
		}
	}
}
