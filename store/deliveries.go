package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"sitrep/bot"
)

var _ bot.Outbox = (*Store)(nil)

const deliveryColumns = `id, dedup_key, guild_id, channel_id, user_id, digest_id, part, payload, state, attempts, not_before, first_sent,
	message_id, posted_in, error, created_at, posted_at`

func scanDelivery(r row) (d bot.Delivery, err error) {
	return d, r.Scan(&d.ID, &d.Key, &d.GuildID, &d.ChannelID, &d.UserID, &d.DigestID, &d.Part, &d.Payload, &d.State, &d.Attempts,
		when{&d.NotBefore}, when{&d.FirstSent}, &d.MessageID, &d.PostedIn, &d.Error, when{&d.CreatedAt}, when{&d.PostedAt})
}

// LeaseDeliveries implements bot.Outbox. A delivery takes its place in its
// route when its first NotBefore has come: one that quiet hours hold until
// morning holds nobody up, one that is tried again later keeps its place.
func (s *Store) LeaseDeliveries(ctx context.Context, now time.Time, limit int, lease time.Duration) (leased []bot.Delivery, err error) {
	defer s.wrap(&err, "lease deliveries")
	err = s.write(ctx, func(t *tx) (err error) {
		// The condition on the row itself is checked again once it is locked:
		// a head that somebody else has taken meanwhile is passed by.
		leased, err = list(t, scanDelivery, `
			UPDATE deliveries SET state = 'sending', attempts = attempts + 1, lease_until = ?
			WHERE id IN (
				SELECT id FROM deliveries WHERE id IN (
					SELECT id FROM (
						SELECT id, row_number() OVER (PARTITION BY route ORDER BY queue_at, id) AS place
						FROM deliveries WHERE state IN ('pending', 'sending') AND queue_at <= ?) AS queued
					WHERE place = 1)
				AND (state = 'pending' AND not_before <= ? OR state = 'sending' AND lease_until <= ?)
				ORDER BY queue_at, id LIMIT ?`+s.skipLocked()+`)
			RETURNING `+deliveryColumns, micros(now.Add(lease)), micros(now), micros(now), micros(now), limit)
		return err
	})
	for i := range leased {
		leased[i].Attempts-- // as before this attempt
	}
	slices.SortFunc(leased, func(a, b bot.Delivery) int { return cmp.Compare(a.ID, b.ID) })
	return leased, err
}

