// Code generated from the contract by plugbox and internal/generate. DO NOT EDIT.

package dapr_app_event_types

import (
	witTypes "plugbox/internal/abi"
)

const (
	AttributeBoolean uint8 = 0
	AttributeNumber  uint8 = 1
	AttributeText    uint8 = 2
	// Anything else, as JSON text.
	AttributeJson uint8 = 3
)

// The value of an attribute.
type Attribute struct {
	tag   uint8
	value any
}

func (self Attribute) Tag() uint8 {
	return self.tag
}

func (self Attribute) Boolean() bool {
	if self.tag != AttributeBoolean {
		panic("tag mismatch")
	}
	return self.value.(bool)
}
func (self Attribute) Number() float64 {
	if self.tag != AttributeNumber {
		panic("tag mismatch")
	}
	return self.value.(float64)
}
func (self Attribute) Text() string {
	if self.tag != AttributeText {
		panic("tag mismatch")
	}
	return self.value.(string)
}
func (self Attribute) Json() string {
	if self.tag != AttributeJson {
		panic("tag mismatch")
	}
	return self.value.(string)
}

func MakeAttributeBoolean(value bool) Attribute {
	return Attribute{AttributeBoolean, value}
}
func MakeAttributeNumber(value float64) Attribute {
	return Attribute{AttributeNumber, value}
}
func MakeAttributeText(value string) Attribute {
	return Attribute{AttributeText, value}
}
func MakeAttributeJson(value string) Attribute {
	return Attribute{AttributeJson, value}
}

// A message as a CloudEvent (version 1.0): what was published, or what Dapr has put around it.
type CloudEvent struct {
	// Names the event among those of its source.
	Id string
	// Where it comes from; of what Dapr put around a message, the application's id.
	Source string
	// What has happened (the attribute `type`).
	Kind        string
	SpecVersion string
	// The media type of the data.
	ContentType witTypes.Option[string]
	Data        []uint8
	// What it is about, among what its source has.
	Subject witTypes.Option[string]
	// When it happened, in RFC 3339.
	Time witTypes.Option[string]
	// The schema that the data keeps to.
	DataSchema witTypes.Option[string]
	// All other attributes.
	Extensions []witTypes.Tuple2[string, Attribute]
}

const (
	// It is done with.
	OutcomeSuccess uint8 = 0
	// It is to come again; when, and how often, is a matter of the broker and of Dapr's resiliency policies.
	OutcomeRetry uint8 = 1
	// It is not to come again. It goes to the subscription's topic for dead letters, where there is one.
	OutcomeDrop uint8 = 2
)

// What becomes of a message.
type Outcome = uint8
