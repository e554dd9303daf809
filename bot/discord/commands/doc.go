// Package commands declares the application commands: their names, options,
// choices, where they can be used and by whom. The texts come from the message
// catalog. What a command does is in package discord.
package commands
