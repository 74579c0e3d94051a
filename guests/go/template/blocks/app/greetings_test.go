package main

import (
	"testing"

	"plugbox"
	"plugbox/app/invoke"
)

func TestWhoIsNamedIsGreeted(t *testing.T) {
	response, err := greetings{}.Invoke(invoke.Request{Method: "greet", Data: []byte("Ada")})
	if string(response.Data) != "Hello, Ada!\n" || err != nil {
		t.Errorf("the answer is %q, %v", response.Data, err)
	}
}

func TestWhatCannotBeDoneIsSaid(t *testing.T) {
	for request, want := range map[string]plugbox.Code{"greet": plugbox.InvalidArgument, "fly": plugbox.Unimplemented} {
		if _, err := (greetings{}).Invoke(invoke.Request{Method: request}); plugbox.CodeOf(err) != want {
			t.Errorf("%s of nothing is %v", request, err)
		}
	}
}
