package discord

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"
)

type answer string

func (a answer) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(string(a))), Request: r}, nil
}

func TestTheGatewayIsSpokenInTheVersionOfTheAPI(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 1)
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Query().Get("v")
		http.Error(w, "no more than the version is of interest", http.StatusTeapot)
	}))
	defer gateway.Close()
	s, err := discordgo.New("Bot x")
	if err != nil {
		t.Fatal(err)
	}
	s.Client = &http.Client{Transport: answer(`{"url":"ws` + strings.TrimPrefix(gateway.URL, "http") + `"}`)}
	if err := s.Open(); err == nil {
		t.Error("a server that speaks no WebSocket was connected to")
	}
	if v := <-asked; v != gatewayVersion || !strings.HasSuffix(DefaultAPI, "/v"+v) {
		t.Errorf("asked the gateway for version %q; the API's base is %s", v, DefaultAPI)
	}
}
