package feeds

import (
	"bytes"
	"mime"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode/utf32"
)

// toUTF8 returns body as valid UTF-8. A byte order mark is believed first, then
// what the bytes prove, then the Content-Type header, then the XML declaration
// (RFC 7303); each only if the body can be read that way. Bytes that fit nothing
// are taken for Windows-1252 one by one, which mends both Latin-1 declared as
// UTF-8 and pages glued together from two encodings. It also names what it used.
func toUTF8(body []byte, contentType string) (out []byte, name string) {
	if out, name, ok := fromMarks(body); ok {
		return out, name
	}
	declared := xmlEncoding(body)
	header := headerCharset(contentType)
	valid := utf8.Valid(body)
	if valid && isASCII(body) && !escapeBased(header) && !escapeBased(declared) {
		return body, "utf-8"
	}
	for _, label := range []string{header, declared} {
		if label == "" {
			continue
		}
		enc, name := lookup(label)
		if enc == nil {
			continue
		}
		if name == "utf-8" {
			if valid {
				return body, name
			}
			continue
		}
		// Multi-byte text in valid UTF-8 is never by chance something else.
		if valid {
			return body, "utf-8"
		}
		if out, err := enc.NewDecoder().Bytes(body); err == nil && plausible(out) {
			return out, name
		}
	}
	if valid {
		return body, "utf-8"
	}
	if high, bad := invalidShare(body); bad*2 > high && header == "" && declared == "" {
		if r, err := chardet.NewTextDetector().DetectBest(body[:min(len(body), 64<<10)]); err == nil && r.Confidence >= 30 {
			if enc, name := lookup(r.Charset); enc != nil && name != "utf-8" {
				if out, err := enc.NewDecoder().Bytes(body); err == nil && plausible(out) {
					return out, name
				}
			}
		}
	}
	return mendUTF8(body), "windows-1252"
}

func escapeBased(label string) bool {
	l := strings.ToLower(label)
	return strings.HasPrefix(l, "iso-2022") || strings.HasPrefix(l, "hz") || strings.HasPrefix(l, "utf-7")
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// lookup finds an encoding by any of the labels the web uses.
func lookup(label string) (encoding.Encoding, string) {
	label = strings.ToLower(strings.Trim(strings.TrimSpace(label), `"'`))
	switch label {
	case "utf8", "u8", "utf":
		label = "utf-8"
	case "gb_2312-80", "chinese", "gb2312", "euc-cn", "936", "cp936":
		label = "gb18030"
	case "u16", "utf16", "utf-16":
		return nil, ""
	case "ebcdic-cp-us", "ebcdic-cp-ca", "ebcdic-cp-wt", "ebcdic-cp-nl", "cp037", "ibm037", "csibm037":
		return charmap.CodePage037, "cp037"
	case "cp1140", "ibm01140":
		return charmap.CodePage1140, "cp1140"
	case "cp437", "ibm437", "437":
		return charmap.CodePage437, "cp437"
	case "cp850", "ibm850", "850":
		return charmap.CodePage850, "cp850"
	case "cp949", "uhc", "ks_c_5601":
		label = "euc-kr"
	}
	return charset.Lookup(label)
}

// fromMarks reads what a byte order mark or the shape of "<?" proves.
func fromMarks(b []byte) (out []byte, name string, ok bool) {
	u32 := func(e utf32.Endianness) []byte {
		out, err := utf32.UTF32(e, utf32.UseBOM).NewDecoder().Bytes(b[:len(b)&^3])
		if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
			out, _ = utf32.UTF32(e, utf32.IgnoreBOM).NewDecoder().Bytes(b[:len(b)&^3])
		}
		return bytes.TrimPrefix(out, []byte("\ufeff"))
	}
	has := func(p string) bool { return bytes.HasPrefix(b, []byte(p)) }
	switch {
	case has("\xef\xbb\xbf"):
		rest := b[3:]
		if utf8.Valid(rest) {
			return rest, "utf-8", true
		}
		return mendUTF8(rest), "utf-8", true
	case has("\xff\xfe\x00\x00") || has("<\x00\x00\x00"):
		return u32(utf32.LittleEndian), "utf-32le", true
	case has("\x00\x00\xfe\xff") || has("\x00\x00\x00<"):
		return u32(utf32.BigEndian), "utf-32be", true
	case has("\xff\xfe"):
		return utf16Bytes(b[2:], false), "utf-16le", true
	case has("\xfe\xff"):
		return utf16Bytes(b[2:], true), "utf-16be", true
	case has("<\x00") || has("\n\x00<\x00") || has(" \x00<\x00") || has("\r\x00\n\x00<\x00"):
		return utf16Bytes(b, false), "utf-16le", true
	case has("\x00<") || has("\x00\n\x00<") || has("\x00 \x00<") || has("\x00\r\x00\n\x00<"):
		return utf16Bytes(b, true), "utf-16be", true
	case has("\x4c\x6f\xa7\x94"): // "<?xm" in EBCDIC
		out, err := charmap.CodePage037.NewDecoder().Bytes(b)
		return out, "cp037", err == nil
	}
	return nil, "", false
}

