// What the Component resource says of the broker, and what the metadata of a message or a subscription says.
#ifndef SETTINGS_H
#define SETTINGS_H

#include <plugbox/base.h>

struct settings {
    // The group and the window of a subscription that does not name its own.
    pbx_text group;
    uint32_t window;
    // In nanoseconds.
    uint64_t redeliver_after;
    // 0 for no end.
    uint32_t max_deliveries;
    size_t max_messages;
};

struct settings settings_default(void);
// Fills in what the properties say, or leaves all as it is. The group is a copy, and the one before is
// dropped.
bool settings_read(struct settings *settings, pbx_metadata properties, pbx_error *error);

// The group that a Component resource or a subscription names; it may be absent.
pbx_text settings_group(pbx_metadata metadata);
// The window that a Component resource or a subscription names, or else what `window` holds.
bool settings_window(pbx_metadata metadata, uint32_t *window, pbx_error *error);
// The life in seconds that a message asks for; 0 for one without end.
bool settings_life(pbx_metadata metadata, uint64_t *seconds, pbx_error *error);

#endif
