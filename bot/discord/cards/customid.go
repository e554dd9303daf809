package cards

import (
	"strconv"
	"strings"
)

// IDVersion marks the custom ids of this program's generation. A button of
// another one is answered with an explanation.
const IDVersion = "s1"

// Actions of buttons, menus and forms. The action and its arguments make the
// custom id, so that components work after a restart.
const (
	ActReceipts       = "rc"  // STORY
	ActDigestReceipts = "rd"  // PART, FROM, TO: items of the digest the message belongs to
	ActStory          = "st"  // STORY
	ActPickStory      = "sp"  // (value: STORY)
	ActFollowStory    = "fs"  // STORY
	ActFollowActor    = "fa"  // ACTOR
	ActMoreLike       = "ml"  // STORY
	ActFewerLike      = "fl"  // STORY
	ActUndoWeight     = "uw"  // WEIGHT
	ActReport         = "rp"  // STORY: opens the form
	ActReportForm     = "rpf" // STORY
	ActLatest         = "lt"  // TO, OFFSET, SINCE; topic and source are carried by the pager's ActState buttons
	ActState          = "x"   // KIND, VALUE: carries state, is never pressed
	ActSearch         = "se"  // TO, OFFSET, SINCE
	ActPickActor      = "ap"  // (value: ACTOR)
	ActQuotes         = "qu"  // ACTOR
	ActPickPack       = "pp"  // (value: PACK)
	ActAddFeed        = "af"  // the address is that of the link button beside it
	ActPickFeed       = "pf"  // (value: URL)
	ActSubscribe      = "su"  // WHERE+WHEN, PUBLISHERS, start of the topic: saves what a dry run showed
	ActSubscription   = "sb"  // (value: SUBSCRIPTION)
	ActSubPause       = "sz"  // SUBSCRIPTION
	ActSubEdit        = "sx"  // SUBSCRIPTION: opens the form
	ActSubEditForm    = "sf"  // SUBSCRIPTION
	ActSubDelete      = "sd"  // SUBSCRIPTION
	ActPrivacyDelete  = "pd"  // USER: confirms
	ActCancel         = "no"  // rest of the topic, where it stands below a dry run
	ActStatus         = "ss"  //
	ActSetup          = "sg"  // CHANNEL, ZONE (value: PACK); the time is carried by an ActState button
	ActFollowPack     = "fp"  // PACK
	ActPostNow        = "pn"  // SCHEDULE
	ActPreview        = "pv"  // SCHEDULE
)

// ID makes a custom id. Arguments hold no colon, but for the last.
func ID(action string, args ...any) string {
	var b strings.Builder
	b.WriteString(IDVersion + ":" + action)
	for _, a := range args {
		b.WriteByte(':')
		switch a := a.(type) {
		case string:
			b.WriteString(a)
		case int:
			b.WriteString(strconv.Itoa(a))
		case int64:
			b.WriteString(strconv.FormatInt(a, 10))
		}
	}
	return b.String()
}

// ParseID takes a custom id apart. Known is false for one of another generation
// or program.
func ParseID(id string) (action string, args string, known bool) {
	version, rest, _ := strings.Cut(id, ":")
	if version != IDVersion {
		return "", "", false
	}
	action, args, _ = strings.Cut(rest, ":")
	return action, args, true
}
