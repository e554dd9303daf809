package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"sitrep/bot"
	"sitrep/feeds"
)

var (
	_ bot.StatusStore = (*Store)(nil)
	_ bot.TraceStore  = (*Store)(nil)
)

// Status implements bot.StatusStore. Of a guild, what it follows and waits for
// is counted; Jobs and Bytes are always the whole installation's.
func (s *Store) Status(ctx context.Context, guildID string) (st bot.Status, err error) {
	defer s.wrap(&err, "status")
	st.Engine = s.Engine()
	err = s.read(ctx, func(t *tx) error {
		mine, who := ``, []any{}
		if guildID != "" {
			mine, who = ` AND guild_id = ?`, []any{guildID}
			feedIDs, err := t.scopeFeeds(bot.Scope{GuildID: guildID})
			if err != nil {
				return err
			}
			in := s.ids(feedIDs)
			st.Guilds, st.Feeds = 1, len(feedIDs)
			for _, c := range []struct {
				into  any
				query string
			}{
				{&st.FeedsFailing, `SELECT count(*) FROM feeds WHERE state <> 'active' AND ` + s.in("id")},
				{&st.Articles, `SELECT count(*) FROM articles WHERE ` + s.in("feed_id")},
				{&st.Stories, `SELECT count(DISTINCT story_id) FROM story_articles WHERE ` + s.in("feed_id")},
				{&st.Waiting, `SELECT count(*) FROM articles WHERE stage IN ('stored', 'briefed') AND ` + s.in("feed_id")},
				{when{&st.CheckedAt}, `SELECT coalesce(max(last_checked_at), 0) FROM feeds WHERE ` + s.in("id")},
			} {
				if err := t.row(c.query, in).Scan(c.into); err != nil {
					return err
				}
			}
		} else {
			for _, c := range []struct {
				into  any
				query string
			}{
				{&st.Guilds, `SELECT count(*) FROM guilds WHERE left_at = 0`},
				{&st.Feeds, `SELECT count(*) FROM feeds WHERE followed`},
				{&st.FeedsFailing, `SELECT count(*) FROM feeds WHERE followed AND state <> 'active'`},
				{&st.Articles, `SELECT count(*) FROM articles`},
				{&st.Stories, `SELECT count(*) FROM stories WHERE merged_into = 0`},
				{&st.Waiting, `SELECT (SELECT count(*) FROM articles WHERE stage = 'stored') + (SELECT count(*) FROM articles WHERE stage = 'briefed')`},
				{when{&st.CheckedAt}, `SELECT coalesce(max(last_checked_at), 0) FROM feeds`},
			} {
				if err := t.row(c.query).Scan(c.into); err != nil {
					return err
				}
			}
		}
		if err := t.row(`SELECT count(*), coalesce(min(created_at), 0) FROM deliveries WHERE state IN ('pending', 'sending')`+mine, who...).Scan(&st.Outbox, when{&st.Oldest}); err != nil {
			return err
		}
		if err := t.row(`SELECT count(*) FROM parked_routes WHERE TRUE`+mine, who...).Scan(&st.Parked); err != nil {
			return err
		}
		if err := t.row(`SELECT count(*) FROM river_job WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled')`).Scan(&st.Jobs); err != nil {
			return err
		}
		st.Bytes, err = t.size()
		return err
	})
	return st, err
}

func (t *tx) size() (int64, error) {
	if t.s.engine == postgres {
		return scanID(t.row(`SELECT pg_database_size(current_database())`))
	}
	var size int64
	for _, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(t.s.name + suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return 0, err
		}
		if err == nil {
			size += info.Size()
		}
	}
	return size, nil
}

const traced = 10 // articles of one answer

// Trace implements bot.TraceStore.
func (s *Store) Trace(ctx context.Context, sc bot.Scope, query string) (traces []bot.Trace, err error) {
	defer s.wrap(&err, "trace %q", query)
	err = s.read(ctx, func(t *tx) error {
		feedIDs, err := t.scopeFeeds(sc)
		if err != nil || len(feedIDs) == 0 {
			return err
		}
		articles, err := t.traceable(sc, strings.TrimSpace(query), feedIDs)
		if err != nil {
			return err
		}
		for _, id := range articles {
			tr, err := t.trace(sc, id)
			if err != nil {
				return err
			}
			traces = append(traces, tr)
		}
		return nil
	})
	if err == nil && len(traces) == 0 {
		err = bot.ErrNotFound
	}
	return traces, err
}

