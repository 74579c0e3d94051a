package queries

import (
	"encoding/json"
	"strings"

	"plugbox"
	"plugbox/internal/abi"
	"plugbox/internal/border"
	"plugbox/internal/stateborder"
	"plugbox/internal/wit/dapr_components_queriable_state_store"
)

type (
	wireRequest = dapr_components_queriable_state_store.QueryRequest
	wireNode    = dapr_components_queriable_state_store.Node
	wireValue   = dapr_components_queriable_state_store.Value
	wirePage    = dapr_components_queriable_state_store.Page
	wireFound   = dapr_components_queriable_state_store.Found
)

var exported border.Exported[Store]

// Export makes the guest answer queries. Call it once, in an init function; a guest that does is a statestore.Store too.
func Export(store Store) {
	exported.Set(store)
}

func onQuery(request wireRequest) stateborder.Result[wirePage] {
	filter, err := tree(request.Filter)
	if err != nil {
		return stateborder.Answer(wirePage{}, err)
	}
	page, err := exported.Get().Query(Request{
		Filter:   filter,
		Sort:     stateborder.Each(request.Sort, sortKey),
		Limit:    request.Limit.Some(),
		Token:    request.Token.Some(),
		Metadata: border.Metadata(request.Metadata),
	})
	return stateborder.Answer(wirePage{
		Items:    stateborder.Each(page.Items, found),
		Token:    abi.Text(page.Token),
		Metadata: border.List(page.Metadata),
	}, err)
}

// tree is the filter that a list of nodes stands for. Children stand later than their parents, so going through the list from its
// end finds each node's children made.
func tree(nodes []wireNode) (Filter, error) {
	if len(nodes) == 0 {
		return nil, nil
	}
	made := make([]Filter, len(nodes))
	for place := len(nodes) - 1; place >= 0; place-- {
		switch node := nodes[place]; node.Tag() {
		case dapr_components_queriable_state_store.NodeAllOf:
			children, err := later(made, place, node.AllOf())
			if err != nil {
				return nil, err
			}
			made[place] = AllOf(children)
		case dapr_components_queriable_state_store.NodeAnyOf:
			children, err := later(made, place, node.AnyOf())
			if err != nil {
				return nil, err
			}
			made[place] = AnyOf(children)
		case dapr_components_queriable_state_store.NodeCompare:
			compare := node.Compare()
			made[place] = Compare{path(compare.Path), Comparison(compare.Comparison), value(compare.Value)}
		default:
			oneOf := node.OneOf()
			made[place] = OneOf{path(oneOf.Path), stateborder.Each(oneOf.Values, value)}
		}
	}
	return made[0], nil
}

// later are the filters at some places of the list, if all are places in it, and later than the node's own.
func later(made []Filter, place int, children []uint32) ([]Filter, error) {
	filters := make([]Filter, len(children))
	for i, child := range children {
		if int(child) <= place || int(child) >= len(made) {
			return nil, plugbox.Errorf(plugbox.InvalidArgument,
				"node %d of the filter names node %d of %d as its child", place, child, len(made))
		}
		filters[i] = made[child]
	}
	return filters, nil
}

func path(text string) []string {
	return strings.Split(text, ".")
}

func value(value wireValue) Value {
	switch value.Tag() {
	case dapr_components_queriable_state_store.ValueBoolean:
		return value.Boolean()
	case dapr_components_queriable_state_store.ValueInteger:
		return value.Integer()
	case dapr_components_queriable_state_store.ValueNumber:
		return value.Number()
	case dapr_components_queriable_state_store.ValueText:
		return value.Text()
	case dapr_components_queriable_state_store.ValueJson:
		return json.RawMessage(value.Json())
	default:
		return nil
	}
}

func sortKey(key dapr_components_queriable_state_store.SortKey) SortKey {
	return SortKey{path(key.Path), key.Descending}
}

func found(found Found) wireFound {
	return wireFound{
		Key:         found.Key,
		Value:       found.Item.Value,
		Etag:        abi.Text(found.Item.ETag),
		ContentType: abi.Text(found.Item.ContentType),
	}
}
