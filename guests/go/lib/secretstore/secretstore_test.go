package secretstore

import (
	"reflect"
	"testing"

	"plugbox"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_components_types"
)

type vault map[string]Secret

func (vault) Init(plugbox.Metadata) ([]Feature, error) { return []Feature{MultipleKeyValues}, nil }

func (v vault) Get(name string, _ plugbox.Metadata) (Secret, error) {
	secret, found := v[name]
	if !found {
		return nil, plugbox.Errorf(plugbox.NotFound, "there is no secret %q", name)
	}
	return secret, nil
}

func TestASecretIsItsValuesOrNotFound(t *testing.T) {
	Export(vault{"password": {"password": "correct-horse"}})
	if features := onInit(nil).Ok(); !reflect.DeepEqual(features, []string{"MULTIPLE_KEY_VALUES_PER_SECRET"}) {
		t.Errorf("the features are %v", features)
	}
	if got := onGet("password", nil).Ok(); !reflect.DeepEqual(got, border.Pairs{{F0: "password", F1: "correct-horse"}}) {
		t.Errorf("the secret is %v", got)
	}
	if err := onGet("other", nil).Err(); err.Code != dapr_components_types.CodeNotFound {
		t.Errorf("the error is %v", err)
	}
}
