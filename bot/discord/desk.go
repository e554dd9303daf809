package discord

import (
	"context"
	"log/slog"
	"time"

	"sitrep/bot/discord/cards"
	"sitrep/bot/discord/commands"
)

// desk holds the handlers of all commands, buttons and forms.
type desk struct {
	Services
	log *slog.Logger
}

// MuxConfig configures a Mux.
type MuxConfig struct {
	Services Services
	Log      *slog.Logger     // nil = slog.Default()
	Now      func() time.Time // nil = time.Now
	// Members tells which servers a user shares with the bot, for questions from
	// outside of a server; nil = none are known.
	Members Membership
	// CommandsPerMinute is how many interactions a user may make; 0 = 60.
	CommandsPerMinute int
	// AckAfter is how long an answer may take before it is deferred; 0 = 250 ms.
	AckAfter time.Duration
	// FormAfter is how long a form may take to open, which can't be deferred; 0 = 2.5 s.
	FormAfter time.Duration
	// SuggestAfter is how long suggestions may take to come, which can't be deferred; 0 = 2.5 s.
	SuggestAfter time.Duration
}

// Membership tells which servers a user shares with the bot: see Members.
type Membership interface {
	Saw(userID, guildID string)
	Shared(ctx context.Context, userID string) ([]string, error)
}

// NewMux returns the mux with every command, button and form.
func NewMux(cfg MuxConfig) *Mux {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.CommandsPerMinute == 0 {
		cfg.CommandsPerMinute = perMinute
	}
	if cfg.AckAfter == 0 {
		cfg.AckAfter = ackAfter
	}
	if cfg.FormAfter == 0 {
		cfg.FormAfter = formIn
	}
	if cfg.SuggestAfter == 0 {
		cfg.SuggestAfter = autocompleteIn
	}
	d := &desk{Services: cfg.Services, log: cfg.Log}
	m := &Mux{log: cfg.Log, now: cfg.Now, ackAfter: cfg.AckAfter, formIn: cfg.FormAfter, suggestIn: cfg.SuggestAfter, meter: newMeter(cfg.CommandsPerMinute), members: cfg.Members, commands: d.commands(), complete: d.completions(), actions: d.actions()}
	return m
}

func (d *desk) commands() map[string]route {
	return map[string]route{
		"latest":           {handle: d.latest, public: true},
		"who":              {handle: d.who, public: true},
		"story":            {handle: d.story, public: true},
		"search":           {handle: d.search, public: true},
		"quotes":           {handle: d.quotes, public: true},
		"between":          {handle: d.between, public: true},
		"catchup":          {handle: d.catchup},
		"brief":            {handle: d.brief, public: true, slow: true},
		commands.BriefThis: {handle: d.briefThis, slow: true},
		"subscribe":        {handle: d.subscribe},
		"unsubscribe":      {handle: d.unsubscribe},
		"subscriptions":    {handle: d.subscriptions},
		"why":              {handle: d.why},
		"privacy export":   {handle: d.exportPerson},
		"privacy delete":   {handle: d.deletePerson},
		"help":             {handle: d.help},
		"digest schedule":  {handle: d.scheduleDigest, manage: true},
		"digest list":      {handle: d.listDigests, manage: true},
		"digest edit":      {handle: d.editDigest, manage: true},
		"digest pause":     {handle: d.pauseDigest, manage: true},
		"digest remove":    {handle: d.removeDigest, manage: true},
		"digest now":       {handle: d.postNow, manage: true, slow: true},
		"digest preview":   {handle: d.previewDigest, manage: true, slow: true},
		"feeds add":        {handle: d.addFeed, manage: true, slow: true},
		"feeds remove":     {handle: d.removeFeed, manage: true},
		"feeds filter":     {handle: d.filterFeed, manage: true},
		"feeds list":       {handle: d.listFeeds, manage: true},
		"feeds health":     {handle: d.feedHealth, manage: true},
		"feeds import":     {handle: d.importFeeds, manage: true, slow: true},
		"feeds export":     {handle: d.exportFeeds, manage: true},
		"feeds packs":      {handle: d.packs, manage: true},
		"setup":            {handle: d.setup, manage: true, slow: true},
		"settings":         {handle: d.settings, manage: true},
		"status":           {handle: d.status, manage: true},
		"actors merge":     {handle: d.mergeActors, manage: true},
		"actors split":     {handle: d.splitActor, manage: true},
		"actors undo":      {handle: d.undoActors, manage: true},
	}
}

