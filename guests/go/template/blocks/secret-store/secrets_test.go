package main

import (
	"maps"
	"testing"

	"plugbox"
	"plugbox/secretstore"
)

func TestSecretsAreThePropertiesThatSayTheyAre(t *testing.T) {
	s := &secrets{}
	if _, err := s.Init(plugbox.Metadata{"secret.password": "oak", "colour": "green"}); err != nil {
		t.Fatal(err)
	}
	secret, err := s.Get("password", nil)
	if err != nil || !maps.Equal(secret, secretstore.Secret{"password": "oak"}) {
		t.Errorf("it is %v, %v", secret, err)
	}
	for _, name := range []string{"colour", "secret.password", ""} {
		if _, err := s.Get(name, nil); plugbox.CodeOf(err) != plugbox.NotFound {
			t.Errorf("%q is %v", name, err)
		}
	}
}
