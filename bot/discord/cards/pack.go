package cards

import (
	"slices"
	"strings"

	"sitrep/bot/discord/markdown"
)

// A block is a run of components that stays together, under one accent colour.
type block struct {
	group      string // blocks of one group share a container
	label      Component
	colour     int
	components []Component
	item       int // index of the story it draws, -1 where it draws none
}

// A layout tells how blocks become messages.
type layout struct {
	blocks  []block
	prelude []Component // stands above the first part's containers
	header  []Component // opens the first part
	cont    func(part int) Component
	footer  []Component                          // closes the last part
	actions func(part, from, to int) []Component // rows under items [from, to) of a part; may be nil
	colour  int                                  // of the header
}

// pack lays the blocks out over as few messages as their limits allow, in
// order. A block that is larger than a whole message is split between lines.
func (l layout) pack() []Message {
	var blocks []block
	for _, b := range l.blocks {
		blocks = append(blocks, l.split(b)...)
	}
	var out []Message
	var held []block
	for _, b := range blocks {
		if len(held) == 0 && len(out) == 0 && !measure(l.draw(0, []block{b}, true).Components...).fits() {
			out = append(out, l.draw(0, nil, false)) // the header fills a message of its own
		}
		if next := l.draw(len(out), append(held[:len(held):len(held)], b), true); len(held) > 0 && !measure(next.Components...).fits() {
			out = append(out, l.draw(len(out), held, false))
			held = nil
		}
		held = append(held, b)
	}
	return append(out, l.draw(len(out), held, true))
}

// split returns a block as blocks that each fit into a message of their own. A
// picture is given up first.
func (l layout) split(b block) []block {
	if measure(l.draw(1, []block{b}, true).Components...).fits() || len(b.components) != 1 {
		return []block{b}
	}
	c := b.components[0]
	if c.Type == typeSection {
		b.components = slices.Clone(c.Components)
		return l.split(b)
	}
	lines := strings.Split(string(c.Content), "\n")
	if len(lines) < 2 {
		return []block{b}
	}
	half := len(lines) / 2
	first, second := b, b
	first.components = []Component{text(markdown.Text(strings.Join(lines[:half], "\n")))}
	second.components = []Component{text(markdown.Text(strings.Join(lines[half:], "\n")))}
	return append(l.split(first), l.split(second)...)
}

// draw makes one part of the blocks it holds.
func (l layout) draw(part int, blocks []block, last bool) Message {
	head := l.header
	if part > 0 {
		head = []Component{l.cont(part)}
	}
	groups := 0
	for i, b := range blocks {
		if i == 0 || b.group != blocks[i-1].group {
			groups++
		}
	}
	var top []Component
	if part == 0 {
		top = append(top, l.prelude...)
	}
	current, colour := head, l.colour
	if groups == 1 && len(blocks) > 0 {
		colour = blocks[0].colour
	}
	for i, b := range blocks {
		fresh := i == 0 || b.group != blocks[i-1].group
		if fresh && groups > 1 {
			if len(current) > 0 {
				top = append(top, container(colour, current...))
			}
			current, colour = nil, b.colour
			if b.label.Type != 0 {
				current = append(current, b.label)
			}
		} else if len(current) > 0 {
			current = append(current[:len(current):len(current)], separator())
		}
		current = append(current[:len(current):len(current)], b.components...)
	}
	if last && len(l.footer) > 0 {
		if len(current) > 0 {
			current = append(current[:len(current):len(current)], separator())
		}
		current = append(current, l.footer...)
	}
	if l.actions != nil {
		if from, to, ok := itemRange(blocks); ok {
			current = append(current[:len(current):len(current)], l.actions(part, from, to)...)
		}
	}
	if len(current) > 0 {
		top = append(top, container(colour, current...))
	}
	return Message{Components: top}
}

func itemRange(blocks []block) (from, to int, ok bool) {
	for _, b := range blocks {
		if b.item < 0 {
			continue
		}
		if !ok {
			from, ok = b.item, true
		}
		to = b.item + 1
	}
	return from, to, ok
}
