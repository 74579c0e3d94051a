// The answers of bindings.
#include <stdlib.h>

#include "internal.h"
#include "plugbox/bindings.h"

void pbx_events_add(pbx_events *events, const pbx_event *event) {
    PBX_GROW(events->events, events->count, events->capacity);
    events->events[events->count++] = (pbx_event){
        .id = event->id,
        .event_id = pbx_text_clean(event->event_id),
        .data = pbx_bytes_keep(event->data),
        .content_type = event->content_type.size ? pbx_text_clean(event->content_type) : PBX_NONE,
        .metadata = pbx_metadata_clean(event->metadata),
    };
}

void pbx_events_clear(pbx_events *events) {
    for (size_t i = 0; i < events->count; i++) {
        pbx_event *event = &events->events[i];
        pbx_text_drop(&event->event_id);
        pbx_bytes_drop(&event->data);
        pbx_text_drop(&event->content_type);
        pbx_metadata_drop(&event->metadata);
    }
    free(events->events);
    pbx_waits_clear(&events->waits);
    *events = (pbx_events){0};
}

void pbx_respond(pbx_responded *responded, const pbx_response *response) {
    pbx_responded_clear(responded);
    responded->response = (pbx_response){
        .data = pbx_bytes_keep(response->data),
        .content_type = response->content_type.size ? pbx_text_clean(response->content_type) : PBX_NONE,
        .metadata = pbx_metadata_clean(response->metadata),
    };
}

void pbx_responded_clear(pbx_responded *responded) {
    pbx_bytes_drop(&responded->response.data);
    pbx_text_drop(&responded->response.content_type);
    pbx_metadata_drop(&responded->response.metadata);
}
