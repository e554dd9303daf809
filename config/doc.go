// Package config loads what an operator sets: a YAML file, then the
// environment on top of it, then defaults for the rest. In come bytes and
// variables; out comes a Config that is valid, or a list of Problems, each with
// the line it stands on and what is expected there.
//
// Every field is documented, with its default, in sitrep.example.yaml; a test
// keeps that file and the structs here in step.
//
// Secrets (token, keys, database URL) are of type Secret, which prints itself
// as "[secret]" in every format.
//
// The package imports nothing of ours. What needs the bot's own rules (topic
// queries, times in words) is checked where it is applied; Config.Problem then
// finds the line.
package config
