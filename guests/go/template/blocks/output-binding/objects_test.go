package main

import (
	"testing"

	"plugbox"
	"plugbox/outputbinding"
)

func TestAnObjectIsThereUntilItIsDeleted(t *testing.T) {
	o := objects{}
	invoke := func(operation string) (string, error) {
		request := outputbinding.Request{Operation: operation, Data: []byte("1"), Metadata: plugbox.Metadata{"key": "a"}}
		response, err := o.Invoke(request)
		return string(response.Data), err
	}
	if _, err := invoke("create"); err != nil {
		t.Fatal(err)
	}
	if data, err := invoke("get"); data != "1" || err != nil {
		t.Errorf("it is %q, %v", data, err)
	}
	if _, err := invoke("delete"); err != nil {
		t.Fatal(err)
	}
	if _, err := invoke("get"); plugbox.CodeOf(err) != plugbox.NotFound {
		t.Errorf("what is deleted is %v", err)
	}
	if _, err := invoke("mend"); plugbox.CodeOf(err) != plugbox.InvalidArgument {
		t.Errorf("an operation that is none is %v", err)
	}
}

func TestAnOperationNeedsAKey(t *testing.T) {
	_, err := objects{}.Invoke(outputbinding.Request{Operation: "create"})
	if plugbox.CodeOf(err) != plugbox.InvalidArgument {
		t.Errorf("without one it is %v", err)
	}
}
