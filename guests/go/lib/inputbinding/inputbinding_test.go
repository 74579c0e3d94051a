package inputbinding

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_input_binding"
)

// ticker has one event, and remembers the answer to it.
type ticker struct {
	answered []any
	closed   ReaderID
	err      error
}

func (b *ticker) Init(plugbox.Metadata) error      { return b.err }
func (b *ticker) Open(id ReaderID) (uint32, error) { return uint32(id) + 1, b.err }
func (b *ticker) Close(id ReaderID)                { b.closed = id }

func (b *ticker) Pull(wanted []Demand) (Pulled, error) {
	event := Event{ID: wanted[0].ID, EventID: "e", Data: []byte("d"), ContentType: "text/plain", Metadata: plugbox.Metadata{"a": "1"}}
	return Pulled{Events: []Event{event}, Wake: time.Now()}, b.err
}

func (b *ticker) Answer(id ReaderID, eventID string, response []byte, failure error) {
	b.answered = []any{id, eventID, string(response), failure}
}

func TestEventsAndTheirAnswersCrossTheBorder(t *testing.T) {
	binding := &ticker{}
	Export(binding)
	pulled := onPull([]dapr_components_input_binding.Demand{{Id: 3, Events: 1}}).Ok()
	want := []dapr_components_input_binding.Event{{
		Id: 3, EventId: "e", Data: []byte("d"), ContentType: abi.Some("text/plain"),
		Metadata: []abi.Tuple2[string, string]{{F0: "a", F1: "1"}},
	}}
	if !reflect.DeepEqual(pulled.Events, want) || pulled.AgainIn != abi.Some[uint64](0) {
		t.Errorf("pulled is %v", pulled)
	}
	onAnswer(3, "e", abi.Ok[[]byte, string]([]byte("fine")))
	if !reflect.DeepEqual(binding.answered, []any{ReaderID(3), "e", "fine", error(nil)}) {
		t.Errorf("the answer is %v", binding.answered)
	}
	onAnswer(3, "e", abi.Err[[]byte]("why"))
	if !reflect.DeepEqual(binding.answered, []any{ReaderID(3), "e", "", errors.New("why")}) {
		t.Errorf("the answer is %v", binding.answered)
	}
	if onClose(3); binding.closed != 3 || onOpen(3).Ok() != 4 || onInit(nil).Tag() != abi.ResultOk {
		t.Error("a reader is mistaken")
	}
	binding.err = errors.New("why")
	if onInit(nil).Err().Message != "why" || onOpen(3).Err().Message != "why" ||
		onPull([]dapr_components_input_binding.Demand{{}}).Err().Message != "why" {
		t.Error("an error is lost")
	}
}
