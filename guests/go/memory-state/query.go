package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"plugbox"
	"plugbox/statestore/queries"
)

// query answers one page. Sorting and paging need every match at hand, but of each only its key and what it is sorted by.
func (s *store) query(request queries.Request) (queries.Page, error) {
	wants, err := compile(request.Filter)
	if err != nil {
		return queries.Page{}, err
	}
	order := sortOrder(request.Sort)
	var after *position
	if request.Token != "" {
		if after, err = order.position(request.Token); err != nil {
			return queries.Page{}, err
		}
	}

	type match struct {
		position
		entry entry
	}
	var matches []match
	for key, entry := range s.all() {
		// What is not JSON is not found, nor is what nests deeper than the parser follows.
		document, valid := parse(entry.value)
		if !valid || !wants(document) {
			continue
		}
		if place := order.place(key, document); after == nil || order.compare(place, *after) > 0 {
			matches = append(matches, match{place, entry})
		}
	}
	slices.SortFunc(matches, func(a, b match) int { return order.compare(a.position, b.position) })

	page := queries.Page{}
	if limit := int(request.Limit); limit > 0 && len(matches) > limit {
		matches = matches[:limit]
		page.Token = order.token(matches[limit-1].position)
	}
	for _, match := range matches {
		page.Items = append(page.Items, queries.Found{Key: match.Key, Item: match.entry.item()})
	}
	return page, nil
}

// sortOrder is by what a query sorts. Where that leaves two items equal, their keys decide, so that the order is the same for every
// page.
type sortOrder []queries.SortKey

// position is where an item stands in the order.
type position struct {
	Values []sortValue
	Key    string
}

// sortValue is what one field gives to sort by: nothing where it is missing, else its value. Arrays and objects have no order among
// themselves, so of those the kind is enough.
type sortValue []any

// token is what the next page follows on from: the place of this page's last item. It holds the place and not a count of items, so
// that what is written or deleted between two pages neither hides nor repeats any other item.
type token struct {
	Sort  []queries.SortKey
	After *position
}

func (o sortOrder) place(key string, document any) position {
	values := make([]sortValue, len(o))
	for i := range o {
		field, found := find(document, o[i].Path)
		switch field.(type) {
		case []any:
			field = []any{}
		case map[string]any:
			field = map[string]any{}
		}
		if found {
			values[i] = sortValue{field}
		}
	}
	return position{values, key}
}

func (o sortOrder) compare(a, b position) int {
	for i, key := range o {
		if order := a.Values[i].compare(b.Values[i], key.Descending); order != 0 {
			return order
		}
	}
	return strings.Compare(a.Key, b.Key)
}

func (v sortValue) compare(other sortValue, descending bool) int {
	// What is missing is last in both directions.
	if len(v) == 0 || len(other) == 0 {
		return cmp.Compare(len(other), len(v))
	}
	order, comparable := compare(v[0], other[0])
	if !comparable {
		order = cmp.Compare(rank(v[0]), rank(other[0]))
	}
	if descending {
		return -order
	}
	return order
}

// rank is the place of a value's kind among the kinds.
func rank(value any) int {
	switch value.(type) {
	case nil:
		return 0
	case bool:
		return 1
	case string:
		return 3
	case []any:
		return 4
	case map[string]any:
		return 5
	default:
		return 2
	}
}

func (o sortOrder) token(last position) string {
	text, err := json.Marshal(token{o, &last})
	if err != nil {
		// Everything in it came out of JSON.
		panic(err)
	}
	return string(text)
}

// position reads a token that a client sends back.
func (o sortOrder) position(text string) (*position, error) {
	foreign := plugbox.Errorf(plugbox.InvalidArgument, "the token is not one of this store")
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	var token token
	if err := decoder.Decode(&token); err != nil || token.After == nil || decoder.More() {
		return nil, foreign
	}
	same := func(a, b queries.SortKey) bool { return reflect.DeepEqual(a, b) }
	if !slices.EqualFunc(token.Sort, o, same) {
		return nil, plugbox.Errorf(plugbox.InvalidArgument, "the token is one of a query that sorts otherwise")
	}
	if len(token.After.Values) != len(o) {
		return nil, foreign
	}
	return token.After, nil
}
