-- +goose Up
-- Times are microseconds since 1970 (UTC); 0 is "never". Texts and briefs are
-- zstd frames. What comes in as header bytes stays bytes.

CREATE TABLE feeds (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    url             TEXT    NOT NULL UNIQUE,
    host            TEXT    NOT NULL,
    site_url        TEXT    NOT NULL,
    title           TEXT    NOT NULL,
    description     TEXT    NOT NULL,
    lang            TEXT    NOT NULL,
    publisher       TEXT    NOT NULL,
    family          TEXT    NOT NULL,
    icon_url        TEXT    NOT NULL,
    hub_url         TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    since           BIGINT  NOT NULL,
    kind            TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    fails           INTEGER NOT NULL,
    moved           TEXT    NOT NULL,
    next_check_at   BIGINT  NOT NULL,
    last_checked_at BIGINT  NOT NULL,
    last_changed_at BIGINT  NOT NULL,
    check_every     BIGINT  NOT NULL,
    etag            BLOB    NOT NULL,
    last_modified   BLOB    NOT NULL,
    validators_at   BIGINT  NOT NULL,
    body_hash       BLOB,
    memory          TEXT    NOT NULL,
    followed        BOOLEAN NOT NULL DEFAULT FALSE,
    lease_until     BIGINT  NOT NULL DEFAULT 0
);
CREATE INDEX feeds_due ON feeds (next_check_at) WHERE followed AND state IN ('active', 'failing');
CREATE INDEX feeds_host ON feeds (host);