// traceable finds the articles in scope that a URL, a message or a story means.
func (t *tx) traceable(sc bot.Scope, query string, feedIDs []int64) ([]int64, error) {
	if strings.Contains(query, "://") {
		return list(t, scanID, `SELECT id FROM articles WHERE `+t.s.in("feed_id")+` AND url_key = ? AND url = ? ORDER BY id LIMIT ?`,
			t.s.ids(feedIDs), urlKey(query), query, traced)
	}
	id, err := strconv.ParseInt(strings.TrimPrefix(query, "#"), 10, 64)
	if err != nil {
		return nil, nil
	}
	stories := []int64{id}
	if id > 1<<40 { // Discord's ids are far above ours
		// What a message showed: the stories of its digest, or of its alert.
		if stories, err = t.storiesOfMessage(sc, query); err != nil {
			return nil, err
		}
	}
	var out []int64
	for _, story := range stories {
		root, err := t.storyRoot(story)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		ids, err := list(t, scanID, `SELECT article_id FROM story_articles WHERE story_id = ? AND `+t.s.in("feed_id")+` ORDER BY published_at, article_id LIMIT ?`,
			root, t.s.ids(feedIDs), traced)
		if err != nil {
			return nil, err
		}
		out = append(out, ids...)
	}
	return out[:min(len(out), traced)], nil
}

func (t *tx) storiesOfMessage(sc bot.Scope, messageID string) ([]int64, error) {
	var key, guild, user string
	var digest int64
	err := t.row(`SELECT dedup_key, guild_id, user_id, digest_id FROM deliveries WHERE message_id = ? LIMIT 1`, messageID).Scan(&key, &guild, &user, &digest)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if guild != sc.GuildID && (user == "" || user != sc.UserID) {
		return nil, nil // another guild's message
	}
	if digest != 0 {
		return list(t, scanID, `SELECT story_id FROM digest_stories WHERE digest_id = ? AND left_out = '' ORDER BY story_id`, digest)
	}
	if parts := strings.Split(key, ":"); len(parts) > 2 && parts[0] == "alert" {
		if id, err := strconv.ParseInt(parts[2], 10, 64); err == nil {
			return []int64{id}, nil
		}
	}
	return nil, nil
}

// trace tells the way of one article, as far as the scope may know it.
func (t *tx) trace(sc bot.Scope, articleID int64) (tr bot.Trace, err error) {
	var (
		seen, edited, briefed, joined bot.TraceStep
		stage                         feeds.Stage
		note, source, engine, why     string
		story                         int64
	)
	err = t.row(`SELECT a.title, a.url, a.seen_at, a.edited_at, a.briefed_at, a.stage, a.note, a.text_source, coalesce(b.engine, ''),
			coalesce(m.story_id, 0), coalesce(m.joined_at, 0), coalesce(d.why, '')
		FROM articles a LEFT JOIN briefs b ON b.article_id = a.id LEFT JOIN story_articles m ON m.article_id = a.id LEFT JOIN story_docs d ON d.article_id = a.id
		WHERE a.id = ?`, articleID).Scan(&tr.Title, &tr.URL, when{&seen.At}, when{&edited.At}, when{&briefed.At}, &stage, &note, &source, &engine,
		&story, when{&joined.At}, &why)
	if err != nil {
		return tr, err
	}
	tr.StoryID = story
	seen.Step = "seen"
	tr.Steps = append(tr.Steps, seen)
	if !edited.At.IsZero() {
		edited.Step, edited.Code = "seen", "edited"
		tr.Steps = append(tr.Steps, edited)
	}
	if stage == feeds.StageSkipped {
		tr.Steps = append(tr.Steps, bot.TraceStep{At: seen.At, Step: "filtered", Note: note})
		return tr, nil
	}
	if !briefed.At.IsZero() {
		briefed.Step, briefed.Code, briefed.Note = "read", source, engine
		tr.Steps = append(tr.Steps, briefed)
	}
	if story != 0 {
		var reasons []string
		if why != "" {
			_ = json.Unmarshal([]byte(why), &reasons) // reasons that can't be read are left out
		}
		joined.Step, joined.Note = "joined", fmt.Sprintf("story %d", story)
		if len(reasons) > 0 {
			joined.Note += ": " + strings.Join(reasons, ", ")
		}
		tr.Steps = append(tr.Steps, joined)
		sent, err := t.traceDigests(sc, story)
		if err != nil {
			return tr, err
		}
		alerted, err := t.traceAlerts(sc, story)
		if err != nil {
			return tr, err
		}
		tr.Steps = append(append(tr.Steps, sent...), alerted...)
	}
	slices.SortStableFunc(tr.Steps, func(a, b bot.TraceStep) int { return a.At.Compare(b.At) })
	return tr, nil
}

