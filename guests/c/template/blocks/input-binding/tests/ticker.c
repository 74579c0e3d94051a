// The input binding, without WebAssembly.
#include <plugbox/bindings.h>
#include <test.h>
#include <time.h>

static const pbx_input_binding *const binding = &plugbox_input_binding;

static bool init(const char *interval, pbx_error *error) {
    pbx_property property = {PBX_TEXT("interval"), pbx_text_of(interval)};
    return binding->init((pbx_metadata){&property, 1}, error);
}

static pbx_events pull(void) {
    pbx_error error = {0};
    pbx_events events = {0};
    CHECK(binding->pull(&(pbx_event_demand){.id = 1, .events = 1}, 1, &events, &error));
    return events;
}

TEST(an_event_comes_at_each_interval) {
    pbx_error error = {0};
    uint32_t window = 1;
    CHECK(init("250ms", &error) && binding->open(1, &window, &error));
    for (int i = 0; i < 2; i++) {
        // As the host does, it is asked, waits for as long as it says, and asks again.
        pbx_events none = pull();
        CHECK(none.count == 0 && none.waits.has_timer && none.waits.timer <= 250000000);
        nanosleep(&(struct timespec){.tv_nsec = (long)none.waits.timer}, NULL);
        pbx_events events = pull();
        CHECK(events.count == 1 && events.events[0].id == 1 && events.events[0].event_id.size > 0);
        pbx_events_clear(&events);
    }
    binding->close(1);
    pbx_events closed = pull();
    CHECK(closed.count == 0 && !closed.waits.has_timer);
}

TEST(an_interval_is_a_duration) {
    static const char *const right[] = {"1ms", "5s", "2m", "24h"};
    static const char *const wrong[] = {"", "soon", "10", "0s", "-1s", "1s ", "25h", "99999999999999999h"};
    pbx_error error = {0};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        CHECK(init(right[i], &error));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK(!init(wrong[i], &error) && error.code == PBX_INVALID_ARGUMENT);
        pbx_error_clear(&error);
    }
}
