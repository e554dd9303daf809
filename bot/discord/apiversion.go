package discord

import "github.com/bwmarrin/discordgo"

// gatewayVersion is the version of the gateway that is spoken, the same as that
// of the REST API in DefaultAPI.
const gatewayVersion = "10"

// discordgo asks the gateway for the version in a variable of its package, which
// it reads nowhere else after it has started; it can't be set for one session.
func init() { discordgo.APIVersion = gatewayVersion }
