package store

import (
	"context"
	"time"

	"sitrep/bot"
)

var _ bot.ScheduleStore = (*Store)(nil)

const scheduleColumns = `id, guild_id, channel_id, name, cron, words, zone, topics, size, lang, quiet_day, thread, crosspost, ping_role,
	min_publishers, paused, declared, next_run_at, last_slot, created_by, created_at`

func scanSchedule(r row) (s bot.Schedule, err error) {
	return s, r.Scan(&s.ID, &s.GuildID, &s.ChannelID, &s.Name, &s.Cron, &s.Words, &s.Zone, &s.Topics, &s.Size, &s.Lang, &s.QuietDay, &s.Thread,
		&s.Crosspost, &s.PingRole, &s.MinPublishers, &s.Paused, &s.Declared, when{&s.NextRunAt}, when{&s.LastSlot}, &s.CreatedBy, when{&s.CreatedAt})
}

// SaveSchedule implements bot.ScheduleStore. LastSlot is the store's own: an
// older value does not put it back.
func (s *Store) SaveSchedule(ctx context.Context, c bot.Schedule) (out bot.Schedule, err error) {
	defer s.wrap(&err, "save schedule %d", c.ID)
	if c.CreatedAt.IsZero() {
		c.CreatedAt = s.now()
	}
	err = s.write(ctx, func(t *tx) (err error) {
		if c.ID == 0 {
			out, err = scanSchedule(t.row(`INSERT INTO schedules (guild_id, channel_id, name, cron, words, zone, topics, size, lang, quiet_day, thread,
					crosspost, ping_role, min_publishers, paused, declared, next_run_at, last_slot, created_by, created_at)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING `+scheduleColumns,
				c.GuildID, c.ChannelID, c.Name, c.Cron, c.Words, c.Zone, c.Topics, string(c.Size), c.Lang, c.QuietDay, c.Thread,
				c.Crosspost, c.PingRole, c.MinPublishers, c.Paused, c.Declared, micros(c.NextRunAt), micros(c.LastSlot), c.CreatedBy, micros(c.CreatedAt)))
			return err
		}
		last := micros(c.LastSlot)
		out, err = scanSchedule(t.row(`UPDATE schedules SET guild_id = ?, channel_id = ?, name = ?, cron = ?, words = ?, zone = ?, topics = ?, size = ?,
				lang = ?, quiet_day = ?, thread = ?, crosspost = ?, ping_role = ?, min_publishers = ?, paused = ?, declared = ?, next_run_at = ?,
				last_slot = CASE WHEN ? > last_slot THEN ? ELSE last_slot END
			WHERE id = ? RETURNING `+scheduleColumns,
			c.GuildID, c.ChannelID, c.Name, c.Cron, c.Words, c.Zone, c.Topics, string(c.Size),
			c.Lang, c.QuietDay, c.Thread, c.Crosspost, c.PingRole, c.MinPublishers, c.Paused, c.Declared, micros(c.NextRunAt), last, last, c.ID))
		return err
	})
	return out, err
}

// Schedule implements bot.ScheduleStore.
func (s *Store) Schedule(ctx context.Context, id int64) (c bot.Schedule, err error) {
	defer s.wrap(&err, "schedule %d", id)
	err = s.read(ctx, func(t *tx) (err error) {
		c, err = scanSchedule(t.row(`SELECT `+scheduleColumns+` FROM schedules WHERE id = ?`, id))
		return err
	})
	return c, err
}

// Schedules implements bot.ScheduleStore.
func (s *Store) Schedules(ctx context.Context, guildID string) (cs []bot.Schedule, err error) {
	defer s.wrap(&err, "schedules of guild %s", guildID)
	err = s.read(ctx, func(t *tx) (err error) {
		cs, err = list(t, scanSchedule, `SELECT `+scheduleColumns+` FROM schedules WHERE guild_id = ? ORDER BY id`, guildID)
		return err
	})
	return cs, err
}

// RemoveSchedule implements bot.ScheduleStore.
func (s *Store) RemoveSchedule(ctx context.Context, id int64) (err error) {
	defer s.wrap(&err, "remove schedule %d", id)
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`DELETE FROM schedules WHERE id = ?`, id)
		if err == nil && n == 0 {
			err = bot.ErrNotFound
		}
		return err
	})
}

// DueSchedules implements bot.ScheduleStore. Those of guilds that the bot has
// left are not due.
func (s *Store) DueSchedules(ctx context.Context, now time.Time, limit int) (cs []bot.Schedule, err error) {
	defer s.wrap(&err, "due schedules")
	err = s.read(ctx, func(t *tx) (err error) {
		cs, err = list(t, scanSchedule, `SELECT `+scheduleColumns+` FROM schedules
			WHERE NOT paused AND next_run_at > 0 AND next_run_at <= ?
				AND NOT EXISTS (SELECT 1 FROM guilds g WHERE g.id = schedules.guild_id AND g.left_at > 0)
			ORDER BY next_run_at, id LIMIT ?`, micros(now), limit)
		return err
	})
	return cs, err
}
