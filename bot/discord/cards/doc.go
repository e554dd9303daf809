// Package cards draws what Sitrep says on Discord as Components V2 messages:
// digests, alerts, lists of stories, dossiers, timelines, receipts, notices.
//
// In come the domain's own values and a locale.Printer; out come Messages that
// keep every limit of the platform, in parts where one does not hold them.
// Everything that came from outside is escaped on its way in, links are only
// those of the sources, and nobody is pinged but the role that a schedule names.
package cards
