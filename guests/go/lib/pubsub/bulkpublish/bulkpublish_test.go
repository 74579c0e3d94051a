package bulkpublish

import (
	"errors"
	"reflect"
	"testing"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_components_bulk_publish"
)

// refuser publishes nothing, and remembers what.
type refuser struct {
	entries []Entry
}

func (r *refuser) BulkPublish(_ string, entries []Entry, _ plugbox.Metadata) ([]Failure, error) {
	r.entries = entries
	return []Failure{{ID: entries[0].ID, Err: errors.New("why")}}, nil
}

func TestEntriesAndFailuresCrossTheBorder(t *testing.T) {
	broker := &refuser{}
	Export(broker)
	failed := onBulkPublish("t", []dapr_components_bulk_publish.Entry{{
		EntryId: "1", Data: []byte("d"), ContentType: abi.Some("text/plain"), Metadata: border.Pairs{{F0: "a", F1: "1"}},
	}}, nil)
	want := []Entry{{ID: "1", Data: []byte("d"), ContentType: "text/plain", Metadata: plugbox.Metadata{"a": "1"}}}
	if !reflect.DeepEqual(broker.entries, want) {
		t.Errorf("the entries are %v", broker.entries)
	}
	if !reflect.DeepEqual(failed.Ok(), []dapr_components_bulk_publish.Failure{{EntryId: "1", Reason: "why"}}) {
		t.Errorf("the failures are %v", failed)
	}
}
