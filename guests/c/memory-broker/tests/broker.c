// What the broker promises, rule by rule. Each test has a broker and a clock of its own.
#include <string.h>

#include "broker.h"
#include "test.h"

static uint64_t milliseconds;

static uint64_t test_now(void) {
    return milliseconds * 1000000;
}

static struct broker *new_broker(void) {
    struct broker *broker = pbx_alloc(sizeof *broker);
    milliseconds = 1000;
    broker_open(broker, test_now);
    return broker;
}

static void end_broker(struct broker *broker) {
    broker_close(broker);
    free(broker);
}

// One property, good until the next but seven.
static pbx_metadata one(const char *name, const char *value) {
    static pbx_property properties[8];
    static size_t next;
    pbx_property *property = &properties[next++ % 8];
    *property = (pbx_property){pbx_text_of(name), pbx_text_of(value)};
    return (pbx_metadata){property, 1};
}

static const pbx_metadata nothing;
static char message[512];

static pbx_code failed(pbx_error *error) {
    snprintf(message, sizeof message, PBX_FMT, PBX_ARG(error->message));
    pbx_code code = error->kind == PBX_OTHER ? error->code : PBX_UNKNOWN;
    pbx_error_clear(error);
    return code;
}

static bool said(const char *part) {
    return pbx_test_has(pbx_text_of(message), part);
}

static bool try_publish(struct broker *broker, const char *topic, const char *data, pbx_metadata metadata,
                        pbx_error *error) {
    pbx_outgoing outgoing = {
        .topic = pbx_text_of(topic), .data = pbx_text_bytes(pbx_text_of(data)), .metadata = metadata};
    return broker_publish(broker, &outgoing, error);
}

static void publish(struct broker *broker, const char *topic, const char *data) {
    pbx_error error = {0};
    CHECK(try_publish(broker, topic, data, nothing, &error));
}

static uint32_t subscribe(struct broker *broker, uint64_t id, const char *topic, pbx_metadata metadata) {
    pbx_error error = {0};
    uint32_t window = 0;
    CHECK(broker_subscribe(broker, id, pbx_text_of(topic), metadata, &window, &error));
    return window;
}

static void configure(struct broker *broker, pbx_metadata properties) {
    pbx_error error = {0};
    CHECK(broker_configure(broker, properties, &error));
}

// What came last, as `id:data` and `*n` for the nth delivery; the wait in milliseconds, -1 for none; and the
// last id.
static char pulled_texts[1024], last_id[32];
static int64_t wait;

static bool pulls_all(struct broker *broker, const pbx_demand *wanted, size_t count, const char *expected) {
    pbx_pulled pulled = {0};
    broker_pull(broker, wanted, count, &pulled);
    pulled_texts[0] = '\0';
    for (size_t i = 0; i < pulled.count; i++) {
        const pbx_delivery *delivery = &pulled.deliveries[i];
        pbx_text deliveries = pbx_metadata_find(delivery->metadata, "deliveryCount");
        snprintf(pulled_texts + strlen(pulled_texts), sizeof pulled_texts - strlen(pulled_texts),
                 "%s%d:%.*s%s" PBX_FMT, i ? " " : "", (int)delivery->id, (int)delivery->data.size,
                 (const char *)delivery->data.data, pbx_text_is_some(deliveries) ? "*" : "",
                 PBX_ARG(deliveries));
        snprintf(last_id, sizeof last_id, PBX_FMT, PBX_ARG(delivery->message_id));
    }
    wait = pulled.waits.has_timer ? (int64_t)(pulled.waits.timer / 1000000) : -1;
    pbx_pulled_clear(&pulled);
    return pbx_test_same(pbx_text_of(pulled_texts), expected);
}

static bool pulls(struct broker *broker, uint64_t id, uint32_t messages, const char *expected) {
    return pulls_all(broker, &(pbx_demand){id, messages}, 1, expected);
}

static void ack(struct broker *broker, uint64_t id) {
    broker_ack(broker, id, pbx_text_of(last_id), PBX_NONE);
}

static void nack(struct broker *broker, uint64_t id) {
    broker_ack(broker, id, pbx_text_of(last_id), PBX_TEXT(""));
}

static size_t held(const struct broker *broker) {
    size_t count = 0;
    for (const struct queue *queue = broker->queues; queue; queue = queue->next)
        count += queue->count;
    return count;
}

