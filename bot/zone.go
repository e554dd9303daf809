package bot

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones must be there on machines without a zone database

	"sitrep/summarize/text"
)

// zoneNames are the IANA zones in use, without their outdated names (which
// LoadZone takes all the same).
//
//go:embed zones.txt
var zoneList string

var zoneNames = strings.Fields(zoneList)

// zonePlaces are places that people think of before the city that names their
// zone.
var zonePlaces = map[string]string{
	"amsterdam": "Europe/Amsterdam", "atlanta": "America/New_York", "austin": "America/Chicago", "austria": "Europe/Vienna",
	"bangalore": "Asia/Kolkata", "barcelona": "Europe/Madrid", "bavaria": "Europe/Berlin", "beijing": "Asia/Shanghai", "bern": "Europe/Zurich",
	"birmingham": "Europe/London", "boston": "America/New_York", "brasilia": "America/Sao_Paulo", "brazil": "America/Sao_Paulo", "brasil": "America/Sao_Paulo",
	"california": "America/Los_Angeles", "canberra": "Australia/Sydney", "cape town": "Africa/Johannesburg", "central time": "America/Chicago",
	"china": "Asia/Shanghai", "cologne": "Europe/Berlin", "deutschland": "Europe/Berlin", "eastern time": "America/New_York", "edinburgh": "Europe/London",
	"england": "Europe/London", "espana": "Europe/Madrid", "florida": "America/New_York", "france": "Europe/Paris", "frankfurt": "Europe/Berlin",
	"geneva": "Europe/Zurich", "germany": "Europe/Berlin", "glasgow": "Europe/London", "greece": "Europe/Athens", "guangzhou": "Asia/Shanghai",
	"hamburg": "Europe/Berlin", "hanoi": "Asia/Ho_Chi_Minh", "hawaii": "Pacific/Honolulu", "houston": "America/Chicago", "hyderabad": "Asia/Kolkata",
	"india": "Asia/Kolkata", "ireland": "Europe/Dublin", "islamabad": "Asia/Karachi", "israel": "Asia/Jerusalem", "italia": "Europe/Rome", "italy": "Europe/Rome",
	"japan": "Asia/Tokyo", "kiev": "Europe/Kyiv", "korea": "Asia/Seoul", "las vegas": "America/Los_Angeles", "lisboa": "Europe/Lisbon", "lyon": "Europe/Paris",
	"manchester": "Europe/London", "marseille": "Europe/Paris", "melbourne": "Australia/Melbourne", "miami": "America/New_York", "milan": "Europe/Rome",
	"mountain time": "America/Denver", "moskau": "Europe/Moscow", "mumbai": "Asia/Kolkata", "munchen": "Europe/Berlin", "munich": "Europe/Berlin",
	"netherlands": "Europe/Amsterdam", "new delhi": "Asia/Kolkata", "delhi": "Asia/Kolkata", "new zealand": "Pacific/Auckland", "nigeria": "Africa/Lagos",
	"norway": "Europe/Oslo", "osaka": "Asia/Tokyo", "osterreich": "Europe/Vienna", "pacific time": "America/Los_Angeles", "philadelphia": "America/New_York",
	"poland": "Europe/Warsaw", "porto": "Europe/Lisbon", "portugal": "Europe/Lisbon", "pretoria": "Africa/Johannesburg", "rio de janeiro": "America/Sao_Paulo",
	"saint petersburg": "Europe/Moscow", "san diego": "America/Los_Angeles", "san francisco": "America/Los_Angeles", "schweiz": "Europe/Zurich",
	"scotland": "Europe/London", "seattle": "America/Los_Angeles", "shenzhen": "Asia/Shanghai", "spain": "Europe/Madrid", "sweden": "Europe/Stockholm",
	"switzerland": "Europe/Zurich", "tel aviv": "Asia/Jerusalem", "texas": "America/Chicago", "thailand": "Asia/Bangkok", "turkey": "Europe/Istanbul",
	"ukraine": "Europe/Kyiv", "united kingdom": "Europe/London", "vietnam": "Asia/Ho_Chi_Minh", "wales": "Europe/London", "warschau": "Europe/Warsaw",
	"washington": "America/New_York", "wellington": "Pacific/Auckland", "wien": "Europe/Vienna", "zurich": "Europe/Zurich",
	"gmt": "UTC", "utc": "UTC", "cet": "Europe/Berlin", "cest": "Europe/Berlin", "bst": "Europe/London", "est": "America/New_York", "edt": "America/New_York",
	"cst": "America/Chicago", "mst": "America/Denver", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "ist": "Asia/Kolkata", "jst": "Asia/Tokyo",
}

