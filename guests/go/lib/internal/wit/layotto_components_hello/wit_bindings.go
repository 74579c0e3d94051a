// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

package layotto_components_hello

import (
	witTypes "plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_types"
)

type Metadata = []witTypes.Tuple2[string, string]
type Error = dapr_components_types.Error

// A secret that Layotto is to put into the configuration.
type SecretReference struct {
	StoreName string
	Key       string
	SubKey    witTypes.Option[string]
	InjectAs  witTypes.Option[string]
}

// What the component is configured with.
type Config struct {
	// The component's type, which is its socket's name.
	Kind string
	// The greeting.
	Hello      string
	Properties []witTypes.Tuple2[string, string]
	Secrets    []SecretReference
	// Another component for secrets, and one for configuration.
	SecretStore witTypes.Option[string]
	ConfigStore witTypes.Option[string]
}
