package main

import (
	"testing"

	"plugbox"
)

func TestWhichTopicsASubscriptionStandsFor(t *testing.T) {
	for _, row := range []struct {
		filter    string
		yes, noes []string
	}{
		{"a/b", []string{"a/b"}, []string{"a/b/", "a", "A/b"}},
		{"a/+/c", []string{"a/b/c", "a/x/c", "a//c"}, []string{"a/c", "a/b/b/c", "a/b", "a/b/c/d", "b/b/c"}},
		{"+", []string{"a"}, []string{"a/b"}},
		{"+/+", []string{"/a"}, []string{"a"}},
		{"a/#", []string{"a", "a/", "a/b", "a/b/c"}, []string{"ab", "b/a"}},
		{"#", []string{"a", "a/b", "/"}, nil},
		{"+/b/#", []string{"a/b/c/d", "a/b"}, []string{"a/c", "a"}},
		// Inside a level they are ordinary.
		{"c++", []string{"c++"}, []string{"cat"}},
		{"c#/+", []string{"c#/x"}, nil},
		{"c#", []string{"c#"}, []string{"c/x"}},
	} {
		filter, err := newFilter(row.filter)
		if err != nil {
			t.Fatal(err)
		}
		for _, topic := range row.yes {
			if !filter.matches(topic) {
				t.Errorf("%s is not %s", row.filter, topic)
			}
		}
		for _, topic := range row.noes {
			if filter.matches(topic) {
				t.Errorf("%s is %s", row.filter, topic)
			}
		}
	}
}

func TestWhatCanNeverMatchIsRefused(t *testing.T) {
	for _, wrong := range []string{"", "#/a", "a/#/b", "#/#"} {
		_, err := newFilter(wrong)
		refused(t, err, plugbox.InvalidArgument)
	}
	for _, wrong := range []string{"", "a/+", "#", "+/b"} {
		refused(t, checkTopic(wrong), plugbox.InvalidArgument)
	}
	if err := checkTopic("c++/c#"); err != nil {
		t.Error(err)
	}
}
