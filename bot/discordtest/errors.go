package discordtest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// apiError is a refusal as the REST API gives it.
type apiError struct {
	status  int
	code    int
	message string
	fields  map[string]any // nested "errors" of a 50035
	// retryAfter is set, in seconds, on those refusals that are 429s in disguise (30046, 20028).
	retryAfter float64
}

func (e *apiError) Error() string {
	return fmt.Sprintf("HTTP %d, code %d: %s", e.status, e.code, e.message)
}

func (e *apiError) body() map[string]any {
	b := map[string]any{"code": e.code, "message": e.message}
	if e.fields != nil {
		b["errors"] = e.fields
	}
	if e.retryAfter > 0 {
		b["retry_after"] = e.retryAfter
		b["global"] = false
	}
	return b
}

// statusError is a refusal without a code of its own, such as "404: Not Found".
func statusError(status int) *apiError {
	return &apiError{status: status, message: fmt.Sprintf("%d: %s", status, http.StatusText(status))}
}

// The refusals of the platform that have a code, as its documentation lists them.
var (
	errUnknownApplication  = &apiError{404, 10002, "Unknown Application", nil, 0}
	errUnknownChannel      = &apiError{404, 10003, "Unknown Channel", nil, 0}
	errUnknownGuild        = &apiError{404, 10004, "Unknown Guild", nil, 0}
	errUnknownMember       = &apiError{404, 10007, "Unknown Member", nil, 0}
	errUnknownMessage      = &apiError{404, 10008, "Unknown Message", nil, 0}
	errUnknownUser         = &apiError{404, 10013, "Unknown User", nil, 0}
	errUnknownWebhook      = &apiError{404, 10015, "Unknown Webhook", nil, 0}
	errUnknownInteraction  = &apiError{404, 10062, "Unknown interaction", nil, 0}
	errUnknownCommand      = &apiError{404, 10063, "Unknown application command", nil, 0}
	errOldEdits            = &apiError{429, 30046, "Maximum number of edits to messages older than 1 hour reached. Try again later.", nil, 0}
	errDailyCreates        = &apiError{400, 30034, "Max number of daily application command creates has been reached (200)", nil, 0}
	errTooManyCommands     = &apiError{400, 30032, "Maximum number of application commands reached (100).", nil, 0}
	errTooLarge            = &apiError{413, 40005, "Request entity too large", nil, 0}
	errAlreadyCrossposted  = &apiError{400, 40033, "This message has already been crossposted.", nil, 0}
	errForumChannel        = &apiError{400, 40058, "Cannot send a message in a forum channel", nil, 0}
	errAlreadyAcknowledged = &apiError{400, 40060, "Interaction has already been acknowledged.", nil, 0}
	errTagRequired         = &apiError{400, 40067, "A tag is required to create a forum post in this channel", nil, 0}
	errFollowupLimit       = &apiError{400, 40094, "This interaction has hit the maximum number of follow up messages", nil, 0}
	errUserAgent           = &apiError{403, 40333, "internal network error", nil, 0}
	errMissingAccess       = &apiError{403, 50001, "Missing Access", nil, 0}
	errDMChannel           = &apiError{403, 50003, "Cannot execute action on a DM channel", nil, 0}
	errNotAuthor           = &apiError{403, 50005, "Cannot edit a message authored by another user", nil, 0}
	errEmptyMessage        = &apiError{400, 50006, "Cannot send an empty message", nil, 0}
	errCannotDM            = &apiError{403, 50007, "Cannot send messages to this user", nil, 0}
	errNonText             = &apiError{400, 50008, "Cannot send messages in a non-text channel", nil, 0}
	errNoMutualGuild       = &apiError{403, 50278, "Cannot send messages to this user due to having no mutual guilds", nil, 0}
	errMissingPermissions  = &apiError{403, 50013, "Missing Permissions", nil, 0}
	errChannelType         = &apiError{400, 50024, "Cannot execute action on this channel type", nil, 0}
	errWebhookToken        = &apiError{401, 50027, "Invalid Webhook Token", nil, 0}
	errThreadArchived      = &apiError{400, 50083, "Thread is archived", nil, 0}
	errInvalidJSON         = &apiError{400, 50109, "The request body contains invalid JSON.", nil, 0}
	errThreadExists        = &apiError{400, 160004, "A thread has already been created for this message", nil, 0}
)

// formErrors collects what is wrong with a request body; it becomes a 50035.
type formErrors struct {
	tree map[string]any
}

// add notes that the field at path breaks a rule.
func (f *formErrors) add(path []string, code, format string, args ...any) {
	if f.tree == nil {
		f.tree = map[string]any{}
	}
	node := f.tree
	for _, p := range path {
		next, ok := node[p].(map[string]any)
		if !ok {
			next = map[string]any{}
			node[p] = next
		}
		node = next
	}
	list, _ := node["_errors"].([]any)
	node["_errors"] = append(list, map[string]any{"code": code, "message": fmt.Sprintf(format, args...)})
}

// err is the refusal, or nil if nothing was wrong.
func (f *formErrors) err() *apiError {
	if f.tree == nil {
		return nil
	}
	return &apiError{status: 400, code: 50035, message: "Invalid Form Body", fields: f.tree}
}

// FieldErrors flattens the nested "errors" of a 50035 body into "path: CODE" lines in no
// particular order, so that a test can look for one of them.
func FieldErrors(body map[string]any) []string {
	var out []string
	var walk func(prefix []string, v map[string]any)
	walk = func(prefix []string, v map[string]any) {
		for k, x := range v {
			if k == "_errors" {
				list, _ := x.([]any)
				for _, e := range list {
					m, _ := e.(map[string]any)
					out = append(out, fmt.Sprintf("%s: %v", strings.Join(prefix, "."), m["code"]))
				}
				continue
			}
			if m, ok := x.(map[string]any); ok {
				walk(append(prefix[:len(prefix):len(prefix)], k), m)
			}
		}
	}
	if errs, ok := body["errors"].(map[string]any); ok {
		walk(nil, errs)
	}
	return out
}

func index(i int) string { return strconv.Itoa(i) }
