package config

import "time"

// Config is everything that an operator can set.
type Config struct {
	Discord    Discord             `yaml:"discord"`
	Database   Database            `yaml:"database"`
	HTTP       HTTP                `yaml:"http"`
	Feeds      Feeds               `yaml:"feeds"`
	Owners     map[string][]string `yaml:"owners"` // owning group -> its outlets (publisher names or host names)
	Guilds     []Guild             `yaml:"guilds"`
	Limits     Limits              `yaml:"limits"`
	Retention  Retention           `yaml:"retention"`
	Summarizer Summarizer          `yaml:"summarizer"`
	Log        Log                 `yaml:"log"`
	Tracing    Tracing             `yaml:"tracing"`
	Roles      []string            `yaml:"roles"` // of this process: gateway, poll, work

	positions map[string]Position // YAML path -> where it stands
	file      string
}

// Discord is how the bot reaches Discord.
type Discord struct {
	Token     Secret `yaml:"token"`
	TokenFile string `yaml:"token_file"` // a file that holds the token alone
	API       string `yaml:"api"`        // base URL of the REST API
}

// Database is where rows are kept.
type Database struct {
	URL Secret `yaml:"url"` // postgres://… or a file's path
}

// HTTP is how the bot asks the web, and how it is asked.
type HTTP struct {
	Contact      string   `yaml:"contact"`       // URL or mail address in the User-Agent
	AllowPrivate []string `yaml:"allow_private"` // networks that the address guard lets through
	Listen       string   `yaml:"listen"`        // address of /healthz, /readyz, /metrics; "" = off
	PublicURL    string   `yaml:"public_url"`    // where WebSub hubs reach us; "" = no WebSub
	HubListen    string   `yaml:"hub_listen"`    // address that PublicURL leads to
}

// Feeds is how feeds are polled, and what is known of them.
type Feeds struct {
	Workers     int          `yaml:"workers"`
	MinInterval Duration     `yaml:"min_interval"`
	MaxInterval Duration     `yaml:"max_interval"`
	Declared    []FeedSource `yaml:"declared"`
}

// A FeedSource tells who speaks in a feed.
type FeedSource struct {
	URL       string `yaml:"url"`
	Publisher string `yaml:"publisher"`
	Family    string `yaml:"family"`
}

// A Guild is what the file declares for one Discord server.
type Guild struct {
	ID           Snowflake `yaml:"id"`
	Lang         string    `yaml:"lang"`
	Zone         string    `yaml:"zone"`
	AdminChannel Snowflake `yaml:"admin_channel"`
	Feeds        []Follow  `yaml:"feeds"`
	Digests      []Digest  `yaml:"digests"`
}

// A Follow is a feed that a guild follows.
type Follow struct {
	URL     string `yaml:"url"`
	Include string `yaml:"include"`
	Exclude string `yaml:"exclude"`
}

// A Digest is a schedule of a guild.
type Digest struct {
	Key           string    `yaml:"key"` // tells it from the guild's others from one start to the next
	Channel       Snowflake `yaml:"channel"`
	Name          string    `yaml:"name"`
	When          string    `yaml:"when"` // words or five cron fields
	Zone          string    `yaml:"zone"`
	Topics        string    `yaml:"topics"`
	Size          string    `yaml:"size"`
	Lang          string    `yaml:"lang"`
	QuietDay      bool      `yaml:"quiet_day"`
	Thread        bool      `yaml:"thread"`
	Crosspost     bool      `yaml:"crosspost"`
	PingRole      Snowflake `yaml:"ping_role"`
	MinPublishers int       `yaml:"min_publishers"`
	Paused        bool      `yaml:"paused"`
}

// Limits keeps one guild or user from using up what all share.
type Limits struct {
	FeedsPerGuild         int `yaml:"feeds_per_guild"`
	SchedulesPerGuild     int `yaml:"schedules_per_guild"`
	SubscriptionsPerUser  int `yaml:"subscriptions_per_user"`
	SubscriptionsPerGuild int `yaml:"subscriptions_per_guild"`
	AlertsPerDay          int `yaml:"alerts_per_day"`
	BriefsPerUserDay      int `yaml:"briefs_per_user_day"`
	BriefsPerGuildDay     int `yaml:"briefs_per_guild_day"`
	CommandsPerMinute     int `yaml:"commands_per_minute"`
	BacklogItems          int `yaml:"backlog_items"`
}

// Retention is how long rows are kept.
type Retention struct {
	Text     Duration `yaml:"text"`
	Articles Duration `yaml:"articles"`
}

// Summarizer is who reads the articles.
type Summarizer struct {
	Engine string `yaml:"engine"` // embedded or llm
	LLM    LLM    `yaml:"llm"`
}

// LLM is the language model, used with engine llm.
type LLM struct {
	Provider       string   `yaml:"provider"` // openai (and compatible) or anthropic
	BaseURL        string   `yaml:"base_url"`
	Model          string   `yaml:"model"`
	Key            Secret   `yaml:"key"`
	Timeout        Duration `yaml:"timeout"`
	TokensPerDay   int64    `yaml:"tokens_per_day"`
	TokensPerGuild int64    `yaml:"tokens_per_guild"`
	MoneyPerDay    float64  `yaml:"money_per_day"`
	PriceIn        float64  `yaml:"price_in"`  // of a million tokens read
	PriceOut       float64  `yaml:"price_out"` // of a million tokens written
}

// Log is what is written to standard error.
type Log struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

// Tracing is where traces of articles are sent.
type Tracing struct {
	Endpoint string  `yaml:"endpoint"` // base URL of an OTLP/HTTP receiver; "" = no traces
	Headers  Secret  `yaml:"headers"`  // name=value, separated by commas, the values percent-encoded
	Sample   float64 `yaml:"sample"`   // the part of all articles that is traced, 0 to 1
}

// Default returns the configuration that holds where nothing is set.
func Default() Config {
	return Config{
		Discord:  Discord{API: "https://discord.com/api"},
		Database: Database{URL: "sitrep.db"},
		Feeds: Feeds{
			Workers:     32,
			MinInterval: Duration(15 * time.Minute),
			MaxInterval: Duration(6 * time.Hour),
		},
		Limits: Limits{
			FeedsPerGuild:         300,
			SchedulesPerGuild:     25,
			SubscriptionsPerUser:  25,
			SubscriptionsPerGuild: 200,
			AlertsPerDay:          20,
			BriefsPerUserDay:      30,
			BriefsPerGuildDay:     300,
			CommandsPerMinute:     120,
			BacklogItems:          30,
		},
		Retention: Retention{
			Text:     Duration(30 * day),
			Articles: Duration(400 * day),
		},
		Summarizer: Summarizer{
			Engine: "embedded",
			LLM: LLM{
				Provider:       "openai",
				Timeout:        Duration(30 * time.Second),
				TokensPerDay:   2_000_000,
				TokensPerGuild: 200_000,
			},
		},
		Log:     Log{Level: "info", Format: "text"},
		Tracing: Tracing{Sample: 1},
		Roles:   []string{"gateway", "poll", "work"},
	}
}

// File is the file that was read, "" when there was none.
func (c *Config) File() string { return c.file }

// HasRole reports whether this process plays a role.
func (c *Config) HasRole(role string) bool {
	for _, r := range c.Roles {
		if r == role {
			return true
		}
	}
	return false
}
