// What the metadata say.
#include <string.h>

#include "settings.h"

// Longer than anybody waits for a second attempt, and no moment in reach of it is past what a clock can
// count.
static const uint64_t LONGEST_INTERVAL = 24ULL * 60 * 60 * 1000000000;

struct settings settings_default(void) {
    return (struct settings){.window = 1, .redeliver_after = 100 * 1000000, .max_messages = 100000};
}

// A number from 1 to `most`, or else what `number` holds.
static bool read_number(pbx_metadata metadata, const char *name, uint64_t most, uint64_t *number,
                        pbx_error *error) {
    pbx_text text = pbx_metadata_find(metadata, name);
    uint64_t read;
    if (!pbx_text_is_some(text))
        return true;
    if (!pbx_text_to_u64(text, &read) || read < 1 || read > most)
        return pbx_fail(error, PBX_INVALID_ARGUMENT,
                        "%s is \"" PBX_FMT "\", and that is not an integer from 1 on, or too large", name,
                        PBX_ARG(text));
    *number = read;
    return true;
}

static size_t count_digits(pbx_text text) {
    size_t size = 0;
    while (size < text.size && text.data[size] >= '0' && text.data[size] <= '9')
        size++;
    return size;
}

static pbx_text after(pbx_text text, size_t size) {
    return (pbx_text){text.data + size, text.size - size};
}

// Takes a part like `1.5s` off a duration, and adds it.
static bool take_part(pbx_text *left, uint64_t *nanoseconds) {
    static const struct {
        const char *name;
        uint64_t nanoseconds;
    } units[] = {{"ns", 1},
                 {"us", 1000},
                 {"ms", 1000000},
                 {"s", 1000000000},
                 {"m", 60ULL * 1000000000},
                 {"h", 3600ULL * 1000000000},
                 {"d", 86400ULL * 1000000000}};
    uint64_t whole, unit = 0;
    size_t size = count_digits(*left);
    if (!pbx_text_to_u64((pbx_text){left->data, size}, &whole))
        return false;
    *left = after(*left, size);
    pbx_text fraction = {"", 0};
    if (left->size && left->data[0] == '.') {
        fraction = (pbx_text){left->data + 1, count_digits(after(*left, 1))};
        if (!fraction.size)
            return false;
        *left = after(*left, 1 + fraction.size);
    }
    size = 0;
    while (size < left->size && left->data[size] >= 'a' && left->data[size] <= 'z')
        size++;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (pbx_text_equal((pbx_text){left->data, size}, pbx_text_of(units[i].name)))
            unit = units[i].nanoseconds;
    // More than the longest in any of its parts is too long as a whole, too.
    if (!unit || whole > LONGEST_INTERVAL / unit)
        return false;
    *left = after(*left, size);
    *nanoseconds += whole * unit;
    for (size_t i = 0; i < fraction.size; i++)
        *nanoseconds += (uint64_t)(fraction.data[i] - '0') * (unit /= 10);
    return *nanoseconds <= LONGEST_INTERVAL;
}

static bool read_interval(pbx_metadata metadata, const char *name, uint64_t *interval, pbx_error *error) {
    pbx_text text = pbx_metadata_find(metadata, name);
    if (!pbx_text_is_some(text))
        return true;
    uint64_t nanoseconds = 0;
    bool is_good = text.size > 0;
    for (pbx_text left = text; is_good && left.size;)
        is_good = take_part(&left, &nanoseconds);
    if (!is_good)
        return pbx_fail(error, PBX_INVALID_ARGUMENT,
                        "%s is \"" PBX_FMT
                        "\", and that is not a duration of at most a day, like 100ms or 1m30s",
                        name, PBX_ARG(text));
    *interval = nanoseconds;
    return true;
}

bool settings_read(struct settings *settings, pbx_metadata properties, pbx_error *error) {
    struct settings read = settings_default();
    uint64_t deliveries = 0, messages = read.max_messages;
    if (!settings_window(properties, &read.window, error) ||
        !read_interval(properties, "redeliverInterval", &read.redeliver_after, error) ||
        !read_number(properties, "maxDeliveries", UINT32_MAX, &deliveries, error) ||
        !read_number(properties, "maxMessages", UINT32_MAX, &messages, error))
        return false;
    read.max_deliveries = (uint32_t)deliveries;
    read.max_messages = (size_t)messages;
    read.group = pbx_text_keep(settings_group(properties));
    pbx_text_drop(&settings->group);
    *settings = read;
    return true;
}

pbx_text settings_group(pbx_metadata metadata) {
    return pbx_metadata_find(metadata, "consumerID");
}

bool settings_window(pbx_metadata metadata, uint32_t *window, pbx_error *error) {
    uint64_t number = *window;
    bool done = read_number(metadata, "maxInFlight", UINT32_MAX, &number, error);
    *window = (uint32_t)number;
    return done;
}

bool settings_life(pbx_metadata metadata, uint64_t *seconds, pbx_error *error) {
    *seconds = 0;
    return read_number(metadata, "ttlInSeconds", UINT64_MAX, seconds, error);
}
