package discordtest

import (
	"fmt"
	"html"
	"strings"
)

// RenderHTML is a page that shows messages in the look of a chat client with a dark theme, so that
// cards can be looked at as pictures. Pictures of the messages are loaded from where they point.
func RenderHTML(messages ...*Message) string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Channel</title><style>` + pageStyle + `</style></head><body><main>`)
	for _, m := range messages {
		p := htmlPage{srv: m.srv, b: &b}
		p.message(m)
	}
	b.WriteString(`</main></body></html>`)
	return b.String()
}

const pageStyle = `
*{box-sizing:border-box}body{margin:0;background:#313338;color:#dbdee1;font:16px/1.375 "gg sans","Noto Sans","Helvetica Neue",Helvetica,Arial,sans-serif}
main{width:760px;padding:16px}
.msg{position:relative;padding:4px 16px 4px 72px;margin-top:17px;min-height:44px}
.msg.eph{background:rgba(88,101,242,.08);border-left:2px solid #5865f2}
.avatar{position:absolute;left:16px;top:6px;width:40px;height:40px;border-radius:50%;background:#5865f2;color:#fff;display:flex;align-items:center;justify-content:center;font-weight:600}
.used{font-size:14px;color:#b5bac1;margin-bottom:4px}.used b{color:#00a8fc;font-weight:500}
.who{font-weight:500;color:#f2f3f5}.app{background:#5865f2;color:#fff;font-size:10px;font-weight:600;border-radius:3px;padding:1px 5px;margin-left:6px;vertical-align:2px}
.when{font-size:12px;color:#949ba4;margin-left:8px}
.note{font-size:12px;color:#949ba4;margin-top:4px}.note a{font-size:12px}
a{color:#00a8fc;text-decoration:none}
h1,h2,h3{color:#f2f3f5;margin:8px 0 4px;line-height:1.375;font-weight:700}h1{font-size:24px}h2{font-size:20px}h3{font-size:16px}
p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;min-height:1px}p.blank{height:10px}.sub{font-size:13px;color:#949ba4}
.li{padding-left:calc(20px*var(--d,1));position:relative}.li>i{position:absolute;left:calc(20px*var(--d,1) - 16px);font-style:normal}
.q{border-left:4px solid #4e5058;padding-left:12px;border-radius:2px}
code,time{background:#2b2d31;border-radius:3px;padding:0 3px;font-size:.875em}time{background:#3f4147;font-size:inherit;padding:0 2px}
pre{background:#2b2d31;border:1px solid #1e1f22;border-radius:4px;padding:8px;font-size:14px;margin:6px 0 0;white-space:pre-wrap}
.men{background:rgba(88,101,242,.3);color:#c9cdfb;border-radius:3px;padding:0 2px;font-weight:500}
.spoiler{background:#1e1f22;color:transparent;border-radius:3px}
.card{background:#2b2d31;border:1px solid #3f4147;border-left:4px solid var(--accent,#3f4147);border-radius:8px;padding:16px;margin-top:8px;max-width:600px;display:flex;flex-direction:column;gap:8px}
.embed{background:#2b2d31;border-left:4px solid var(--accent,#1e1f22);border-radius:4px;padding:12px 16px 16px;margin-top:8px;max-width:520px}
.sec{display:flex;gap:16px;justify-content:space-between}.sec>div:first-child{flex:1;min-width:0}
.thumb{width:85px;height:85px;border-radius:8px;object-fit:cover;background:#1e1f22;flex:none}
.gal{display:grid;gap:4px;grid-template-columns:repeat(auto-fit,minmax(200px,1fr))}.gal img{width:100%;max-height:350px;object-fit:contain;border-radius:8px;background:#1e1f22}
hr{border:0;border-top:1px solid #4e5058;width:100%;margin:0}.gap1{height:1px}.gap2{height:16px}hr.big{margin:8px 0}
.row{display:flex;flex-wrap:wrap;gap:8px;margin-top:4px}
.btn{background:#4e5058;color:#fff;border-radius:8px;padding:4px 16px;font-size:14px;font-weight:500;min-height:32px;display:inline-flex;align-items:center;gap:6px;white-space:nowrap}
.btn.s1{background:#5865f2}.btn.s3{background:#248046}.btn.s4{background:#da373c}.btn.off{opacity:.5}
.sel{background:#1e1f22;border:1px solid #3f4147;border-radius:8px;padding:8px 12px;min-width:300px;color:#949ba4;font-size:14px;display:flex;justify-content:space-between}
.file{background:#2b2d31;border:1px solid #3f4147;border-radius:8px;padding:12px;max-width:420px;font-size:14px}.file small{color:#949ba4;display:block}
`

// htmlPage writes messages as HTML.
type htmlPage struct {
	srv *Server
	b   *strings.Builder
}

func (p *htmlPage) put(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = html.EscapeString(s)
		}
	}
	fmt.Fprintf(p.b, format, args...)
}

func (p *htmlPage) message(m *Message) {
	h := m.head()
	class := "msg"
	if m.Ephemeral() {
		class += " eph"
	}
	p.put(`<div class="%s">`, class)
	if h.used != "" {
		p.put(`<div class="used">%s used <b>%s</b></div>`, h.user, h.used)
	}
	initial := "?"
	for _, r := range h.author {
		initial = strings.ToUpper(string(r))
		break
	}
	p.put(`<div class="avatar">%s</div><div><span class="who">%s</span>`, initial, h.author)
	if h.bot {
		p.put(`<span class="app">APP</span>`)
	}
	p.put(`<span class="when">%s</span></div>`, h.time)
	if m.Loading() {
		p.put(`<p class="sub">… is thinking</p>`)
	}
	if m.Content != "" {
		p.text(m.Content)
	}
	for _, e := range m.Embeds {
		p.embed(e)
	}
	p.components(m.Components)
	if !m.V2() {
		for _, a := range m.Attachments {
			if strings.HasPrefix(a.ContentType, "image/") {
				p.put(`<div class="gal"><img src="%s" alt="%s"></div>`, a.URL, a.Description)
			} else {
				p.put(`<div class="file">%s<small>%s</small></div>`, a.Filename, byteSize(a.Size))
			}
		}
	}
	if m.ThreadID != "" {
		p.put(`<div class="note">↳ <a>%s</a></div>`, m.threadName())
	}
	if !m.Edited.IsZero() {
		p.put(`<div class="note">(edited)</div>`)
	}
	if m.Ephemeral() {
		p.put(`<div class="note">👁 Only you can see this • <a>Dismiss message</a></div>`)
	}
	p.put(`</div>`)
}

func (p *htmlPage) text(text string) {
	for _, b := range p.srv.parseMarkdown(text) {
		if b.quote {
			p.put(`<div class="q">`)
		}
		switch b.kind {
		case blank:
			p.put(`<p class="blank"></p>`)
		case heading:
			p.put(`<h%d>`, b.level)
			p.spans(b.spans)
			p.put(`</h%d>`, b.level)
		case subtext:
			p.put(`<p class="sub">`)
			p.spans(b.spans)
			p.put(`</p>`)
		case listItem:
			p.put(`<p class="li" style="--d:%d"><i>%s</i>`, b.level+1, b.mark)
			p.spans(b.spans)
			p.put(`</p>`)
		case codeBlock:
			p.put(`<pre>%s</pre>`, strings.Join(b.lines, "\n"))
		default:
			p.put(`<p>`)
			p.spans(b.spans)
			p.put(`</p>`)
		}
		if b.quote {
			p.put(`</div>`)
		}
	}
}

func (p *htmlPage) spans(spans []span) {
	for _, sp := range spans {
		var closing []string
		open := func(start, end string) {
			p.b.WriteString(start)
			closing = append(closing, end)
		}
		if sp.link != "" {
			open(`<a href="`+html.EscapeString(sp.link)+`">`, `</a>`)
		}
		for _, tag := range []struct {
			style spanStyle
			name  string
		}{{bold, "strong"}, {italic, "em"}, {underline, "u"}, {struck, "s"}, {code, "code"}, {stamp, "time"}} {
			if sp.style&tag.style != 0 {
				open("<"+tag.name+">", "</"+tag.name+">")
			}
		}
		if sp.style&spoiler != 0 {
			open(`<span class="spoiler">`, `</span>`)
		}
		if sp.mention {
			open(`<span class="men">`, `</span>`)
		}
		p.put("%s", sp.text)
		for i := len(closing) - 1; i >= 0; i-- {
			p.b.WriteString(closing[i])
		}
	}
}

func (p *htmlPage) embed(e Embed) {
	if e.Color != 0 {
		p.put(`<div class="embed" style="--accent:#%06x">`, e.Color)
	} else {
		p.put(`<div class="embed">`)
	}
	if e.Author.Name != "" {
		p.put(`<p class="sub">%s</p>`, e.Author.Name)
	}
	switch {
	case e.Title != "" && e.URL != "":
		p.put(`<h3><a href="%s">%s</a></h3>`, e.URL, e.Title)
	case e.Title != "":
		p.put(`<h3>%s</h3>`, e.Title)
	}
	if e.Description != "" {
		p.text(e.Description)
	}
	for _, f := range e.Fields {
		p.put(`<h3>%s</h3>`, f.Name)
		p.text(f.Value)
	}
	if e.Image != "" {
		p.put(`<div class="gal"><img src="%s" alt=""></div>`, e.Image)
	}
	if e.Footer.Text != "" {
		p.put(`<p class="sub">%s</p>`, e.Footer.Text)
	}
	p.put(`</div>`)
}

func (p *htmlPage) components(cs []Component) {
	for i := range cs {
		c := &cs[i]
		switch c.Type {
		case ComponentContainer:
			if c.AccentColor != nil {
				p.put(`<div class="card" style="--accent:#%06x">`, *c.AccentColor)
			} else {
				p.put(`<div class="card">`)
			}
			p.components(c.Components)
			p.put(`</div>`)
		case ComponentTextDisplay:
			p.put(`<div>`)
			p.text(c.Content)
			p.put(`</div>`)
		case ComponentSection:
			p.put(`<div class="sec"><div>`)
			for j := range c.Components {
				p.text(c.Components[j].Content)
			}
			p.put(`</div>`)
			if a := c.Accessory; a != nil {
				if a.Type == ComponentThumbnail {
					p.put(`<img class="thumb" src="%s" alt="%s">`, a.Media.URL, a.Description)
				} else {
					p.put(`<div>`)
					p.button(a)
					p.put(`</div>`)
				}
			}
			p.put(`</div>`)
		case ComponentMediaGallery:
			p.put(`<div class="gal">`)
			for _, it := range c.Items {
				p.put(`<img src="%s" alt="%s">`, it.Media.URL, it.Description)
			}
			p.put(`</div>`)
		case ComponentFile:
			p.put(`<div class="file">%s<small>%s</small></div>`, c.Name, byteSize(c.Size))
		case ComponentSeparator:
			switch {
			case c.Divider && c.Spacing == 2:
				p.put(`<hr class="big">`)
			case c.Divider:
				p.put(`<hr>`)
			default:
				p.put(`<div class="gap%d"></div>`, c.Spacing)
			}
		case ComponentActionRow:
			p.put(`<div class="row">`)
			for j := range c.Components {
				p.button(&c.Components[j])
			}
			p.put(`</div>`)
		}
	}
}

func (p *htmlPage) button(c *Component) {
	if c.Type != ComponentButton {
		label := c.Placeholder
		if label == "" {
			label = "Make a selection"
		}
		for _, o := range c.Options {
			if o.Default {
				label = o.Label
			}
		}
		p.put(`<span class="sel">%s <span>▾</span></span>`, label)
		return
	}
	class := fmt.Sprintf("btn s%d", c.Style)
	if c.Disabled {
		class += " off"
	}
	label := strings.TrimSpace(c.Emoji + " " + c.Label)
	if c.Style == ButtonLink {
		label += " ↗"
	}
	p.put(`<span class="%s">%s</span>`, class, label)
}
