package bulksecrets

import (
	"errors"
	"reflect"
	"testing"

	"plugbox"
	"plugbox/internal/border"
	"plugbox/secretstore"
)

type vault struct{ err error }

func (v *vault) BulkGet(plugbox.Metadata) (map[string]secretstore.Secret, error) {
	return map[string]secretstore.Secret{"a": {"a": "1"}}, v.err
}

func TestEverySecretComesByItsName(t *testing.T) {
	store := &vault{}
	Export(store)
	if got := onBulkGet(nil).Ok(); !reflect.DeepEqual(got, []named{{F0: "a", F1: border.Pairs{{F0: "a", F1: "1"}}}}) {
		t.Errorf("the secrets are %v", got)
	}
	store.err = errors.New("why")
	if onBulkGet(nil).Err().Message != "why" {
		t.Error("an error is lost")
	}
}
