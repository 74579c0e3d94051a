// Bindings. Define `plugbox_input_binding` or `plugbox_output_binding` with your functions, and name them in
// the Makefile.
#ifndef PLUGBOX_BINDINGS_H
#define PLUGBOX_BINDINGS_H

#include "plugbox/base.h"
#include "plugbox/pub_sub.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- Events from outside

// How many events a reader can take now, at least 1.
typedef struct pbx_event_demand {
    uint64_t id;
    uint32_t events;
} pbx_event_demand;

typedef struct pbx_event {
    uint64_t id;
    // Names the event among those of this reader that are not answered. Never empty.
    pbx_text event_id;
    pbx_bytes data;
    // May be absent.
    pbx_text content_type;
    pbx_metadata metadata;
} pbx_event;

// The answer to a pull. Begins as `{0}`.
typedef struct pbx_events {
    pbx_event *events;
    size_t count, capacity;
    pbx_waits waits;
} pbx_events;

void pbx_events_add(pbx_events *events, const pbx_event *event);
void pbx_events_clear(pbx_events *events);

// A function that is left out answers `unimplemented`, or does nothing where it cannot fail. The contract
// (wit/deps/dapr/bindings.wit) says what each has to do.
typedef struct pbx_input_binding {
    bool (*init)(pbx_metadata properties, pbx_error *error);
    // `window` is how many events may be out and not answered at once: 1, unless you say more.
    bool (*open)(uint64_t id, uint32_t *window, pbx_error *error);
    void (*close)(uint64_t id);
    // Never blocks: it answers what there is, and what to wait for.
    bool (*pull)(const pbx_event_demand *wanted, size_t count, pbx_events *events, pbx_error *error);
    // `failure` says why the application failed; where it did not, it is absent, and `data` is what it
    // returned.
    void (*answer)(uint64_t id, pbx_text event_id, pbx_bytes data, pbx_text failure);
} pbx_input_binding;

extern const pbx_input_binding plugbox_input_binding;

// ---- Operations on something outside

typedef struct pbx_invocation {
    // One of those that `init` answered.
    pbx_text operation;
    pbx_bytes data;
    pbx_metadata metadata;
} pbx_invocation;

typedef struct pbx_response {
    pbx_bytes data;
    // May be absent.
    pbx_text content_type;
    pbx_metadata metadata;
} pbx_response;

// The answer to an invocation: an empty one, until it is given another. Begins as `{0}`.
typedef struct pbx_responded {
    pbx_response response;
} pbx_responded;

void pbx_respond(pbx_responded *responded, const pbx_response *response);
void pbx_responded_clear(pbx_responded *responded);

typedef struct pbx_output_binding {
    bool (*init)(pbx_metadata properties, pbx_names *operations, pbx_error *error);
    bool (*invoke)(const pbx_invocation *request, pbx_responded *responded, pbx_error *error);
} pbx_output_binding;

extern const pbx_output_binding plugbox_output_binding;

#ifdef __cplusplus
}
#endif

#endif
