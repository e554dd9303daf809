package feeds

import "testing"

func TestMarkupInAttributes(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		`<img src="/c.jpg" alt="tram<br />depot"> Depot opens`:              "Depot opens",
		`<a title='a > b < c' href="/x">Depot</a> opens`:                    "Depot opens",
		`<a href="/unclosed>Depot</a> opens`:                                "Depot opens",
		`<a href="/unclosed>Depot <b class="x">opens</b></a>`:               "Depot opens",
		`<p title="unclosed>The mayor <i>said "enough" again</i></p>`:       `The mayor said "enough" again`,
		`<img alt="<script>alert(1)</script>" src="/y.jpg">Depot opens`:     "Depot opens",
		`<a href="/x" title="he wrote <b>bold</b> words">Depot</a> reopens`: "Depot reopens",
	}
	for src, want := range cases {
		if got := plainTitle(src, maxTitle); got != want {
			t.Errorf("%s\n got %q\nwant %q", src, got, want)
		}
	}
}
