package main

import (
	"context"
	"errors"
	"time"

	"github.com/bwmarrin/discordgo"

	"sitrep/bot"
	"sitrep/bot/manage"
)

// The services that commands and the configuration file go through.
type services struct {
	guilds        *manage.Guilds
	feeds         *manage.Feeds
	schedules     *manage.Schedules
	subscriptions *manage.Subscriptions
	quotas        *manage.Quotas
	trouble       *manage.Trouble
}

func (s *service) newServices(renderer interface {
	Notice(n bot.Notice) ([]bot.Message, error)
}) services {
	limits := s.config.Limits
	v := services{
		guilds: &manage.Guilds{Store: s.store, Now: s.now},
		feeds: &manage.Feeds{Store: s.store, Finder: &manage.Discovery{Client: s.client, Now: s.now}, Owner: ownerOf(s.config), Limit: limits.FeedsPerGuild, Now: s.now,
			Detail: func(err error) { s.log.Info("an address that a user gave", "err", err) }},
		schedules: &manage.Schedules{Store: s.store, Guilds: s.store, Limit: limits.SchedulesPerGuild, Now: s.now},
		subscriptions: &manage.Subscriptions{Store: s.store, Stories: s.store, Guilds: s.store, SharedGuilds: s.people.Shared,
			PerUser: limits.SubscriptionsPerUser, PerGuild: limits.SubscriptionsPerGuild, DailyCap: limits.AlertsPerDay, Changed: s.alerter.Forget, Now: s.now},
		quotas: &manage.Quotas{Store: s.store, BriefsPerUserDay: limits.BriefsPerUserDay,
			BriefsPerGuildDay: limits.BriefsPerGuildDay, Now: s.now},
		trouble: &manage.Trouble{Store: s.store, Renderer: renderer, Sent: s.sender.Wake, Now: s.now, Log: s.log},
	}
	return v
}

// declare brings about what the configuration file declares.
func (s *service) declare(ctx context.Context) error {
	if _, err := s.schedules.Heal(ctx); err != nil {
		return err
	}
	d := &manage.Declared{Guilds: s.guilds, Feeds: s.feeds, Schedules: s.schedules}
	if err := d.Check(s.config); err != nil {
		return usage("%v", err)
	}
	return d.Apply(ctx, s.config)
}

func (s *service) joined(ctx context.Context, g *discordgo.Guild) error {
	_, err := s.guilds.Joined(ctx, g.ID, g.Name, g.OwnerID, g.PreferredLocale)
	return err
}

func (s *service) left(ctx context.Context, id string) error { return s.guilds.Left(ctx, id) }

func (s *service) feedTrouble(ctx context.Context) error { return s.trouble.Feeds(ctx) }

func (s *service) parked(ctx context.Context, d bot.Delivery, reason string) {
	s.meters.deliveries.WithLabelValues("parked").Inc()
	if d.GuildID == "" {
		return // a user who closed their direct messages knows
	}
	if err := s.trouble.RouteParked(ctx, d, reason); err != nil {
		s.log.Error("tell of a closed channel", "route", d.Route(), "err", err)
	}
}

// tidy forgets what is no longer needed.
func (s *service) tidy(ctx context.Context) error {
	now := s.now()
	const batch = 1000
	var errs []error
	for _, forget := range []func() (int, error){
		func() (int, error) { return s.guilds.Purge(ctx) },
		func() (int, error) {
			return s.store.PruneText(ctx, now.Add(-s.config.Retention.Text.Std()), batch)
		},
		func() (int, error) {
			return s.store.PruneArticles(ctx, now.Add(-s.config.Retention.Articles.Std()), batch)
		},
	} {
		for ctx.Err() == nil {
			n, err := forget()
			if err != nil {
				errs = append(errs, err)
			}
			if err != nil || n < batch {
				break
			}
		}
	}
	if _, err := s.store.PruneModelAnswers(ctx, now.Add(-30*24*time.Hour)); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
