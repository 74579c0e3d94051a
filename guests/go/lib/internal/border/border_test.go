package border

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_types"
)

func TestEachCodeReachesTheHostAsItself(t *testing.T) {
	for _, row := range []struct {
		code plugbox.Code
		want dapr_components_types.Code
	}{
		{plugbox.Unknown, dapr_components_types.CodeUnknown},
		{plugbox.InvalidArgument, dapr_components_types.CodeInvalidArgument},
		{plugbox.NotFound, dapr_components_types.CodeNotFound},
		{plugbox.AlreadyExists, dapr_components_types.CodeAlreadyExists},
		{plugbox.FailedPrecondition, dapr_components_types.CodeFailedPrecondition},
		{plugbox.Aborted, dapr_components_types.CodeAborted},
		{plugbox.OutOfRange, dapr_components_types.CodeOutOfRange},
		{plugbox.PermissionDenied, dapr_components_types.CodePermissionDenied},
		{plugbox.Unauthenticated, dapr_components_types.CodeUnauthenticated},
		{plugbox.ResourceExhausted, dapr_components_types.CodeResourceExhausted},
		{plugbox.Unimplemented, dapr_components_types.CodeUnimplemented},
		{plugbox.Unavailable, dapr_components_types.CodeUnavailable},
		{plugbox.DeadlineExceeded, dapr_components_types.CodeDeadlineExceeded},
		{plugbox.DataLoss, dapr_components_types.CodeDataLoss},
		{plugbox.Cancelled, dapr_components_types.CodeCancelled},
		{plugbox.Internal, dapr_components_types.CodeInternal},
	} {
		err := plugbox.Errorf(row.code, "why")
		for _, err := range []error{err, fmt.Errorf("while reading: %w", err)} {
			if sent := Error(err); sent.Code != row.want || sent.Message != err.Error() {
				t.Errorf("%d is %v to the host", row.code, sent)
			}
		}
	}
}

func TestOtherErrorsHaveTheCodeThatTheyStandFor(t *testing.T) {
	for _, row := range []struct {
		err  error
		want dapr_components_types.Code
	}{
		{errors.New("plain"), dapr_components_types.CodeUnknown},
		{fmt.Errorf("reading: %w", context.DeadlineExceeded), dapr_components_types.CodeDeadlineExceeded},
		{context.Canceled, dapr_components_types.CodeCancelled},
		{plugbox.Errorf(plugbox.Unavailable, "dialing: %w", context.DeadlineExceeded), dapr_components_types.CodeUnavailable},
		{plugbox.Errorf(200, "no such code"), dapr_components_types.CodeUnknown},
	} {
		if sent := Error(row.err); sent.Code != row.want {
			t.Errorf("%v has the code %d", row.err, sent.Code)
		}
	}
}

func TestWhatAnErrorWrapsCanBeFound(t *testing.T) {
	err := plugbox.Errorf(plugbox.Unavailable, "dialing: %w", context.DeadlineExceeded)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error("it is not found")
	}
}

func TestMetadataCrossTheBorderAndBack(t *testing.T) {
	metadata := plugbox.Metadata{"a": "1", "b": "", "A": "2"}
	if got := Metadata(List(metadata)); !maps.Equal(got, metadata) {
		t.Errorf("%v became %v", metadata, got)
	}
	if List(plugbox.Metadata(nil)) != nil || Metadata(nil) != nil {
		t.Error("nothing became something")
	}
	if value := Metadata(nil)["a"]; value != "" {
		t.Errorf("the empty metadata have %q", value)
	}
}

func TestAnAnswerIsItsValueOrItsError(t *testing.T) {
	type feature string
	good := Features([]feature{"A", "B"}, nil)
	if good.Tag() != abi.ResultOk || !slices.Equal(good.Ok(), []string{"A", "B"}) {
		t.Errorf("the features are %v", good)
	}
	bad := Features[feature](nil, errors.New("why"))
	if bad.Tag() != abi.ResultErr || bad.Err().Message != "why" {
		t.Errorf("the error is %v", bad)
	}
	if Done(nil).Tag() != abi.ResultOk {
		t.Error("nothing is an error")
	}
}

func TestAWakeIsTheTimeUntilThen(t *testing.T) {
	if again := Again(time.Time{}); again.Tag() != abi.OptionNone {
		t.Errorf("for no moment the host waits %v", again)
	}
	again := Again(time.Now().Add(time.Hour))
	if again.Some() > uint64(time.Hour) || again.Some() < uint64(50*time.Minute) {
		t.Errorf("for an hour the host waits %v", again)
	}
	again = Again(time.Now().Add(-time.Hour))
	if again.Tag() != abi.OptionSome || again.Some() != 0 {
		t.Errorf("for what is past the host waits %v", again)
	}
}

func TestWhatIsNotExportedIsSaid(t *testing.T) {
	panics := func(want string, do func()) {
		t.Helper()
		defer func() {
			if text := fmt.Sprint(recover()); !strings.Contains(text, want) {
				t.Errorf("it says %q", text)
			}
		}()
		do()
	}
	var exported Exported[int]
	panics("Export", func() { exported.Get() })
	exported.Set(1)
	if exported.Get() != 1 {
		t.Error("another value is exported")
	}
	panics("twice", func() { exported.Set(2) })
}