TEST(a_message_comes_whole_and_once) {
    struct broker *broker = new_broker();
    subscribe(broker, 1, "t", nothing);
    pbx_error error = {0};
    pbx_outgoing outgoing = {.topic = PBX_TEXT("t"),
                             .data = pbx_text_bytes(PBX_TEXT("1")),
                             .content_type = PBX_TEXT("text/plain"),
                             .metadata = one("color", "blue")};
    CHECK(broker_publish(broker, &outgoing, &error));
    pbx_pulled pulled = {0};
    broker_pull(broker, &(pbx_demand){1, 5}, 1, &pulled);
    CHECK(pulled.count == 1 && pulled.deliveries[0].id == 1);
    CHECK_TEXT(pulled.deliveries[0].topic, "t");
    CHECK_TEXT(pulled.deliveries[0].content_type, "text/plain");
    CHECK_TEXT(pbx_metadata_find(pulled.deliveries[0].metadata, "color"), "blue");
    CHECK(pulled.deliveries[0].metadata.count == 1);
    broker_ack(broker, 1, pulled.deliveries[0].message_id, PBX_NONE);
    pbx_pulled_clear(&pulled);
    CHECK(pulls(broker, 1, 5, "") && wait == -1 && held(broker) == 0);
    end_broker(broker);
}

TEST(messages_come_in_order_and_no_more_than_wanted) {
    struct broker *broker = new_broker();
    publish(broker, "t", "before");
    subscribe(broker, 1, "t", nothing);
    publish(broker, "t", "1");
    publish(broker, "other", "x");
    publish(broker, "t", "2");
    publish(broker, "t", "3");
    CHECK(pulls(broker, 1, 0, "") && pulls(broker, 1, 2, "1:1 1:2") && pulls(broker, 1, 2, "1:3"));
    CHECK(pulls(broker, 7, 1, ""));
    end_broker(broker);
}

TEST(a_group_shares_and_groups_do_not) {
    struct broker *broker = new_broker();
    configure(broker, one("consumerID", "a"));
    subscribe(broker, 1, "t", nothing);
    subscribe(broker, 2, "t", one("consumerID", "a"));
    subscribe(broker, 3, "t", one("consumerID", "b"));
    configure(broker, one("consumerID", "c"));
    subscribe(broker, 4, "t", nothing);
    publish(broker, "t", "1");
    publish(broker, "t", "2");
    publish(broker, "t", "3");
    pbx_demand wanted[] = {{1, 9}, {2, 1}, {3, 9}, {4, 1}};
    CHECK(pulls_all(broker, wanted, 4, "1:1 2:2 3:1 4:1 1:3 3:2 3:3"));
    end_broker(broker);
}

TEST(a_message_that_failed_comes_again_after_a_while) {
    struct broker *broker = new_broker();
    subscribe(broker, 1, "t", nothing);
    publish(broker, "t", "1");
    publish(broker, "t", "2");
    publish(broker, "t", "3");
    CHECK(pulls(broker, 1, 1, "1:1"));
    nack(broker, 1);
    CHECK(pulls(broker, 1, 1, "1:2"));
    ack(broker, 1);
    milliseconds += 40;
    publish(broker, "t", "4");
    CHECK(pulls(broker, 1, 2, "1:3 1:4"));
    CHECK(pulls(broker, 1, 1, "") && wait == 60);
    milliseconds += 60;
    publish(broker, "t", "5");
    CHECK(pulls(broker, 1, 1, "1:1*2"));
    nack(broker, 1);
    milliseconds += 100;
    CHECK(pulls(broker, 1, 2, "1:1*3 1:5"));
    end_broker(broker);
}

TEST(what_was_out_when_a_subscription_closed_comes_again_at_once) {
    struct broker *broker = new_broker();
    subscribe(broker, 1, "t", nothing);
    publish(broker, "t", "1");
    publish(broker, "t", "2");
    publish(broker, "t", "3");
    CHECK(pulls(broker, 1, 2, "1:1 1:2"));
    ack(broker, 1);
    broker_unsubscribe(broker, 1);
    broker_unsubscribe(broker, 1);
    publish(broker, "t", "4");
    subscribe(broker, 2, "t", nothing);
    // Not an attempt, and where it stood.
    CHECK(pulls(broker, 2, 9, "2:1 2:3 2:4"));
    end_broker(broker);
}

