package main

import (
	"slices"
	"strings"

	"plugbox"
)

const (
	// anyLevel stands for one level of a topic.
	anyLevel = "+"
	// rest stands for the level where it is and all after it, and also for none at all.
	rest = "#"
)

var errEmptyTopic = plugbox.Errorf(plugbox.InvalidArgument, "the topic is empty")

// filter is the topic of a subscription, with or without wildcards.
type filter struct {
	text string
	// levels are nil without wildcards.
	levels []string
}

func newFilter(topic string) (filter, error) {
	if topic == "" {
		return filter{}, errEmptyTopic
	}
	levels := strings.Split(topic, "/")
	end := slices.Index(levels, rest)
	switch {
	case end >= 0 && end != len(levels)-1:
		return filter{}, plugbox.Errorf(plugbox.InvalidArgument,
			"in the topic %q a level follows the wildcard #, which stands for all levels to the end", topic)
	case end < 0 && !slices.Contains(levels, anyLevel):
		levels = nil
	}
	return filter{topic, levels}, nil
}

func (f filter) matches(topic string) bool {
	if f.levels == nil {
		return f.text == topic
	}
	names := strings.Split(topic, "/")
	for i, level := range f.levels {
		if level == rest {
			return true
		}
		if i == len(names) || level != anyLevel && level != names[i] {
			return false
		}
	}
	return len(names) == len(f.levels)
}

// checkTopic tells whether a message can be published to a topic of this name.
func checkTopic(name string) error {
	if name == "" {
		return errEmptyTopic
	}
	for level := range strings.SplitSeq(name, "/") {
		if level == anyLevel || level == rest {
			return plugbox.Errorf(plugbox.InvalidArgument,
				"the topic %q has the wildcard %s as a level, which only a subscription can have", name, level)
		}
	}
	return nil
}
