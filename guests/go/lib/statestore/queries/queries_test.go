package queries

import (
	"encoding/json"
	"reflect"
	"testing"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/wit/dapr_components_queriable_state_store"
	"plugbox/state"
)

func compareNode(path string, value wireValue) wireNode {
	return dapr_components_queriable_state_store.MakeNodeCompare(dapr_components_queriable_state_store.Compare{
		Path: path, Comparison: dapr_components_queriable_state_store.ComparisonLte, Value: value,
	})
}

func TestAListOfNodesIsATree(t *testing.T) {
	filter, err := tree([]wireNode{
		dapr_components_queriable_state_store.MakeNodeAllOf([]uint32{1, 2}),
		compareNode("a.b", dapr_components_queriable_state_store.MakeValueInteger(1)),
		dapr_components_queriable_state_store.MakeNodeAnyOf([]uint32{4, 3}),
		compareNode("c", dapr_components_queriable_state_store.MakeValueNumber(1.5)),
		dapr_components_queriable_state_store.MakeNodeOneOf(dapr_components_queriable_state_store.OneOf{
			Path: "d",
			Values: []wireValue{
				dapr_components_queriable_state_store.MakeValueNull(),
				dapr_components_queriable_state_store.MakeValueBoolean(true),
				dapr_components_queriable_state_store.MakeValueText("x"),
				dapr_components_queriable_state_store.MakeValueJson("[1]"),
			},
		}),
	})
	want := AllOf{
		Compare{[]string{"a", "b"}, AtMost, int64(1)},
		AnyOf{
			OneOf{[]string{"d"}, []Value{nil, true, "x", json.RawMessage("[1]")}},
			Compare{[]string{"c"}, AtMost, 1.5},
		},
	}
	if err != nil || !reflect.DeepEqual(filter, want) {
		t.Errorf("the filter is %v, %v", filter, err)
	}
	if filter, err := tree(nil); filter != nil || err != nil {
		t.Errorf("the empty filter is %v, %v", filter, err)
	}
}

func TestANodeIsNoChildOfALaterOne(t *testing.T) {
	for _, child := range []uint32{0, 1, 7, 1<<32 - 1} {
		_, err := tree([]wireNode{dapr_components_queriable_state_store.MakeNodeAnyOf([]uint32{child})})
		if plugbox.CodeOf(err) != plugbox.InvalidArgument {
			t.Errorf("child %d: %v", child, err)
		}
	}
}

func TestComparisonsAreThoseOfTheContract(t *testing.T) {
	for comparison, want := range map[Comparison]uint8{
		Equal:    dapr_components_queriable_state_store.ComparisonEq,
		NotEqual: dapr_components_queriable_state_store.ComparisonNeq,
		Greater:  dapr_components_queriable_state_store.ComparisonGt,
		AtLeast:  dapr_components_queriable_state_store.ComparisonGte,
		Less:     dapr_components_queriable_state_store.ComparisonLt,
		AtMost:   dapr_components_queriable_state_store.ComparisonLte,
	} {
		if uint8(comparison) != want {
			t.Errorf("%d is %d in the contract", comparison, want)
		}
	}
}

type recorder struct {
	got    Request
	answer Page
}

func (r *recorder) Query(request Request) (Page, error) {
	r.got = request
	return r.answer, nil
}

func TestAQueryAndItsPageCrossTheBorder(t *testing.T) {
	store := &recorder{answer: Page{
		Items: []Found{{Key: "k", Item: state.Item{Value: []byte("v"), ETag: "7"}}},
		Token: "next",
	}}
	Export(store)
	page := onQuery(wireRequest{
		Sort:  []dapr_components_queriable_state_store.SortKey{{Path: "a.b", Descending: true}},
		Limit: abi.Some[uint32](3),
		Token: abi.Some("token"),
	})
	want := Request{Sort: []SortKey{{[]string{"a", "b"}, true}}, Limit: 3, Token: "token"}
	if !reflect.DeepEqual(store.got, want) {
		t.Errorf("the query is %v", store.got)
	}
	answer := wirePage{
		Items: []wireFound{{Key: "k", Value: []byte("v"), Etag: abi.Some("7")}},
		Token: abi.Some("next"),
	}
	if !reflect.DeepEqual(page.Ok(), answer) {
		t.Errorf("the page is %v", page)
	}
}
