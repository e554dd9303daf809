package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"sitrep/bot/discord/commands"
)

// RegisterCommands makes Discord's command set the one of package commands. It asks for
// what is registered and overwrites it only where it differs, as changes are
// counted against a daily limit. It reports whether it wrote.
func RegisterCommands(ctx context.Context, s *discordgo.Session, applicationID string) (changed bool, err error) {
	want := commands.All()
	endpoint := discordgo.EndpointApplicationGlobalCommands(applicationID)
	raw, err := s.RequestWithBucketID("GET", endpoint+"?with_localizations=true", nil, endpoint, discordgo.WithContext(ctx))
	if err != nil {
		return false, fmt.Errorf("list the registered commands: %w", err)
	}
	var have []commands.Command
	if err := json.Unmarshal(raw, &have); err != nil {
		return false, fmt.Errorf("list the registered commands: %w", err)
	}
	if setHash(have) == setHash(want) {
		return false, nil
	}
	if _, err := s.RequestWithBucketID("PUT", endpoint, want, endpoint, discordgo.WithContext(ctx)); err != nil {
		return false, fmt.Errorf("register the commands: %w", err)
	}
	return true, nil
}

// setHash hashes what of a command set is ours to say, whatever its order.
func setHash(set []commands.Command) string {
	set = slices.Clone(set)
	slices.SortFunc(set, func(a, b commands.Command) int {
		if a.Type != b.Type {
			return a.Type - b.Type
		}
		return strings.Compare(a.Name, b.Name)
	})
	for i := range set {
		set[i].Contexts = slices.Sorted(slices.Values(set[i].Contexts))
		set[i].IntegrationTypes = slices.Sorted(slices.Values(set[i].IntegrationTypes))
	}
	b, err := json.Marshal(set)
	if err != nil {
		return "" // plain data always encodes; an empty print never equals a full one
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
