package hello

import (
	"reflect"
	"testing"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/layotto_components_hello"
)

type greeter struct{ config Config }

func (g *greeter) Init(config Config) error {
	g.config = config
	return nil
}

func (g *greeter) SayHello(name string) (string, error) { return g.config.Hello + " " + name, nil }

func TestAGreeterHasAllOfItsConfiguration(t *testing.T) {
	guest := &greeter{}
	Export(guest)
	onInit(layotto_components_hello.Config{
		Kind: "k", Hello: "hi", Properties: border.Pairs{{F0: "a", F1: "1"}}, ConfigStore: abi.Some("c"), SecretStore: abi.Some("s"),
		Secrets: []layotto_components_hello.SecretReference{{StoreName: "n", Key: "k", SubKey: abi.Some("u"), InjectAs: abi.Some("i")}},
	})
	want := Config{
		Kind: "k", Hello: "hi", Properties: plugbox.Metadata{"a": "1"}, ConfigStore: "c", SecretStore: "s",
		Secrets: []SecretReference{{"n", "k", "u", "i"}},
	}
	if !reflect.DeepEqual(guest.config, want) {
		t.Errorf("the configuration is %v", guest.config)
	}
	if got := onSayHello("you"); got.Ok() != "hi you" {
		t.Errorf("the greeting is %v", got)
	}
}
