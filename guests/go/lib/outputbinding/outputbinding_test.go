package outputbinding

import (
	"reflect"
	"testing"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_components_output_binding"
)

// mirror answers what it was asked.
type mirror struct{}

func (mirror) Init(plugbox.Metadata) ([]string, error) { return []string{Create, "mirror"}, nil }

func (mirror) Invoke(request Request) (Response, error) {
	if request.Operation != Create {
		return Response{}, plugbox.Errorf(plugbox.Unimplemented, "there is no operation %q", request.Operation)
	}
	return Response{Data: request.Data, ContentType: "text/plain", Metadata: request.Metadata}, nil
}

func TestARequestAndItsResponseCrossTheBorder(t *testing.T) {
	Export(mirror{})
	if operations := onInit(nil).Ok(); !reflect.DeepEqual(operations, []string{"create", "mirror"}) {
		t.Errorf("the operations are %v", operations)
	}
	pairs := border.Pairs{{F0: "a", F1: "1"}}
	response := onInvoke(dapr_components_output_binding.Invocation{Operation: "create", Data: []byte("d"), Metadata: pairs})
	want := dapr_components_output_binding.Response{Data: []byte("d"), ContentType: abi.Some("text/plain"), Metadata: pairs}
	if !reflect.DeepEqual(response.Ok(), want) {
		t.Errorf("the response is %v", response)
	}
	if err := onInvoke(dapr_components_output_binding.Invocation{Operation: "x"}).Err(); err.Message != `there is no operation "x"` {
		t.Errorf("the error is %v", err)
	}
}
