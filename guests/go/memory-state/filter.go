package main

import (
	"encoding/json"
	"slices"

	"plugbox"
	"plugbox/statestore/queries"
)

// wanted tells whether a query wants a document.
type wanted func(document any) bool

// compile makes a filter ready, once for a query and not once for an item.
func compile(filter queries.Filter) (wanted, error) {
	switch filter := filter.(type) {
	case queries.AllOf:
		children, err := compileAll(filter)
		return func(document any) bool {
			return !slices.ContainsFunc(children, func(child wanted) bool { return !child(document) })
		}, err
	case queries.AnyOf:
		children, err := compileAll(filter)
		return func(document any) bool {
			return slices.ContainsFunc(children, func(child wanted) bool { return child(document) })
		}, err
	case queries.Compare:
		value, err := comparand(filter.Value)
		return func(document any) bool {
			field, found := find(document, filter.Path)
			order, comparable := compare(field, value)
			return holds(filter.Comparison, order, found && comparable)
		}, err
	case queries.OneOf:
		values := make([]any, len(filter.Values))
		for i := range values {
			var err error
			if values[i], err = comparand(filter.Values[i]); err != nil {
				return nil, err
			}
		}
		return func(document any) bool {
			field, found := find(document, filter.Path)
			return found && slices.ContainsFunc(values, func(value any) bool { return equal(field, value) })
		}, nil
	default:
		return func(any) bool { return true }, nil
	}
}

func compileAll(filters []queries.Filter) ([]wanted, error) {
	children := make([]wanted, len(filters))
	for i := range children {
		var err error
		if children[i], err = compile(filters[i]); err != nil {
			return nil, err
		}
	}
	return children, nil
}

// comparand is a value of a filter as documents have it.
func comparand(value queries.Value) (any, error) {
	text, isJSON := value.(json.RawMessage)
	if !isJSON {
		return value, nil
	}
	parsed, valid := parse(text)
	if !valid {
		return nil, plugbox.Errorf(plugbox.InvalidArgument, "a value of the filter is not JSON, or is nested too deeply")
	}
	return parsed, nil
}

// holds tells whether a comparison is true of a field that stands so to the value, if it does at all.
func holds(comparison queries.Comparison, order int, comparable bool) bool {
	if !comparable {
		return comparison == queries.NotEqual
	}
	switch comparison {
	case queries.Equal:
		return order == 0
	case queries.NotEqual:
		return order != 0
	case queries.Greater:
		return order > 0
	case queries.AtLeast:
		return order >= 0
	case queries.Less:
		return order < 0
	default:
		return order <= 0
	}
}
