package discordtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	// maxRequestBytes is the largest request that the API reads.
	maxRequestBytes = 25 << 20
	// maxFileBytes is the largest file where nobody has paid for more; interactions tell it as attachment_size_limit.
	maxFileBytes = 10 << 20
	// maxAttachments is the most files of one message.
	maxAttachments = 10
)

// storedFile is an uploaded file.
type storedFile struct {
	name, contentType string
	data              []byte
}

// upload is one file part of a request: files[n].
type upload struct {
	n           string
	name        string
	contentType string
	data        []byte
}

var filePartPattern = regexp.MustCompile(`^files\[([0-9]{1,2})\]$`)

// readBody reads a request's body: JSON, or a multipart form with payload_json and files[n].
// raw is the JSON text of it, for the journal.
func readBody(r *http.Request) (raw []byte, files []upload, refusal *apiError) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequestBytes+1))
	if err != nil {
		return nil, nil, errInvalidJSON
	}
	if len(body) > maxRequestBytes {
		return nil, nil, errTooLarge
	}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case kind == "multipart/form-data":
	case len(body) > 0 && kind != "application/json":
		var errs formErrors
		errs.add(nil, "CONTENT_TYPE_INVALID", `Expected "Content-Type" header to be one of {'application/json', 'multipart/form-data'}.`)
		return body, nil, errs.err()
	case len(body) == 0 && kind != "" && r.Method != http.MethodGet, !utf8.Valid(body):
		return body, nil, errInvalidJSON
	default:
		return body, nil, nil
	}
	mr := multipart.NewReader(strings.NewReader(string(body)), params["boundary"])
	var errs formErrors
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, errInvalidJSON
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, nil, errInvalidJSON
		}
		name := part.FormName()
		if name == "payload_json" {
			raw = data
			continue
		}
		m := filePartPattern.FindStringSubmatch(name)
		if m == nil {
			errs.add([]string{name}, "UNKNOWN_FORM_PART", "Unknown part of the form.")
			continue
		}
		if part.FileName() == "" {
			errs.add([]string{name}, "BASE_TYPE_REQUIRED", "A file needs a name.")
			continue
		}
		if len(data) > maxFileBytes {
			return nil, nil, errTooLarge
		}
		ct := part.Header.Get("Content-Type")
		if ct == "" || ct == "application/octet-stream" {
			if guess := mime.TypeByExtension(path.Ext(part.FileName())); guess != "" {
				ct = guess
			}
		}
		files = append(files, upload{m[1], part.FileName(), ct, data})
	}
	if err := errs.err(); err != nil {
		return raw, nil, err
	}
	if raw == nil {
		raw = []byte("{}")
	}
	return raw, files, nil
}

// decodeObject decodes a JSON object; numbers keep their digits.
func decodeObject(raw []byte) (map[string]any, *apiError) {
	v, refusal := decodeJSON(raw)
	if refusal != nil {
		return nil, refusal
	}
	m, ok := v.(map[string]any)
	if !ok {
		var errs formErrors
		errs.add(nil, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
		return nil, errs.err()
	}
	return m, nil
}

func decodeJSON(raw []byte) (any, *apiError) {
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, errInvalidJSON
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errInvalidJSON
	}
	return v, nil
}

var unsafeFilename = regexp.MustCompile(`[^A-Za-z0-9_.\-]+`)

// cleanFilename is what Discord makes of a file's name: letters, digits, "_", "-" and ".".
func cleanFilename(name string) string {
	name = unsafeFilename.ReplaceAllString(name, "_")
	name = strings.TrimLeft(name, "_.")
	if name == "" {
		name = "unknown"
	}
	return name
}

// readAttachments joins the files of a request with its "attachments", and with those that the message has
// already. The result is what the message's attachments will be; ids of new ones are given at once.
func (s *Server) readAttachments(f form, c *channel, files []upload, present []Attachment, ephemeral bool) []Attachment {
	type meta struct {
		f     form
		index int
	}
	byID := map[string]meta{}
	listed := f.present("attachments")
	for i, a := range f.objects("attachments", 0, maxAttachments) {
		if !a.require("id") {
			continue
		}
		id := a.snowflake("id")
		if _, double := byID[id]; double {
			a.fail("id", "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")
		}
		byID[id] = meta{a, i}
	}
	var out []Attachment
	for _, p := range present {
		m, kept := byID[p.ID]
		if listed && !kept {
			continue
		}
		if kept && m.f.present("description") {
			p.Description = m.f.str("description", 0, 1024)
		}
		delete(byID, p.ID)
		out = append(out, p)
	}
	for _, u := range files {
		id := s.newID()
		a := Attachment{ID: id, Filename: cleanFilename(u.name), ContentType: u.contentType, Size: len(u.data), Ephemeral: ephemeral}
		if m, ok := byID[u.n]; ok {
			if n := m.f.str("filename", minIf(m.f.has("filename")), 1024); n != "" {
				a.Filename = cleanFilename(n)
			}
			a.Description = m.f.str("description", 0, 1024)
			delete(byID, u.n)
		}
		a.URL = fmt.Sprintf("http://%s/attachments/%s/%s/%s", s.addr, c.id, id, a.Filename)
		s.attachments[id] = &storedFile{a.Filename, a.ContentType, u.data}
		out = append(out, a)
	}
	for id, m := range byID {
		m.f.fail("id", "ATTACHMENT_NOT_FOUND", "There is no file or attachment %s.", id)
	}
	if len(out) > maxAttachments {
		f.fail("attachments", "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", maxAttachments)
	}
	return out
}

func names(as []Attachment) fileNames {
	n := fileNames{}
	for _, a := range as {
		n[a.Filename] = a.ID
	}
	return n
}

// resolveMedia points attachment:// references at the files, in those parts of the message that the request has
// brought: older parts are shared with snapshots.
func (s *Server) resolveMedia(m *Message, embeds, components bool) {
	byName := map[string]Attachment{}
	for _, a := range m.Attachments {
		byName[a.Filename] = a
	}
	fix := func(u string) string {
		if n, ok := strings.CutPrefix(u, "attachment://"); ok {
			return byName[n].URL
		}
		return u
	}
	if embeds {
		for i := range m.Embeds {
			e := &m.Embeds[i]
			e.Image, e.Thumbnail, e.Author.IconURL, e.Footer.IconURL = fix(e.Image), fix(e.Thumbnail), fix(e.Author.IconURL), fix(e.Footer.IconURL)
		}
	}
	media := func(x *Media) {
		if n, ok := strings.CutPrefix(x.URL, "attachment://"); ok {
			x.ContentType = byName[n].ContentType
		}
		x.URL = fix(x.URL)
		if x.ID == "" {
			x.ID = s.newID()
		}
	}
	if !components {
		return
	}
	for c := range Walk(m.Components) {
		switch c.Type {
		case ComponentThumbnail:
			media(&c.Media)
		case ComponentFile:
			c.Size = byName[c.Name].Size
			media(&c.Media)
		case ComponentMediaGallery:
			for i := range c.Items {
				media(&c.Items[i].Media)
			}
		}
	}
}

// serveAttachment answers GET /attachments/{channel}/{id}/{name}.
func (s *Server) serveAttachment(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/attachments/"), "/")
	s.mu.Lock()
	var f *storedFile
	if len(parts) == 3 {
		f = s.attachments[parts[1]]
	}
	s.mu.Unlock()
	if f == nil || f.name != parts[2] {
		http.Error(w, "This content is no longer available.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", f.contentType)
	_, _ = w.Write(f.data) // a client that went away misses its file
}
