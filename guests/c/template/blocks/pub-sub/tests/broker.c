// The broker, without WebAssembly. Each test has a topic of its own.
#include <plugbox/pub_sub.h>
#include <test.h>
#include <time.h>

static const pbx_pub_sub *const broker = &plugbox_pub_sub;

static void subscribe(uint64_t id, const char *topic, const char *group) {
    pbx_property property = {PBX_TEXT("consumerID"), pbx_text_of(group)};
    uint32_t window = 1;
    pbx_error error = {0};
    CHECK(broker->subscribe(id, pbx_text_of(topic), (pbx_metadata){&property, 1}, &window, &error));
    CHECK(window == 1);
}

static void publish(const char *topic, const char *data) {
    pbx_outgoing message = {.topic = pbx_text_of(topic), .data = pbx_text_bytes(pbx_text_of(data))};
    pbx_error error = {0};
    CHECK(broker->publish(&message, &error));
}

// Whether this is what there is for a subscription, or nothing for NULL; and how long it asks to wait.
static bool next(uint64_t id, const char *data, pbx_text *message_id, uint64_t *wait) {
    pbx_pulled pulled = {0};
    pbx_error error = {0};
    CHECK(broker->pull(&(pbx_demand){.id = id, .messages = 1}, 1, &pulled, &error));
    *wait = pulled.waits.has_timer ? pulled.waits.timer : 0;
    bool is_it = pulled.count == (data ? 1 : 0);
    if (is_it && data) {
        pbx_bytes got = pulled.deliveries[0].data;
        is_it = pbx_text_equal((pbx_text){(const char *)got.data, got.size}, pbx_text_of(data));
        *message_id = pbx_text_keep(pulled.deliveries[0].message_id);
    }
    pbx_pulled_clear(&pulled);
    return is_it;
}

static bool gets(uint64_t id, const char *data, pbx_text failure) {
    pbx_text message_id = PBX_NONE;
    uint64_t wait;
    bool is_it = next(id, data, &message_id, &wait);
    if (pbx_text_is_some(message_id))
        broker->ack(id, message_id, failure);
    pbx_text_drop(&message_id);
    return is_it;
}

TEST(a_message_reaches_each_group_once) {
    subscribe(1, "groups", "one");
    subscribe(2, "groups", "one");
    subscribe(3, "groups", "other");
    publish("groups", "a");
    CHECK(gets(1, "a", PBX_NONE) && gets(2, NULL, PBX_NONE));
    CHECK(gets(3, "a", PBX_NONE) && gets(3, NULL, PBX_NONE));
}

TEST(what_has_failed_comes_again_after_a_while_and_behind_all_others) {
    subscribe(4, "failures", "one");
    publish("failures", "a");
    publish("failures", "b");
    CHECK(gets(4, "a", PBX_TEXT("not now")) && gets(4, "b", PBX_NONE));
    pbx_text none = PBX_NONE;
    uint64_t wait;
    CHECK(next(4, NULL, &none, &wait) && wait > 0 && wait <= 100000000);
    publish("failures", "c");
    nanosleep(&(struct timespec){.tv_nsec = (long)wait}, NULL);
    CHECK(gets(4, "c", PBX_NONE) && gets(4, "a", PBX_NONE));
    CHECK(next(4, NULL, &none, &wait) && wait == 0);
}

TEST(what_is_out_when_a_subscription_closes_is_for_the_next) {
    subscribe(5, "closed", "one");
    publish("closed", "a");
    publish("closed", "b");
    pbx_text message_id = PBX_NONE;
    uint64_t wait;
    CHECK(next(5, "a", &message_id, &wait));
    broker->unsubscribe(5);
    broker->ack(5, message_id, PBX_NONE);
    pbx_text_drop(&message_id);
    subscribe(6, "closed", "one");
    CHECK(gets(6, "a", PBX_NONE) && gets(6, "b", PBX_NONE) && gets(6, NULL, PBX_NONE));
}
