package main

import (
	"strings"

	"plugbox"
	"plugbox/secretstore"
)

func init() { secretstore.Export(&secrets{}) }

// secrets is a secret store: the properties whose names begin with `secret.`, by what follows in the name.
type secrets struct{ values map[string]string }

// Init may come again, and takes the place of what was there.
func (s *secrets) Init(properties plugbox.Metadata) ([]secretstore.Feature, error) {
	s.values = map[string]string{}
	for property, value := range properties {
		if name, found := strings.CutPrefix(property, "secret."); found {
			s.values[name] = value
		}
	}
	return nil, nil
}

func (s *secrets) Get(name string, _ plugbox.Metadata) (secretstore.Secret, error) {
	value, found := s.values[name]
	if !found {
		return nil, plugbox.Errorf(plugbox.NotFound, "there is no secret %q", name)
	}
	return secretstore.Secret{name: value}, nil
}
