package cards

import (
	"bytes"
	"image"
	"image/color"
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

// Colours of the chart by index; from inkFirst on, the grey of numbers in rising
// strength. An image with a palette is a quarter of the work to encode.
const (
	inkNone = iota
	inkFloor
	inkSoft
	inkStrong
	inkFirst
	inkSteps = 12
)

func chartPalette(accent int) color.Palette {
	strong := color.NRGBA{uint8(accent >> 16), uint8(accent >> 8), uint8(accent), 255}
	soft := strong
	soft.A = 130
	p := color.Palette{color.NRGBA{}, color.NRGBA{128, 132, 142, 110}, soft, strong}
	for i := range inkSteps {
		p = append(p, color.NRGBA{128, 132, 142, uint8(255 * (i + 1) / inkSteps)})
	}
	return p
}

// Chart draws counts by day, the oldest first, as bars in PNG. The last day and
// the peak carry the accent colour; the peak its number. The ground is
// transparent, so that the chart sits on any theme.
func Chart(perDay []int, accent int) []byte {
	img := image.NewPaletted(image.Rect(0, 0, chartWidth, chartHeight), chartPalette(accent))
	floor := chartHeight - chartBottom
	fill(img, image.Rect(chartSide, floor, chartWidth-chartSide, floor+3), inkFloor, 0)

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
			ink := uint8(inkSoft)
			if i == peakAt || i == len(perDay)-1 {
				ink = inkStrong
			}
			bar := image.Rect(left, floor-height, right, floor)
			fill(img, bar, ink, 4)
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
func fill(img *image.Paletted, r image.Rectangle, ink uint8, radius int) {
	r = r.Intersect(img.Rect)
	radius = min(radius, r.Dx()/2, r.Dy())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		inset := 0
		if dy := radius - (y - r.Min.Y); dy > 0 {
			for inset < radius && (radius-inset)*(radius-inset)+dy*dy > radius*radius {
				inset++
			}
		}
		row := img.Pix[img.PixOffset(r.Min.X, y):]
		for x := inset; x < r.Dx()-inset; x++ {
			row[x] = ink
		}
	}
}

// label writes a number centred on x, kept inside the picture.
func label(img *image.Paletted, s string, x, baseline int) {
	mask := image.NewAlpha(image.Rect(0, 0, chartWidth, labelSize+8))
	chartLock.Lock()
	d := font.Drawer{Dst: mask, Src: image.Opaque, Face: chartFont(), Dot: fixed.P(0, labelSize)}
	width := d.MeasureString(s).Ceil()
	d.DrawString(s)
	chartLock.Unlock()
	left, top := min(max(x-width/2, 2), chartWidth-width-2), max(baseline, labelSize-2)-labelSize
	for my := range mask.Rect.Dy() {
		for mx := range min(width+1, mask.Rect.Dx()) {
			if a := int(mask.AlphaAt(mx, my).A); a > 255/(2*inkSteps) && image.Pt(left+mx, top+my).In(img.Rect) {
				img.SetColorIndex(left+mx, top+my, uint8(inkFirst+min(inkSteps-1, a*inkSteps/256)))
			}
		}
	}
}