func (d *desk) completions() map[string]handler {
	return map[string]handler{
		"latest source":            d.suggestSources,
		"search source":            d.suggestSources,
		"who name":                 d.suggestActors,
		"quotes name":              d.suggestActors,
		"between a":                d.suggestActors,
		"between b":                d.suggestActors,
		"actors merge into":        d.suggestActors,
		"actors merge from":        d.suggestActors,
		"actors split actor":       d.suggestActors,
		"story story":              d.suggestStories,
		"unsubscribe subscription": d.suggestSubscriptions,
		"digest schedule zone":     d.suggestZones,
		"digest edit zone":         d.suggestZones,
		"settings zone":            d.suggestZones,
		"setup zone":               d.suggestZones,
		"digest edit digest":       d.suggestDigests,
		"digest pause digest":      d.suggestDigests,
		"digest remove digest":     d.suggestDigests,
		"digest now digest":        d.suggestDigests,
		"digest preview digest":    d.suggestDigests,
		"feeds remove feed":        d.suggestFeeds,
		"feeds filter feed":        d.suggestFeeds,
		"feeds packs pack":         d.suggestPacks,
		"setup pack":               d.suggestPacks,
	}
}

func (d *desk) actions() map[string]route {
	return map[string]route{
		cards.ActReceipts:       {handle: d.receipts},
		cards.ActDigestReceipts: {handle: d.digestReceipts},
		cards.ActStory:          {handle: d.openStory},
		cards.ActPickStory:      {handle: d.openStory},
		cards.ActPickActor:      {handle: d.openActor},
		cards.ActQuotes:         {handle: d.openQuotes},
		cards.ActLatest:         {handle: d.turnPage(cards.ActLatest), public: true, update: true},
		cards.ActSearch:         {handle: d.turnPage(cards.ActSearch), public: true, update: true},
		cards.ActFollowStory:    {handle: d.followStory},
		cards.ActFollowActor:    {handle: d.followActor},
		cards.ActMoreLike:       {handle: d.lean(moreFactor), manage: true},
		cards.ActFewerLike:      {handle: d.lean(fewerFactor), manage: true},
		cards.ActUndoWeight:     {handle: d.undoWeight, manage: true, update: true},
		cards.ActReport:         {handle: d.report, guild: true, form: true},
		cards.ActReportForm:     {handle: d.reported, guild: true},
		cards.ActSubscribe:      {handle: d.saveDraft, update: true},
		cards.ActCancel:         {handle: d.cancel, update: true},
		cards.ActSubscription:   {handle: d.subscription},
		cards.ActSubPause:       {handle: d.pauseSubscription, update: true},
		cards.ActSubEdit:        {handle: d.editSubscription, form: true},
		cards.ActSubEditForm:    {handle: d.editedSubscription, update: true},
		cards.ActSubDelete:      {handle: d.deleteSubscription, update: true},
		cards.ActPostNow:        {handle: d.postNowButton, manage: true, slow: true},
		cards.ActPreview:        {handle: d.previewButton, manage: true, slow: true},
		cards.ActPickFeed:       {handle: d.pickFeed, manage: true, slow: true},
		cards.ActAddFeed:        {handle: d.followFeed, manage: true, slow: true, update: true},
		cards.ActPickPack:       {handle: d.pickPack, manage: true},
		cards.ActFollowPack:     {handle: d.followPack, manage: true, slow: true, update: true},
		cards.ActSetup:          {handle: d.setupPack, manage: true, slow: true, update: true},
		cards.ActStatus:         {handle: d.refreshStatus, manage: true, update: true},
		cards.ActPrivacyDelete:  {handle: d.deletedPerson, update: true},
	}
}

// refreshStatus shows the status anew in the same message.
func (d *desk) refreshStatus(ctx context.Context, a *Ask) (Reply, error) {
	r, err := d.status(ctx, a)
	r.Update = true
	return r, err
}

// help tells what Sitrep can do, in the asker's language.
func (d *desk) help(_ context.Context, a *Ask) (Reply, error) {
	return say(cards.Help(a.P, commands.Overview(a.Manager || a.GuildID == ""))), nil
}
