// When items expire.
#include <stdio.h>
#include <time.h>

#include "expiry.h"

uint64_t moment_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t moment = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    return moment < LAST_MOMENT ? moment : LAST_MOMENT;
}

void moment_write(uint64_t moment, char text[MOMENT_SIZE]) {
    time_t seconds = (time_t)(moment / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    size_t size = strftime(text, MOMENT_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text + size, MOMENT_SIZE - size, ".%03uZ", (unsigned)(moment % 1000));
}

static bool refused(pbx_error *error, pbx_text key, pbx_text text, const char *why) {
    return pbx_fail(error, PBX_INVALID_ARGUMENT,
                    "the metadata ttlInSeconds of key \"" PBX_FMT "\" is \"" PBX_FMT "\", and %s",
                    PBX_ARG(key), PBX_ARG(text), why);
}

bool expiry_requested(pbx_metadata metadata, pbx_text key, uint64_t (*now)(void), uint64_t *expires,
                      pbx_error *error) {
    pbx_text text = pbx_metadata_find(metadata, "ttlInSeconds");
    *expires = 0;
    if (!pbx_text_is_some(text))
        return true;
    int64_t seconds;
    if (!pbx_text_to_i64(text, &seconds))
        return refused(error, key, text, "that is not an integer of 64 bits");
    if (seconds == -1 || seconds == 0)
        return true;
    if (seconds < 0)
        return refused(error, key, text, "a life cannot be negative; -1 stands for no expiry");
    uint64_t moment = now();
    if ((uint64_t)seconds > (LAST_MOMENT - moment) / 1000)
        return refused(error, key, text, "that is past the year 9999; -1 stands for no expiry");
    *expires = moment + (uint64_t)seconds * 1000;
    return true;
}
