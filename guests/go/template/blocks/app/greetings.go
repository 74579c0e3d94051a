package main

import (
	"strings"

	"plugbox"
	"plugbox/app/invoke"
)

func init() { invoke.Export(greetings{}) }

// greetings is an application with one method: `greet` answers a greeting for the name that it is sent.
type greetings struct{}

func (greetings) Invoke(request invoke.Request) (invoke.Response, error) {
	if request.Method != "greet" {
		return invoke.Response{}, invoke.NoMethod(request.Method)
	}
	name := strings.TrimSpace(string(request.Data))
	if name == "" {
		return invoke.Response{}, plugbox.Errorf(plugbox.InvalidArgument, "the body must be a name")
	}
	return invoke.Response{Data: []byte("Hello, " + name + "!\n"), ContentType: "text/plain"}, nil
}