CREATE TABLE articles (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    feed_id      BIGINT  NOT NULL REFERENCES feeds (id),
    identity_key TEXT    NOT NULL,
    identity     TEXT    NOT NULL,
    fingerprint  TEXT    NOT NULL,
    guid         TEXT    NOT NULL,
    url          TEXT    NOT NULL,
    url_key      BIGINT  NOT NULL,
    title        TEXT    NOT NULL,
    summary      TEXT    NOT NULL,
    author       TEXT    NOT NULL,
    image_url    TEXT    NOT NULL,
    lang         TEXT    NOT NULL,
    publisher    TEXT    NOT NULL,
    family       TEXT    NOT NULL,
    text_source  TEXT    NOT NULL,
    paywalled    BOOLEAN NOT NULL,
    published_at BIGINT  NOT NULL,
    seen_at      BIGINT  NOT NULL,
    edited_at    BIGINT  NOT NULL,
    briefed_at   BIGINT  NOT NULL DEFAULT 0,
    content_hash TEXT    NOT NULL,
    stage        TEXT    NOT NULL,
    note         TEXT    NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX articles_identity ON articles (feed_id, identity_key);
CREATE INDEX articles_feed ON articles (feed_id, seen_at);
CREATE INDEX articles_url ON articles (feed_id, url_key);
CREATE INDEX articles_unread ON articles (feed_id, id) WHERE stage = 'stored';
CREATE INDEX articles_briefed ON articles (id) WHERE stage = 'briefed';

CREATE TABLE article_texts (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    body       BLOB NOT NULL
);

CREATE TABLE briefs (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    engine     TEXT NOT NULL,
    body       BLOB NOT NULL
);

CREATE VIRTUAL TABLE article_search USING fts5 (
    body, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2 categories 'L* M* N* Co'"
);

CREATE TABLE actors (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL,
    type          TEXT    NOT NULL,
    provisional   BOOLEAN NOT NULL,
    context       TEXT    NOT NULL,
    articles      INTEGER NOT NULL,
    created_at    BIGINT  NOT NULL,
    last_seen_at  BIGINT  NOT NULL,
    merged_into   BIGINT  NOT NULL DEFAULT 0
);
CREATE INDEX actors_merged ON actors (merged_into) WHERE merged_into <> 0;

CREATE TABLE actor_names (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    actor_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
    folded   TEXT   NOT NULL,
    name     TEXT   NOT NULL
);
CREATE UNIQUE INDEX actor_names_folded ON actor_names (folded, actor_id);
CREATE INDEX actor_names_actor ON actor_names (actor_id);

CREATE TABLE actor_words (
    word     TEXT   NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
    PRIMARY KEY (word, actor_id)
) WITHOUT ROWID;
CREATE INDEX actor_words_actor ON actor_words (actor_id);

CREATE TABLE actor_grams (
    gram     TEXT   NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
    PRIMARY KEY (gram, actor_id)
) WITHOUT ROWID;
CREATE INDEX actor_grams_actor ON actor_grams (actor_id);

CREATE TABLE actor_feeds (
    actor_id BIGINT  NOT NULL REFERENCES actors (id) ON DELETE CASCADE,
    feed_id  BIGINT  NOT NULL,
    articles INTEGER NOT NULL,
    last_at  BIGINT  NOT NULL,
    PRIMARY KEY (actor_id, feed_id)
) WITHOUT ROWID;
CREATE INDEX actor_feeds_recent ON actor_feeds (feed_id, last_at);

CREATE TABLE appearances (
    actor_id   BIGINT  NOT NULL,
    at         BIGINT  NOT NULL,
    article_id BIGINT  NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    idx        INTEGER NOT NULL, -- into the brief's actors
    feed_id    BIGINT  NOT NULL,
    name_id    BIGINT  NOT NULL,
    flags      INTEGER NOT NULL, -- 1 key, 2 acts, 4 has a role, 8 is quoted
    PRIMARY KEY (actor_id, at, article_id, idx)
) WITHOUT ROWID;
CREATE INDEX appearances_article ON appearances (article_id);

CREATE TABLE actor_ops (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT    NOT NULL,
    actor_id BIGINT  NOT NULL,
    other_id BIGINT  NOT NULL,
    detail   TEXT    NOT NULL,
    by_user  TEXT    NOT NULL,
    at       BIGINT  NOT NULL,
    undone   BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE stories (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    headline      TEXT    NOT NULL,
    first_seen_at BIGINT  NOT NULL,
    updated_at    BIGINT  NOT NULL,
    merged_into   BIGINT  NOT NULL DEFAULT 0,
    body          BLOB    NOT NULL
);
CREATE INDEX stories_merged ON stories (merged_into) WHERE merged_into <> 0;

CREATE TABLE story_articles (
    article_id   INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    story_id     BIGINT NOT NULL,
    feed_id      BIGINT NOT NULL,
    copy_of      BIGINT NOT NULL,
    published_at BIGINT NOT NULL,
    joined_at    BIGINT NOT NULL
);
CREATE INDEX story_articles_story ON story_articles (story_id);
CREATE INDEX story_articles_published ON story_articles (feed_id, published_at, story_id);
CREATE INDEX story_articles_joined ON story_articles (feed_id, joined_at, story_id);

CREATE TABLE story_docs (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    why        TEXT NOT NULL,
    doc        BLOB NOT NULL
);

CREATE TABLE developments (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    story_id BIGINT NOT NULL
);
CREATE INDEX developments_story ON developments (story_id);

CREATE TABLE guilds (
    id            TEXT    PRIMARY KEY,
    name          TEXT    NOT NULL,
    lang          TEXT    NOT NULL,
    zone          TEXT    NOT NULL,
    admin_channel TEXT    NOT NULL,
    owner_id      TEXT    NOT NULL,
    llm_opt_out   BOOLEAN NOT NULL,
    joined_at     BIGINT  NOT NULL,
    left_at       BIGINT  NOT NULL
);

CREATE TABLE follows (
    guild_id      TEXT   NOT NULL,
    feed_id       BIGINT NOT NULL REFERENCES feeds (id),
    include_query TEXT   NOT NULL,
    exclude_query TEXT   NOT NULL,
    added_by      TEXT   NOT NULL,
    added_at      BIGINT NOT NULL,
    pack          TEXT   NOT NULL,
    PRIMARY KEY (guild_id, feed_id)
);
CREATE INDEX follows_feed ON follows (feed_id);

CREATE TABLE schedules (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id       TEXT    NOT NULL,
    channel_id     TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    cron           TEXT    NOT NULL,
    words          TEXT    NOT NULL,
    zone           TEXT    NOT NULL,
    topics         TEXT    NOT NULL,
    size           TEXT    NOT NULL,
    lang           TEXT    NOT NULL,
    quiet_day      BOOLEAN NOT NULL,
    thread         BOOLEAN NOT NULL,
    crosspost      BOOLEAN NOT NULL,
    ping_role      TEXT    NOT NULL,
    min_publishers INTEGER NOT NULL,
    paused         BOOLEAN NOT NULL,
    declared       TEXT    NOT NULL,
    next_run_at    BIGINT  NOT NULL,
    last_slot      BIGINT  NOT NULL,
    created_by     TEXT    NOT NULL,
    created_at     BIGINT  NOT NULL
);
CREATE INDEX schedules_guild ON schedules (guild_id);
CREATE INDEX schedules_due ON schedules (next_run_at) WHERE NOT paused AND next_run_at > 0;

CREATE TABLE digests (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    schedule_id BIGINT NOT NULL, -- 0: on demand
    slot        BIGINT NOT NULL,
    guild_id    TEXT   NOT NULL,
    channel_id  TEXT   NOT NULL,
    until       BIGINT NOT NULL,
    body        BLOB   NOT NULL
);
CREATE UNIQUE INDEX digests_slot ON digests (schedule_id, slot) WHERE schedule_id <> 0;
CREATE INDEX digests_channel ON digests (channel_id, id);
CREATE INDEX digests_guild ON digests (guild_id);

CREATE TABLE digest_stories (
    story_id  BIGINT NOT NULL,
    digest_id BIGINT NOT NULL REFERENCES digests (id) ON DELETE CASCADE,
    left_out  TEXT   NOT NULL, -- the reason, '' when it was shown
    PRIMARY KEY (story_id, digest_id)
) WITHOUT ROWID;
CREATE INDEX digest_stories_digest ON digest_stories (digest_id);

CREATE TABLE shown (
    channel_id     TEXT    NOT NULL,
    development_id BIGINT  NOT NULL,
    version        INTEGER NOT NULL,
    guild_id       TEXT    NOT NULL,
    at             BIGINT  NOT NULL,
    PRIMARY KEY (channel_id, development_id)
) WITHOUT ROWID;

CREATE TABLE deliveries (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    dedup_key   TEXT    NOT NULL UNIQUE,
    guild_id    TEXT    NOT NULL,
    channel_id  TEXT    NOT NULL,
    user_id     TEXT    NOT NULL,
    route       TEXT    NOT NULL,
    digest_id   BIGINT  NOT NULL,
    part        INTEGER NOT NULL,
    payload     BLOB    NOT NULL,
    state       TEXT    NOT NULL,
    attempts    INTEGER NOT NULL,
    queue_at    BIGINT  NOT NULL, -- when it takes its place in the route
    not_before  BIGINT  NOT NULL,
    first_sent  BIGINT  NOT NULL,
    message_id  TEXT    NOT NULL,
    posted_in   TEXT    NOT NULL,
    error       TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    posted_at   BIGINT  NOT NULL,
    lease_until BIGINT  NOT NULL DEFAULT 0
);
CREATE INDEX deliveries_waiting ON deliveries (route, queue_at, id) WHERE state IN ('pending', 'sending');
CREATE INDEX deliveries_parked ON deliveries (route) WHERE state = 'parked';
CREATE INDEX deliveries_message ON deliveries (message_id) WHERE message_id <> '';
CREATE INDEX deliveries_digest ON deliveries (digest_id) WHERE digest_id <> 0;
CREATE INDEX deliveries_guild ON deliveries (guild_id);

CREATE TABLE parked_routes (
    route    TEXT   PRIMARY KEY,
    guild_id TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    since    BIGINT NOT NULL
);

CREATE TABLE subscriptions (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id       TEXT    NOT NULL,
    user_id        TEXT    NOT NULL,
    channel_id     TEXT    NOT NULL,
    place          TEXT    NOT NULL, -- the route that it alerts
    query          TEXT    NOT NULL,
    actor_id       BIGINT  NOT NULL,
    story_id       BIGINT  NOT NULL,
    whenever       TEXT    NOT NULL,
    daily_at       INTEGER NOT NULL,
    zone           TEXT    NOT NULL,
    quiet_from     INTEGER NOT NULL,
    quiet_to       INTEGER NOT NULL,
    min_publishers INTEGER NOT NULL,
    daily_cap      INTEGER NOT NULL,
    paused         BOOLEAN NOT NULL,
    lang           TEXT    NOT NULL,
    next_run_at    BIGINT  NOT NULL,
    created_at     BIGINT  NOT NULL
);
CREATE UNIQUE INDEX subscriptions_same ON subscriptions (guild_id, place, query, actor_id, story_id);
CREATE INDEX subscriptions_user ON subscriptions (user_id);
CREATE INDEX subscriptions_due ON subscriptions (next_run_at) WHERE next_run_at > 0;

CREATE TABLE told (
    subscription_id BIGINT  NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    development_id  BIGINT  NOT NULL,
    version         INTEGER NOT NULL,
    PRIMARY KEY (subscription_id, development_id)
) WITHOUT ROWID;

CREATE TABLE held_back (
    subscription_id BIGINT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    story_id        BIGINT NOT NULL,
    at              BIGINT NOT NULL,
    PRIMARY KEY (subscription_id, story_id)
) WITHOUT ROWID;

CREATE TABLE alerts (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription_id BIGINT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
    at              BIGINT NOT NULL
);
CREATE INDEX alerts_subscription ON alerts (subscription_id, at);

CREATE TABLE leases (
    name   TEXT   PRIMARY KEY,
    holder TEXT   NOT NULL,
    until  BIGINT NOT NULL
);

CREATE TABLE caught_up (
    user_id  TEXT   NOT NULL,
    guild_id TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (user_id, guild_id)
);

CREATE TABLE quotas (
    name       TEXT    PRIMARY KEY,
    started_at BIGINT  NOT NULL,
    ends_at    BIGINT  NOT NULL,
    used       INTEGER NOT NULL
);

CREATE TABLE weights (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id   TEXT   NOT NULL,
    channel_id TEXT   NOT NULL,
    term       TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    factor     DOUBLE PRECISION NOT NULL,
    by_user    TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX weights_channel ON weights (channel_id);

-- +goose Down
DROP TABLE weights; DROP TABLE quotas; DROP TABLE caught_up; DROP TABLE leases;
DROP TABLE alerts; DROP TABLE held_back; DROP TABLE told; DROP TABLE subscriptions;
DROP TABLE parked_routes; DROP TABLE deliveries; DROP TABLE shown; DROP TABLE digest_stories; DROP TABLE digests;
DROP TABLE schedules; DROP TABLE follows; DROP TABLE guilds;
DROP TABLE developments; DROP TABLE story_docs; DROP TABLE story_articles; DROP TABLE stories;
DROP TABLE actor_ops; DROP TABLE appearances; DROP TABLE actor_feeds; DROP TABLE actor_grams; DROP TABLE actor_words;
DROP TABLE actor_names; DROP TABLE actors;
DROP TABLE article_search; DROP TABLE briefs; DROP TABLE article_texts; DROP TABLE articles; DROP TABLE feeds;