// ZoneName returns an IANA zone as it is written, for a name in any case. Where
// there is no such zone the UserError names the nearest.
func ZoneName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return "", NewUserError("zone_empty", "A time zone is missing, such as Europe/Berlin.")
	}
	for _, z := range zoneNames {
		if strings.EqualFold(z, name) {
			return z, nil
		}
	}
	if strings.Contains(name, "/") {
		if loc, err := time.LoadLocation(name); err == nil {
			return loc.String(), nil
		}
	}
	if near := SuggestZones(name, time.Time{}, 1); len(near) > 0 {
		return "", NewUserError("zone_near", "There is no time zone “{Zone}”. Did you mean {Near}?", "Zone", name, "Near", near[0].Value)
	}
	return "", NewUserError("zone_unknown", "There is no time zone “{Zone}”. Write it as continent and city, such as Europe/Berlin.", "Zone", name)
}

// LoadZone is time.LoadLocation for what a user typed: "Local" and "" are
// refused.
func LoadZone(name string) (*time.Location, error) {
	name, err := ZoneName(name)
	if err != nil {
		return nil, err
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		e := NewUserError("zone_unknown", "There is no time zone “{Zone}”. Write it as continent and city, such as Europe/Berlin.", "Zone", name)
		e.Err = err
		return nil, e
	}
	return loc, nil
}

// SuggestZones finds zones by a part of their name, or by a well-known place or
// abbreviation. With a moment, each label tells the time there.
func SuggestZones(prefix string, now time.Time, limit int) []Suggestion {
	want := strings.TrimSpace(strings.NewReplacer("_", " ", "/", " ").Replace(text.FoldPlain(prefix)))
	type hit struct {
		rank int
		zone string
	}
	var hits []hit
	seen := map[string]bool{}
	add := func(rank int, zone string) {
		if !seen[zone] {
			seen[zone] = true
			hits = append(hits, hit{rank, zone})
		}
	}
	if want != "" {
		places := make([]string, 0, 4)
		for place := range zonePlaces {
			if strings.HasPrefix(place, want) {
				places = append(places, place)
			}
		}
		slices.Sort(places)
		for _, place := range places {
			rank := 1
			if place == want {
				rank = 0
			}
			add(rank, zonePlaces[place])
		}
	}
	for _, z := range zoneNames {
		whole := strings.ToLower(strings.NewReplacer("_", " ", "/", " ").Replace(z))
		city := whole[strings.LastIndexByte(strings.ToLower(z), '/')+1:]
		switch {
		case want == "":
			if common[z] {
				add(0, z)
			}
		case whole == want || city == want:
			add(0, z)
		case strings.HasPrefix(city, want):
			add(1, z)
		case strings.HasPrefix(whole, want):
			add(2, z)
		case len(want) >= 3 && strings.Contains(whole, want):
			add(3, z)
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return a.rank - b.rank })
	if len(hits) > limit {
		hits = hits[:limit]
	}
	out := make([]Suggestion, 0, len(hits))
	for _, h := range hits {
		label := h.zone
		if !now.IsZero() {
			if loc, err := time.LoadLocation(h.zone); err == nil {
				label = fmt.Sprintf("%s (%s)", h.zone, now.In(loc).Format("15:04"))
			}
		}
		out = append(out, Suggestion{Label: label, Value: h.zone})
	}
	return out
}

// common are shown before anything is typed.
var common = map[string]bool{
	"UTC": true, "Europe/London": true, "Europe/Berlin": true, "Europe/Paris": true, "Europe/Madrid": true, "Europe/Lisbon": true, "Europe/Kyiv": true,
	"America/New_York": true, "America/Chicago": true, "America/Denver": true, "America/Los_Angeles": true, "America/Sao_Paulo": true,
	"America/Mexico_City": true, "America/Argentina/Buenos_Aires": true, "Africa/Lagos": true, "Africa/Johannesburg": true, "Asia/Kolkata": true,
	"Asia/Singapore": true, "Asia/Shanghai": true, "Asia/Tokyo": true, "Australia/Sydney": true, "Pacific/Auckland": true,
}
