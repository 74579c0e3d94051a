// Package hello is for guests that are Layotto's greeting.
package hello

import (
	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/layotto_components_hello"
)

// SecretReference is a secret that Layotto is to put into the configuration.
type SecretReference struct {
	StoreName string
	Key       string
	// SubKey and InjectAs are empty for none.
	SubKey, InjectAs string
}

// Config is what the component is configured with.
type Config struct {
	// Kind is the component's type, which is its socket's name.
	Kind string
	// Hello is the greeting.
	Hello      string
	Properties plugbox.Metadata
	Secrets    []SecretReference
	// SecretStore and ConfigStore are other components, for secrets and for configuration, and empty for none.
	SecretStore, ConfigStore string
}

// Greeter greets.
type Greeter interface {
	// Init is called before anything else, and again after plugbox had to start a new instance.
	Init(config Config) error

	// SayHello is the greeting for a name.
	SayHello(name string) (string, error)
}

var exported border.Exported[Greeter]

// Export makes the guest greet. Call it once, in an init function.
func Export(greeter Greeter) {
	exported.Set(greeter)
}

func onInit(config layotto_components_hello.Config) border.Result[abi.Unit] {
	secrets := make([]SecretReference, len(config.Secrets))
	for i, secret := range config.Secrets {
		secrets[i] = SecretReference{secret.StoreName, secret.Key, secret.SubKey.Some(), secret.InjectAs.Some()}
	}
	return border.Done(exported.Get().Init(Config{
		Kind:        config.Kind,
		Hello:       config.Hello,
		Properties:  border.Metadata(config.Properties),
		Secrets:     secrets,
		SecretStore: config.SecretStore.Some(),
		ConfigStore: config.ConfigStore.Some(),
	}))
}

func onSayHello(name string) border.Result[string] {
	return border.Answer(exported.Get().SayHello(name))
}