func utf16Bytes(b []byte, big bool) []byte {
	out := make([]byte, 0, len(b)/2+len(b)/8)
	var hi rune
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(b[i]) | rune(b[i+1])<<8
		if big {
			r = rune(b[i])<<8 | rune(b[i+1])
		}
		switch {
		case hi != 0:
			if d := utf16.DecodeRune(hi, r); d != utf8.RuneError {
				out = utf8.AppendRune(out, d)
				hi = 0
				continue
			}
			hi = 0
			fallthrough
		default:
			if utf16.IsSurrogate(r) {
				hi = r
				continue
			}
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}

func headerCharset(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err == nil {
		return params["charset"]
	}
	low := strings.ToLower(contentType) // of another length where the bytes are no UTF-8
	if i := strings.Index(low, "charset="); i >= 0 {
		v := low[i+len("charset="):]
		if j := strings.IndexAny(v, ";, "); j >= 0 {
			v = v[:j]
		}
		return strings.Trim(v, `"'`)
	}
	return ""
}

// xmlEncoding reads the encoding that an XML declaration near the start names.
func xmlEncoding(b []byte) string {
	head := b[:min(len(b), 1024)]
	i := bytes.Index(head, []byte("<?xml"))
	if i < 0 {
		return ""
	}
	head = head[i:]
	if j := bytes.Index(head, []byte("?>")); j >= 0 {
		head = head[:j]
	}
	k := bytes.Index(head, []byte("encoding"))
	if k < 0 {
		return ""
	}
	v := bytes.TrimLeft(head[k+len("encoding"):], " \t\r\n=")
	if len(v) < 2 || v[0] != '"' && v[0] != '\'' {
		return ""
	}
	if end := bytes.IndexByte(v[1:], v[0]); end >= 0 {
		return string(v[1 : 1+end])
	}
	return ""
}

// plausible refuses a decoding that left many replacement characters behind.
func plausible(out []byte) bool {
	bad := bytes.Count(out, []byte("\ufffd"))
	return bad == 0 || bad*200 < len(out) && bad < 50
}

// invalidShare counts the bytes above ASCII, and those of them that are not part
// of valid UTF-8.
func invalidShare(b []byte) (high, bad int) {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		high += n
		if r == utf8.RuneError && n == 1 {
			bad++
		}
		i += n
	}
	return high, bad
}

// mendUTF8 keeps what is valid UTF-8 and reads every other byte as Windows-1252.
func mendUTF8(b []byte) []byte {
	out := make([]byte, 0, len(b)+len(b)/16)
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			j := i + 1
			for j < len(b) && b[j] < utf8.RuneSelf {
				j++
			}
			out = append(out, b[i:j]...)
			i = j
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r != utf8.RuneError || n > 1:
			out = append(out, b[i:i+n]...)
		case b[i] < 0xa0:
			if r := cp1252[b[i]-0x80]; r != 0 {
				out = utf8.AppendRune(out, r)
			}
		default:
			out = utf8.AppendRune(out, rune(b[i]))
		}
		i += n
	}
	return out
}
