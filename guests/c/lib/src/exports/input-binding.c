// The exports of `input-binding`.
#include "convert.h"
#include "plugbox/bindings.h"
#include "waits.h"

static const pbx_input_binding *const binding = &plugbox_input_binding;

bool exports_dapr_components_input_binding_init(exports_dapr_components_input_binding_metadata_t *properties,
                                                exports_dapr_components_input_binding_error_t *err) {
    scratch scratch = {0};
    pbx_error error = {0};
    bool done =
        binding->init ? binding->init(metadata_in(properties, &scratch), &error) : left_out(&error, "init");
    scratch_free(&scratch);
    exports_dapr_components_input_binding_metadata_free(properties);
    return !error_out(done, &error, err);
}

bool exports_dapr_components_input_binding_open(exports_dapr_components_input_binding_reader_id_t id,
                                                uint32_t *ret,
                                                exports_dapr_components_input_binding_error_t *err) {
    pbx_error error = {0};
    *ret = 1;
    bool done = binding->open ? binding->open(id, ret, &error) : left_out(&error, "open");
    return !error_out(done, &error, err);
}

void exports_dapr_components_input_binding_close(exports_dapr_components_input_binding_reader_id_t id) {
    if (binding->close)
        binding->close(id);
}

bool exports_dapr_components_input_binding_pull(exports_dapr_components_input_binding_list_demand_t *wanted,
                                                exports_dapr_components_input_binding_pulled_t *ret,
                                                exports_dapr_components_input_binding_error_t *err) {
    scratch scratch = {0};
    size_t count = wanted->len;
    pbx_event_demand *views = scratch_alloc(&scratch, count * sizeof *views);
    for (size_t i = 0; i < count; i++)
        views[i] = (pbx_event_demand){wanted->ptr[i].id, wanted->ptr[i].events};
    pbx_events events = {0};
    pbx_error error = {0};
    bool done = binding->pull ? binding->pull(views, count, &events, &error) : left_out(&error, "pull");
    scratch_free(&scratch);
    exports_dapr_components_input_binding_list_demand_free(wanted);
    if (error_out(done, &error, err)) {
        pbx_events_clear(&events);
        return false;
    }
    ret->events.len = events.count;
    ret->events.ptr = events.count ? pbx_alloc(events.count * sizeof *ret->events.ptr) : NULL;
    for (size_t i = 0; i < events.count; i++) {
        pbx_event *event = &events.events[i];
        exports_dapr_components_input_binding_event_t *out = &ret->events.ptr[i];
        out->id = event->id;
        out->event_id = text_out(&event->event_id);
        SET_BYTES(out->data, event->data);
        SET_OPTION(out->content_type, event->content_type);
        out->metadata = metadata_out(&event->metadata);
    }
    ret->waits.ptr = waits_out(&events.waits, &ret->waits.len, &ret->again_in);
    // What was moved is gone from there.
    pbx_events_clear(&events);
    return true;
}

void exports_dapr_components_input_binding_answer(
    exports_dapr_components_input_binding_reader_id_t id, guest_string_t *event_id,
    exports_dapr_components_input_binding_result_list_u8_string_t *outcome) {
    if (binding->answer && outcome->is_err)
        binding->answer(id, text_in(*event_id), (pbx_bytes){NULL, 0}, text_in(outcome->val.err));
    else if (binding->answer)
        binding->answer(id, text_in(*event_id), BYTES_IN(outcome->val.ok), PBX_NONE);
    guest_string_free(event_id);
    exports_dapr_components_input_binding_result_list_u8_string_free(outcome);
}
