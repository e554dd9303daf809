package main

import (
	"fmt"

	"sitrep/store"
)

type migrateCmd struct {
	To string `help:"Move everything to another, empty database, and verify it." placeholder:"URL"`
}

func (d *migrateCmd) Run(p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	db, err := store.Open(p.ctx, c.Database.URL.Reveal(), store.Options{Log: p.logger(c)})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(p.ctx); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%s is up to date.\n", db.Name())
	if d.To == "" {
		return nil
	}
	p.hush.dsn(d.To)
	to, err := store.Open(p.ctx, d.To, store.Options{Log: p.logger(c)})
	if err != nil {
		return err
	}
	defer to.Close()
	report, err := db.CopyTo(p.ctx, to)
	if err != nil {
		return err
	}
	for _, table := range report.Each {
		fmt.Fprintf(p.stdout, "  %-24s %9d rows  %016x\n", table.Table, table.Rows, table.Checksum)
	}
	fmt.Fprintf(p.stdout, "Copied to %s: %d rows in %d tables; counts and checksums agree.\nNow set DATABASE_URL to it and start the bot.\n", to.Name(), report.Rows, report.Tables)
	return nil
}

type backupCmd struct {
	File string `arg:"" help:"Where to write the copy; must not exist."`
}

func (b *backupCmd) Run(p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	db, err := store.Open(p.ctx, c.Database.URL.Reveal(), store.Options{Log: p.logger(c)})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Backup(p.ctx, b.File); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "Wrote %s. To restore: stop the bot, put the file in the database's place (or `sitrep migrate --to postgres://…` from it), start the bot.\n", b.File)
	return nil
}
