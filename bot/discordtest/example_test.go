package discordtest_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"sitrep/bot/discordtest"
)

// A message is posted as a bot would do it, and looked at as a member would.
func Example() {
	srv := discordtest.Start(discordtest.Config{Clock: discordtest.NewClock(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))})
	defer srv.Close()
	guild := srv.AddGuild(discordtest.GuildConfig{Name: "Harbour Watch"})
	news := guild.AddChannel(discordtest.ChannelConfig{Name: "news"})
	ada := guild.AddMember("Ada", discordtest.MemberConfig{})

	req, _ := http.NewRequest(http.MethodPost, srv.URL()+"/channels/"+news.ID+"/messages",
		strings.NewReader(`{"content":"**Crane falls** into the basin, <t:1772434800:R>"}`))
	req.Header.Set("Authorization", "Bot "+srv.Token())
	req.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()

	_ = discordtest.RenderChannel(os.Stdout, ada, news, 60, false)
	for _, r := range srv.Journal().Requests() {
		fmt.Println(r.Method, r.Route, r.Status)
	}
	// Output:
	// Sitrep [APP]  08:00
	// Crane falls into the basin, an hour ago
	// POST /channels/{channel_id}/messages 200
}
