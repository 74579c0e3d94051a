// An input binding: an event at each `interval`, a property.
//
// plugbox calls one function of a guest at a time, so nothing here needs a lock.
#include <inttypes.h>
#include <plugbox/bindings.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// All times are in nanoseconds.
static const uint64_t SECOND = 1000000000;

static uint64_t interval;

static struct reader {
    uint64_t id, next_event;
    struct reader *next;
} * readers;

static struct reader **find(uint64_t id) {
    struct reader **place = &readers;
    while (*place && (*place)->id != id)
        place = &(*place)->next;
    return place;
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

// A whole number and a unit, of a day at most.
static bool read_duration(pbx_text text, uint64_t *duration) {
    static const struct {
        const char *name;
        uint64_t size;
    } units[] = {{"ms", 1000000}, {"s", SECOND}, {"m", 60 * SECOND}, {"h", 3600 * SECOND}};
    size_t digits = 0;
    while (digits < text.size && text.data[digits] >= '0' && text.data[digits] <= '9')
        digits++;
    uint64_t number;
    if (!pbx_text_to_u64((pbx_text){text.data, digits}, &number) || number == 0)
        return false;
    pbx_text unit = {text.data + digits, text.size - digits};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (pbx_text_equal(unit, pbx_text_of(units[i].name))) {
            *duration = number * units[i].size;
            return number <= 24 * 3600 * SECOND / units[i].size;
        }
    return false;
}

static bool init(pbx_metadata properties, pbx_error *error) {
    pbx_text text = pbx_metadata_find(properties, "interval");
    uint64_t given = SECOND;
    if (pbx_text_is_some(text) && !read_duration(text, &given))
        return pbx_fail(error, PBX_INVALID_ARGUMENT,
                        "interval is \"" PBX_FMT "\", and that is not a duration like 500ms or 2m",
                        PBX_ARG(text));
    interval = given;
    return true;
}

// Allows for one event at a time: what is due before the last one is answered is left out.
static bool open_reader(uint64_t id, uint32_t *window, pbx_error *error) {
    struct reader *reader = pbx_alloc(sizeof *reader);
    *reader = (struct reader){.id = id, .next_event = now() + interval, .next = readers};
    readers = reader;
    return true;
}

static void close_reader(uint64_t id) {
    struct reader **place = find(id), *reader = *place;
    if (reader) {
        *place = reader->next;
        free(reader);
    }
}

static bool pull(const pbx_event_demand *wanted, size_t count, pbx_events *events, pbx_error *error) {
    static uint64_t last;
    uint64_t moment = now();
    for (size_t i = 0; i < count; i++) {
        struct reader *reader = *find(wanted[i].id);
        if (!reader)
            continue;
        if (reader->next_event > moment) {
            pbx_wait_for(&events->waits, reader->next_event - moment);
            continue;
        }
        reader->next_event = moment + interval;
        char id[21], data[64];
        snprintf(id, sizeof id, "%" PRIu64, ++last);
        snprintf(data, sizeof data, "{\"event\": %" PRIu64 ", \"time\": %lld}", last, (long long)time(NULL));
        pbx_events_add(events, &(pbx_event){.id = reader->id,
                                            .event_id = pbx_text_of(id),
                                            .data = pbx_text_bytes(pbx_text_of(data)),
                                            .content_type = PBX_TEXT("application/json")});
    }
    return true;
}

static void answer(uint64_t id, pbx_text event_id, pbx_bytes data, pbx_text failure) {
    if (pbx_text_is_some(failure))
        fprintf(stderr, "the application failed at the event " PBX_FMT ": " PBX_FMT "\n", PBX_ARG(event_id),
                PBX_ARG(failure));
}

const pbx_input_binding plugbox_input_binding = {
    .init = init, .open = open_reader, .close = close_reader, .pull = pull, .answer = answer};
