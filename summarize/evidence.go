package summarize

// Part names the part of an article that evidence lies in.
type Part string

const (
	PartText  Part = "text"  // Article.Text
	PartTitle Part = "title" // Article.Title
)

// Evidence is where an article states a claim.
type Evidence struct {
	ArticleID int64  `json:"article,omitempty"`
	Part      Part   `json:"part"`
	Start     int    `json:"start"` // byte offsets into the part: part[Start:End] == Text
	End       int    `json:"end"`
	Text      string `json:"text"`
	Hash      string `json:"hash,omitempty"` // of the whole part when the evidence was found: tells that the article changed since
}