// change updates one delivery; nothing updated is ErrConflict, or ErrNotFound
// where there is none.
func (s *Store) change(ctx context.Context, id int64, set string, args ...any) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE deliveries SET `+set, args...)
		if err != nil || n > 0 {
			return err
		}
		if _, err := scanID(t.row(`SELECT id FROM deliveries WHERE id = ?`, id)); err != nil {
			return err
		}
		return bot.ErrConflict
	})
}

// MarkSending implements bot.Outbox. ErrConflict: it is no longer ours to
// send, because its route was parked or it was posted.
func (s *Store) MarkSending(ctx context.Context, id int64, at time.Time) (err error) {
	defer s.wrap(&err, "mark delivery %d as sending", id)
	return s.change(ctx, id, `first_sent = CASE WHEN first_sent = 0 THEN ? ELSE first_sent END WHERE id = ? AND state = 'sending'`, micros(at), id)
}

// MarkPosted implements bot.Outbox. It holds whatever the state was: what was
// posted was posted. The first message id stays.
func (s *Store) MarkPosted(ctx context.Context, id int64, messageID, postedIn string, at time.Time) (err error) {
	defer s.wrap(&err, "mark delivery %d as posted", id)
	return s.change(ctx, id, `message_id = CASE WHEN state = 'posted' THEN message_id ELSE ? END,
		posted_in = CASE WHEN state = 'posted' THEN posted_in ELSE ? END,
		posted_at = CASE WHEN state = 'posted' THEN posted_at ELSE ? END,
		state = 'posted', error = '', lease_until = 0 WHERE id = ?`, messageID, postedIn, micros(at), id)
}

// MarkRetry implements bot.Outbox.
func (s *Store) MarkRetry(ctx context.Context, id int64, notBefore time.Time, reason string) (err error) {
	defer s.wrap(&err, "put delivery %d off", id)
	return s.change(ctx, id, `state = 'pending', not_before = ?, error = ?, lease_until = 0 WHERE id = ? AND state = 'sending'`, micros(notBefore), reason, id)
}

// MarkFailed implements bot.Outbox.
func (s *Store) MarkFailed(ctx context.Context, id int64, reason string) (err error) {
	defer s.wrap(&err, "mark delivery %d as failed", id)
	return s.change(ctx, id, `state = 'failed', error = ?, lease_until = 0 WHERE id = ? AND state <> 'posted'`, reason, id)
}

// ParkRoute implements bot.Outbox.
func (s *Store) ParkRoute(ctx context.Context, route, reason string, at time.Time) (first bool, err error) {
	defer s.wrap(&err, "park %s", route)
	err = s.write(ctx, func(t *tx) error {
		n, err := t.exec(`INSERT INTO parked_routes (route, guild_id, reason, since)
			VALUES (?, coalesce((SELECT guild_id FROM deliveries WHERE route = ? AND state <> 'posted' LIMIT 1),
				(SELECT guild_id FROM schedules WHERE 'channel:' || channel_id = ? LIMIT 1), ''), ?, ?)
			ON CONFLICT (route) DO NOTHING`, route, route, route, reason, micros(at))
		if err != nil {
			return err
		}
		first = n > 0
		_, err = t.exec(`UPDATE deliveries SET state = 'parked', error = ?, lease_until = 0 WHERE route = ? AND state IN ('pending', 'sending')`, reason, route)
		return err
	})
	return first, err
}

// UnparkRoute implements bot.Outbox. What waited is due at once, in its order.
func (s *Store) UnparkRoute(ctx context.Context, route string) (err error) {
	defer s.wrap(&err, "unpark %s", route)
	return s.write(ctx, func(t *tx) error {
		if _, err := t.exec(`DELETE FROM parked_routes WHERE route = ?`, route); err != nil {
			return err
		}
		_, err := t.exec(`UPDATE deliveries SET state = 'pending', error = '' WHERE route = ? AND state = 'parked'`, route)
		return err
	})
}

// ParkedRoutes implements bot.Outbox.
func (s *Store) ParkedRoutes(ctx context.Context, guildID string) (routes []bot.ParkedRoute, err error) {
	defer s.wrap(&err, "parked routes of guild %s", guildID)
	err = s.read(ctx, func(t *tx) (err error) {
		routes, err = list(t, func(r row) (p bot.ParkedRoute, err error) {
			return p, r.Scan(&p.Route, &p.Reason, when{&p.Since}, &p.Held)
		},
			`SELECT route, reason, since, (SELECT count(*) FROM deliveries d WHERE d.route = p.route AND d.state = 'parked')
			FROM parked_routes p WHERE guild_id = ? ORDER BY since, route`, guildID)
		return err
	})
	return routes, err
}

// Enqueue implements bot.Outbox.
func (s *Store) Enqueue(ctx context.Context, deliveries []bot.Delivery) (err error) {
	defer s.wrap(&err, "enqueue %d deliveries", len(deliveries))
	if len(deliveries) == 0 {
		return nil
	}
	return s.write(ctx, func(t *tx) error {
		now := s.now()
		for _, d := range deliveries {
			if err := t.enqueue(d, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// enqueue writes a delivery, parked where its route is.
func (t *tx) enqueue(d bot.Delivery, now time.Time) error {
	if d.CreatedAt.IsZero() {
		d.CreatedAt = now
	}
	queue := d.CreatedAt
	if d.NotBefore.After(queue) {
		queue = d.NotBefore
	}
	payload := d.Payload
	if payload == nil {
		payload = []byte{}
	}
	_, err := t.exec(`INSERT INTO deliveries (dedup_key, guild_id, channel_id, user_id, route, digest_id, part, payload, state, attempts,
			queue_at, not_before, first_sent, message_id, posted_in, error, created_at, posted_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, CASE WHEN EXISTS (SELECT 1 FROM parked_routes WHERE route = ?) THEN 'parked' ELSE 'pending' END, 0,
			?, ?, 0, '', '', '', ?, 0)
		ON CONFLICT (dedup_key) DO NOTHING`,
		d.Key, d.GuildID, d.ChannelID, d.UserID, d.Route(), d.DigestID, d.Part, payload, d.Route(),
		micros(queue), micros(d.NotBefore), micros(d.CreatedAt))
	return err
}

// DeliveryByMessage implements bot.Outbox.
func (s *Store) DeliveryByMessage(ctx context.Context, messageID string) (d bot.Delivery, err error) {
	defer s.wrap(&err, "delivery of message %s", messageID)
	if messageID == "" {
		return d, bot.ErrNotFound
	}
	err = s.read(ctx, func(t *tx) (err error) {
		d, err = scanDelivery(t.row(`SELECT `+deliveryColumns+` FROM deliveries WHERE message_id = ? LIMIT 1`, messageID))
		return err
	})
	return d, err
}

// DigestDeliveries implements bot.Outbox.
func (s *Store) DigestDeliveries(ctx context.Context, digestID int64) (ds []bot.Delivery, err error) {
	defer s.wrap(&err, "deliveries of digest %d", digestID)
	if digestID == 0 {
		return nil, nil
	}
	err = s.read(ctx, func(t *tx) (err error) {
		ds, err = list(t, scanDelivery, `SELECT `+deliveryColumns+` FROM deliveries WHERE digest_id = ? AND digest_id <> 0 ORDER BY part, id`, digestID)
		return err
	})
	return ds, err
}
