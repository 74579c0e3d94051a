package main

import (
	"strings"
	"testing"

	"plugbox"
	"plugbox/pubsub/bulkpublish"
)

func entry(id, data string, metadata plugbox.Metadata) bulkpublish.Entry {
	return bulkpublish.Entry{ID: id, Data: []byte(data), Metadata: metadata}
}

func ttl(seconds string) plugbox.Metadata {
	return plugbox.Metadata{"ttlInSeconds": seconds}
}

// bulk publishes, and is the ids of what failed.
func (b *testBroker) bulk(metadata plugbox.Metadata, entries ...bulkpublish.Entry) string {
	b.t.Helper()
	failures, err := b.bulkPublish("t", entries, metadata)
	b.must(err)
	var ids []string
	for _, failure := range failures {
		if failure.Err == nil {
			b.t.Errorf("%q failed for no reason", failure.ID)
		}
		ids = append(ids, failure.ID)
	}
	return strings.Join(ids, ",")
}

func TestGoodEntriesArePublishedInOrderAmongBadOnes(t *testing.T) {
	b := newTestBroker(t, nil)
	b.listen(1, "t")
	failed := b.bulk(nil, entry("1", "a", nil), entry("", "no id", nil), entry("twice", "b", nil), entry("2", "c", ttl("soon")),
		entry("twice", "d", nil), entry("3", "e", ttl("5")))
	if failed != ",twice,2,twice" {
		t.Errorf("%s failed", failed)
	}
	b.gets(1, 9, "a e")
}

func TestWhatTheRequestSaysHoldsForEntriesThatDoNot(t *testing.T) {
	b := newTestBroker(t, nil)
	b.listen(1, "t")
	own := ttl("9")
	own["color"] = "blue"
	if failed := b.bulk(ttl("1"), entry("1", "a", nil), entry("2", "b", own)); failed != "" {
		t.Errorf("%s failed", failed)
	}
	b.wait(1000)
	left := b.takeOne(1)
	if string(left.Message.Data) != "b" || len(left.Message.Metadata) != 2 {
		t.Errorf("left is %v", left)
	}
}

func TestAWrongRequestPublishesNothing(t *testing.T) {
	b := newTestBroker(t, nil)
	b.listen(1, "t")
	good := []bulkpublish.Entry{entry("1", "a", ttl("1"))}
	_, err := b.bulkPublish("t", good, ttl("0"))
	refused(t, err, plugbox.InvalidArgument)
	_, err = b.bulkPublish("", good, nil)
	refused(t, err, plugbox.InvalidArgument)
	b.gets(1, 9, "")
}

func TestAQueueFillsUpInTheMidst(t *testing.T) {
	b := newTestBroker(t, plugbox.Metadata{"maxMessages": "1"})
	b.listen(1, "t")
	if failed := b.bulk(nil, entry("1", "a", nil), entry("2", "b", nil)); failed != "2" {
		t.Errorf("%s failed", failed)
	}
	b.gets(1, 9, "a")
}