TEST(answers_that_mean_nothing_are_ignored) {
    struct broker *broker = new_broker();
    subscribe(broker, 1, "t", nothing);
    subscribe(broker, 2, "t", nothing);
    publish(broker, "t", "1");
    CHECK(pulls(broker, 1, 1, "1:1"));
    ack(broker, 2);
    ack(broker, 3);
    broker_ack(broker, 1, PBX_TEXT(""), PBX_NONE);
    broker_ack(broker, 1, PBX_TEXT("x"), PBX_NONE);
    broker_ack(broker, 1, PBX_TEXT("99"), PBX_TEXT("why"));
    CHECK(held(broker) == 1);
    nack(broker, 1);
    char first[32];
    strcpy(first, last_id);
    milliseconds += 100;
    CHECK(pulls(broker, 1, 1, "1:1*2"));
    broker_ack(broker, 1, pbx_text_of(first), PBX_NONE);
    CHECK(held(broker) == 1);
    ack(broker, 1);
    ack(broker, 1);
    CHECK(held(broker) == 0);
    end_broker(broker);
}

TEST(too_many_failures_drop_a_message) {
    struct broker *broker = new_broker();
    configure(broker, one("maxDeliveries", "2"));
    subscribe(broker, 1, "t", nothing);
    publish(broker, "t", "1");
    CHECK(pulls(broker, 1, 1, "1:1"));
    nack(broker, 1);
    milliseconds += 100;
    CHECK(pulls(broker, 1, 1, "1:1*2"));
    nack(broker, 1);
    milliseconds += 100;
    CHECK(pulls(broker, 1, 1, "") && held(broker) == 0);
    end_broker(broker);
}

TEST(a_full_queue_refuses_and_nobody_gets_the_message) {
    struct broker *broker = new_broker();
    configure(broker, one("maxMessages", "2"));
    subscribe(broker, 1, "t", one("consumerID", "a"));
    publish(broker, "t", "1");
    subscribe(broker, 2, "t", one("consumerID", "b"));
    CHECK(pulls(broker, 1, 1, "1:1"));
    publish(broker, "t", "2");
    pbx_error error = {0};
    CHECK(!try_publish(broker, "t", "3", nothing, &error) && failed(&error) == PBX_RESOURCE_EXHAUSTED);
    CHECK(said("\"a\" has 2 messages"));
    CHECK(pulls(broker, 2, 9, "2:2"));
    broker_unsubscribe(broker, 1);
    end_broker(broker);
}

TEST(an_expired_message_is_gone_wherever_it_was) {
    struct broker *broker = new_broker();
    subscribe(broker, 1, "t", nothing);
    pbx_error error = {0};
    CHECK(try_publish(broker, "t", "failed", one("ttlInSeconds", "1"), &error));
    CHECK(try_publish(broker, "t", "out", one("ttlInSeconds", "1"), &error));
    CHECK(try_publish(broker, "t", "ready", one("ttlInSeconds", "1"), &error));
    CHECK(try_publish(broker, "t", "long", one("ttlInSeconds", "18446744073709551615"), &error));
    CHECK(broker->expiring.count == 3);
    CHECK(pulls(broker, 1, 1, "1:failed"));
    milliseconds += 950;
    nack(broker, 1);
    CHECK(pulls(broker, 1, 1, "1:out") && held(broker) == 4);
    milliseconds += 50;
    CHECK(pulls(broker, 1, 1, "1:long") && held(broker) == 2);
    ack(broker, 1);
    broker_unsubscribe(broker, 1);
    CHECK(held(broker) == 0 && broker->expiring.count == 0);
    end_broker(broker);
}

TEST(a_message_that_expires_while_it_is_out_does_not_come_again) {
    struct broker *broker = new_broker();
    subscribe(broker, 1, "t", nothing);
    pbx_error error = {0};
    CHECK(try_publish(broker, "t", "1", one("ttlInSeconds", "1"), &error));
    CHECK(pulls(broker, 1, 1, "1:1"));
    milliseconds += 1000;
    CHECK(pulls(broker, 1, 1, ""));
    nack(broker, 1);
    CHECK(held(broker) == 0);
    milliseconds += 1000;
    CHECK(pulls(broker, 1, 1, "") && wait == -1);
    end_broker(broker);
}

