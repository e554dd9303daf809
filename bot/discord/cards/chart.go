package cards

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strconv"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Measures of the chart, in pixels. It is drawn at twice the size that it is
// mostly seen at.
const (
	chartWidth  = 880
	chartHeight = 240
	chartTop    = 34 // room for the peak's number
	chartBottom = 16
	chartSide   = 20
	chartGap    = 6
	labelSize   = 22
)

var chartFont = sync.OnceValue(func() font.Face {
	f, err := opentype.Parse(gomedium.TTF)
	if err != nil {
		panic("cards: embedded font: " + err.Error()) // every chart test reads it
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: labelSize, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		panic("cards: embedded font: " + err.Error())
	}
	return face
})

var chartLock sync.Mutex // a font.Face serves one drawer at a time

// Chart draws counts by day, the oldest first, as bars in PNG. The last day and
// the peak carry the accent colour; the peak its number. The ground is
// transparent, so that the chart sits on any theme.
func Chart(perDay []int, accent int) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, chartWidth, chartHeight))
	strong := color.NRGBA{uint8(accent >> 16), uint8(accent >> 8), uint8(accent), 255}
	soft := strong
	soft.A = 130
	base := color.NRGBA{128, 132, 142, 110}
	floor := chartHeight - chartBottom
	fill(img, image.Rect(chartSide, floor, chartWidth-chartSide, floor+3), base, 0)

	peak, peakAt := 0, -1
	for i, n := range perDay {
		if n >= peak && n > 0 { // the latest of equal peaks
			peak, peakAt = n, i
		}
	}
	if peak > 0 {
		slot := float64(chartWidth-2*chartSide) / float64(len(perDay))
		for i, n := range perDay {
			if n <= 0 {
				continue
			}
			left := chartSide + int(float64(i)*slot) + chartGap/2
			right := max(left+2, chartSide+int(float64(i+1)*slot)-chartGap/2)
			height := max(4, (floor-chartTop)*n/peak)
			c := soft
			if i == peakAt || i == len(perDay)-1 {
				c = strong
			}
			bar := image.Rect(left, floor-height, right, floor)
			fill(img, bar, c, 4)
			if i == peakAt {
				label(img, strconv.Itoa(n), (left+right)/2, bar.Min.Y-8)
			}
		}
	}
	var out bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&out, img); err != nil {
		return nil // an image in memory always encodes
	}
	return out.Bytes()
}

// fill paints a rectangle, with the upper corners rounded.
func fill(img *image.NRGBA, r image.Rectangle, c color.NRGBA, radius int) {
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
	radius = min(radius, r.Dx()/2, r.Dy())
	for y := range radius {
		for x := range radius {
			dx, dy := radius-x, radius-y
			if dx*dx+dy*dy > radius*radius {
				img.SetNRGBA(r.Min.X+x, r.Min.Y+y, color.NRGBA{})
				img.SetNRGBA(r.Max.X-1-x, r.Min.Y+y, color.NRGBA{})
			}
		}
	}
}

// label writes a text centred on x, kept inside the picture.
func label(img *image.NRGBA, s string, x, baseline int) {
	chartLock.Lock()
	defer chartLock.Unlock()
	d := font.Drawer{Dst: img, Src: image.NewUniform(color.NRGBA{128, 132, 142, 255}), Face: chartFont()}
	width := d.MeasureString(s).Ceil()
	x = min(max(x-width/2, 2), chartWidth-width-2)
	d.Dot = fixed.P(x, max(baseline, labelSize-2))
	d.DrawString(s)
}