// traceDigests tells what the guild's digests made of a story.
func (t *tx) traceDigests(sc bot.Scope, story int64) ([]bot.TraceStep, error) {
	if sc.GuildID == bot.DirectGuild {
		return nil, nil
	}
	type outcome struct {
		id      int64
		leftOut string
		d       bot.Digest
	}
	all, err := list(t, func(r row) (o outcome, err error) {
		var body []byte
		if err := r.Scan(&o.id, &o.leftOut, &body); err != nil {
			return o, err
		}
		return o, unpackJSON(body, &o.d)
	}, `SELECT d.id, x.left_out, d.body FROM digest_stories x JOIN digests d ON d.id = x.digest_id WHERE x.story_id = ? AND d.guild_id = ? ORDER BY d.id DESC LIMIT 6`,
		story, sc.GuildID)
	if err != nil {
		return nil, err
	}
	var steps []bot.TraceStep
	for _, o := range all {
		if o.leftOut != "" {
			steps = append(steps, bot.TraceStep{At: o.d.Until, Step: "left out", Channel: o.d.ChannelID, Code: o.leftOut})
			continue
		}
		for i, item := range o.d.Items {
			if item.StoryID == story {
				steps = append(steps, bot.TraceStep{At: o.d.Until, Step: "ranked", Channel: o.d.ChannelID, Place: i + 1, Of: len(o.d.Items), Note: strings.Join(item.Why, ", ")})
			}
		}
		sent, err := t.traceSent(`digest_id = ? AND digest_id <> 0`, o.id)
		if err != nil {
			return nil, err
		}
		steps = append(steps, sent...)
	}
	return steps, nil
}

// traceAlerts tells of the guild's alerts, or the user's own, on a story.
func (t *tx) traceAlerts(sc bot.Scope, story int64) ([]bot.TraceStep, error) {
	mine, who := `guild_id = ? AND user_id = ''`, sc.GuildID
	if sc.GuildID == bot.DirectGuild {
		mine, who = `user_id = ?`, sc.UserID
	}
	return t.traceSent(`dedup_key LIKE ? AND `+mine, "alert:%:"+strconv.FormatInt(story, 10)+":%", who)
}

func (t *tx) traceSent(where string, args ...any) ([]bot.TraceStep, error) {
	return list(t, func(r row) (step bot.TraceStep, err error) {
		var state bot.DeliveryState
		var id, in, reason string
		var created, posted bot.TraceStep
		if err := r.Scan(&state, &id, &in, &reason, when{&created.At}, when{&posted.At}); err != nil {
			return step, err
		}
		step = bot.TraceStep{At: created.At, Step: "sent", Code: string(state), Note: reason}
		if state == bot.Posted {
			step.At, step.Message, step.Channel, step.Note = posted.At, id, in, ""
		}
		return step, nil
	}, `SELECT state, message_id, posted_in, error, created_at, posted_at FROM deliveries WHERE `+where+` ORDER BY id DESC LIMIT 6`, args...)
}
