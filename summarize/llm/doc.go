// Package llm is the Summarizer for those who have a language model: any
// endpoint that speaks OpenAI's chat completions, or Anthropic's messages.
//
// In come articles; out go briefs under the same contract as the embedded
// engine's: what the model claims passes package grounding, or is dropped. The
// model is never on the critical path: it has a deadline, two tries, a breaker
// and a budget, and where any of them says no, the embedded engine's brief
// serves. The article's text stands in a data field of the prompt, never among
// the instructions, and the model writes no link, publisher, time or count.
//
//	model.go      what is asked of a model, and what it answers
//	openai.go     chat completions, spoken by OpenAI, Ollama, llama.cpp, vLLM, OpenRouter …
//	anthropic.go  messages
//	prompt.go     the instructions and schemas
//	brief.go      the engine
//	edit.go       headlines, bottom lines, translations
//	merge.go      lines that state one fact
//	budget.go     tokens and money a day
//	standing.go   what of it is used up, for people
//	breaker.go    when not to ask at all
package llm
