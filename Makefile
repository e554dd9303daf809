.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

build: ## build ./sitrep, static
	CGO_ENABLED=0 go build -trimpath -o sitrep ./cmd/sitrep

demo: ## the whole main job, with nothing set up
	go run ./cmd/sitrep demo

test: ## the tests
	go test ./...

check: ## what CI runs
	bash .ci/run

lint: ## golangci-lint, as CI runs it
	bash .ci/lint

bench: ## the benchmarks of the hot paths
	go test -run '^$$' -bench . -benchmem ./feeds ./summarize/... ./store ./bot/...

fuzz: ## every fuzz target for FUZZTIME (default 100000 inputs)
	bash .ci/fuzz $(or $(FUZZTIME),100000x)

chaos: ## kill the process at every step of the way, hundreds of times; prints the counts
	bash .ci/chaos

model: ## train the tagger anew: make model DATA=path/to/ner
	go run ./cmd/sitrep train ner --data $(DATA) --out summarize/ner/model.bin

.PHONY: help build demo test check lint bench fuzz chaos model