TEST(wildcards_stand_for_levels) {
    static const struct {
        const char *filter, *name;
        bool matches;
    } table[] = {
        {"a/b", "a/b", true},     {"a/b", "a/c", false},     {"a", "a/b", false},  {"a/b", "a", false},
        {"+", "a", true},         {"+", "a/b", false},       {"a/+", "a/b", true}, {"a/+", "a", false},
        {"a/+/c", "a/b/c", true}, {"a/+/c", "a/b/d", false}, {"#", "a", true},     {"#", "a/b/c", true},
        {"a/#", "a", true},       {"a/#", "a/b/c", true},    {"a/#", "b", false},  {"a/#", "ab", false},
        {"a+", "ab", false},      {"a+", "a+", true},        {"a/", "a/", true},   {"a/+", "a/", true},
        {"/", "/", true},         {"+/+", "/", true},        {"a/", "a", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct broker *broker = new_broker();
        subscribe(broker, 1, table[i].filter, nothing);
        publish(broker, table[i].name, "x");
        if (held(broker) != table[i].matches) {
            fprintf(stderr, "%s and %s\n", table[i].filter, table[i].name);
            CHECK(false);
        }
        end_broker(broker);
    }
}

TEST(topics_that_cannot_be_are_refused) {
    struct broker *broker = new_broker();
    pbx_error error = {0};
    static const char *names[] = {"", "+", "#", "a/+/b", "a/#"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CHECK(!try_publish(broker, names[i], "1", nothing, &error) && failed(&error) == PBX_INVALID_ARGUMENT);
    static const char *filters[] = {"", "#/a", "a/#/b", "#/"};
    uint32_t window;
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        CHECK(!broker_subscribe(broker, 1, pbx_text_of(filters[i]), nothing, &window, &error) &&
              failed(&error) == PBX_INVALID_ARGUMENT);
    subscribe(broker, 1, "t", nothing);
    CHECK(!broker_subscribe(broker, 1, PBX_TEXT("t"), nothing, &window, &error));
    CHECK(failed(&error) == PBX_INVALID_ARGUMENT && said("subscription 1 already"));
    end_broker(broker);
}

TEST(windows_are_those_of_the_subscription_or_the_component) {
    struct broker *broker = new_broker();
    CHECK(subscribe(broker, 1, "t", nothing) == 1);
    configure(broker, one("maxInFlight", "10"));
    CHECK(subscribe(broker, 2, "t", nothing) == 10);
    CHECK(subscribe(broker, 3, "t", one("maxInFlight", "3")) == 3);
    end_broker(broker);
}

TEST(intervals_are_durations_of_at_most_a_day) {
    static const struct {
        const char *text;
        int64_t milliseconds;
    } table[] = {
        {"250ms", 250},
        {"1.5s", 1500},
        {"1h30m", 5400000},
        {"1d", 86400000},
        {"24h", 86400000},
        {"0s", 0},
        {"1m0.5s", 60500},
        {"", -1},
        {"5", -1},
        {"s", -1},
        {"1.s", -1},
        {".5s", -1},
        {"1 s", -1},
        {"-1s", -1},
        {"25h", -1},
        {"1d1ns", -1},
        {"1y", -1},
        {"1sx", -1},
        {"99999999999999999999s", -1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct broker *broker = new_broker();
        pbx_error error = {0};
        bool done = broker_configure(broker, one("redeliverInterval", table[i].text), &error);
        if (done != (table[i].milliseconds >= 0) ||
            (done && broker->settings.redeliver_after != (uint64_t)table[i].milliseconds * 1000000)) {
            fprintf(stderr, "%s\n", table[i].text);
            CHECK(false);
        }
        CHECK(done || (failed(&error) == PBX_INVALID_ARGUMENT && said("redeliverInterval")));
        end_broker(broker);
    }
}

TEST(numbers_are_integers_from_1_on) {
    static const char *names[] = {"maxInFlight", "maxDeliveries", "maxMessages"};
    static const char *wrong[] = {"0", "-1", "x", "", "1.5", "4294967296"};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < sizeof wrong / sizeof *wrong; j++) {
            struct broker *broker = new_broker();
            pbx_error error = {0};
            configure(broker, one("consumerID", "kept"));
            CHECK(!broker_configure(broker, one(names[i], wrong[j]), &error));
            CHECK(failed(&error) == PBX_INVALID_ARGUMENT && said(names[i]));
            CHECK_TEXT(broker->settings.group, "kept");
            end_broker(broker);
        }
    struct broker *broker = new_broker();
    pbx_error error = {0};
    CHECK(!try_publish(broker, "t", "1", one("ttlInSeconds", "0"), &error) &&
          failed(&error) == PBX_INVALID_ARGUMENT);
    end_broker(broker);
}
