package feeds

import (
	"regexp"
	"strings"
)

// secretParam finds the parameters of an address that give access by knowing
// them: ?token=…, &api_key=…, and the like.
var secretParam = regexp.MustCompile(`(?i)([?&;](?:[\w.-]*(?:token|secret|passw|pwd|signature|credential|session|jwt)[\w.-]*|(?:api|access|auth|private|feed|user|x-?api)?[_-]?key|auth|sig|sid|pass|hash|code)=)[^&;#\s"'<>)]+`)

// userInfo finds what stands before the host of an address.
var userInfo = regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://)[^/\s"'<>?#@]*(?:@[^/\s"'<>?#@]*)*@`)

// Shown is a text, or an address, as people may see it who need not know the
// secrets that addresses in it carry: user names and passwords, and the values
// of parameters that are named like keys, are replaced by "…".
func Shown(text string) string {
	if !strings.Contains(text, "://") && !strings.ContainsAny(text, "?&") {
		return text
	}
	return secretParam.ReplaceAllString(userInfo.ReplaceAllString(text, "${1}…@"), "${1}…")
}
