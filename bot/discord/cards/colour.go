package cards

import (
	"hash/fnv"
	"strings"
)

// palette holds the accent colours: of one lightness, apart in hue, legible on
// Discord's dark and light themes.
var palette = []int{
	0x2F6FDE, // blue
	0x0E9384, // teal
	0x7A5AF8, // violet
	0xC4320A, // rust
	0x4E9A2E, // leaf
	0xC11574, // magenta
	0xB7791F, // amber
	0x0E7FB8, // sky
	0x9A6B4F, // clay
	0x5B6B8C, // slate
}

// Colours with a meaning.
const (
	colourAlert = 0xD92D20
	colourGood  = 0x2E9E5B
	colourWarn  = 0xDC8A0B
	colourPlain = 0x5B6B8C
)

// Colour is the accent of a topic: always the same one for the same words.
func Colour(topic string) int {
	topic = strings.ToLower(strings.TrimSpace(topic))
	if topic == "" {
		return palette[0]
	}
	h := fnv.New32a()
	h.Write([]byte(topic))
	return palette[h.Sum32()%uint32(len(palette))]
}
