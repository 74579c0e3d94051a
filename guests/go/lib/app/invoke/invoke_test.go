package invoke

import (
	"reflect"
	"testing"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/wit/dapr_app_invocation_types"
	"plugbox/internal/wit/dapr_components_types"
)

// mirror answers what it was asked, and keeps it.
type mirror struct{ last Request }

func (m *mirror) Invoke(request Request) (Response, error) {
	m.last = request
	if request.Method != "echo" {
		return Response{}, NoMethod(request.Method)
	}
	return Response{request.Data, request.ContentType, request.TypeURL, request.Headers}, nil
}

func TestACallAndItsAnswerCrossTheBorder(t *testing.T) {
	m := &mirror{}
	Export(m)
	pairs := border.Pairs{{F0: "a", F1: "1"}, {F0: "a", F1: "2"}}
	query := abi.Some("b=1")
	answer := onHandle(dapr_app_invocation_types.Request{
		Method:      "echo",
		Data:        []byte("d"),
		ContentType: abi.Some("text/plain"),
		TypeUrl:     abi.Some("types/T"),
		Http:        abi.Some(dapr_app_invocation_types.Http{Verb: dapr_app_invocation_types.VerbPatch, Query: query}),
		Headers:     pairs,
	})
	want := dapr_app_invocation_types.Response{
		Data: []byte("d"), ContentType: abi.Some("text/plain"), TypeUrl: abi.Some("types/T"), Headers: pairs,
	}
	if !reflect.DeepEqual(answer.Ok(), want) {
		t.Errorf("the answer is %v", answer)
	}
	if !reflect.DeepEqual(m.last.HTTP, &HTTP{"PATCH", "b=1"}) {
		t.Errorf("of HTTP it is %v", m.last.HTTP)
	}
	answer = onHandle(dapr_app_invocation_types.Request{Method: "echo"})
	if answer.Ok().ContentType.Tag() != abi.OptionNone || m.last.HTTP != nil {
		t.Errorf("of nothing it is %v, %v", answer, m.last.HTTP)
	}
}

func TestAnErrorIsAStatus(t *testing.T) {
	for _, row := range []struct {
		err  error
		want dapr_components_types.Code
	}{
		{NoMethod("fly"), dapr_components_types.CodeUnimplemented},
		{plugbox.Errorf(plugbox.Aborted, "why"), dapr_components_types.CodeAborted},
	} {
		if status := border.Status(row.err); status.Code != row.want || status.Message != row.err.Error() {
			t.Errorf("%v is %v", row.err, status)
		}
	}
}
