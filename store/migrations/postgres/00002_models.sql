-- +goose Up
CREATE TABLE model_spend (
	day TEXT NOT NULL,     -- UTC, 2006-01-02
	account TEXT NOT NULL, -- "all" or "guild:ID"
	tokens BIGINT NOT NULL DEFAULT 0,
	money DOUBLE PRECISION NOT NULL DEFAULT 0,
	calls BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (day, account)
);

CREATE TABLE model_answers (
	question TEXT PRIMARY KEY, -- hash of everything that the model saw
	answer BYTEA NOT NULL,
	at BIGINT NOT NULL
);
CREATE INDEX model_answers_at ON model_answers (at);

-- +goose Down
DROP TABLE model_answers;
DROP TABLE model_spend;
