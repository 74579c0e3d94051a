// The exports of `pub-sub`.
#include <stdlib.h>

#include "convert.h"
#include "plugbox/pub_sub.h"
#include "waits.h"

static const pbx_pub_sub *const broker = &plugbox_pub_sub;

bool exports_dapr_components_pub_sub_init(exports_dapr_components_pub_sub_metadata_t *properties,
                                          guest_list_string_t *ret,
                                          exports_dapr_components_pub_sub_error_t *err) {
    scratch scratch = {0};
    pbx_names features = {0};
    pbx_error error = {0};
    bool done = broker->init ? broker->init(metadata_in(properties, &scratch), &features, &error)
                             : left_out(&error, "init");
    scratch_free(&scratch);
    exports_dapr_components_pub_sub_metadata_free(properties);
    if (error_out(done, &error, err)) {
        pbx_names_clear(&features);
        return false;
    }
    SET_NAMES(ret, features);
    return true;
}

bool exports_dapr_components_pub_sub_publish(exports_dapr_components_pub_sub_outgoing_t *message,
                                             exports_dapr_components_pub_sub_error_t *err) {
    scratch scratch = {0};
    pbx_outgoing view = {
        .topic = text_in(message->topic),
        .data = BYTES_IN(message->data),
        .content_type = OPTION_IN(message->content_type),
        .metadata = metadata_in(&message->metadata, &scratch),
    };
    pbx_error error = {0};
    bool done = broker->publish ? broker->publish(&view, &error) : left_out(&error, "publish");
    scratch_free(&scratch);
    exports_dapr_components_pub_sub_outgoing_free(message);
    return !error_out(done, &error, err);
}

bool exports_dapr_components_pub_sub_subscribe(exports_dapr_components_pub_sub_subscription_id_t id,
                                               guest_string_t *topic,
                                               exports_dapr_components_pub_sub_metadata_t *metadata,
                                               uint32_t *ret, exports_dapr_components_pub_sub_error_t *err) {
    scratch scratch = {0};
    pbx_error error = {0};
    *ret = 1;
    bool done = broker->subscribe
                    ? broker->subscribe(id, text_in(*topic), metadata_in(metadata, &scratch), ret, &error)
                    : left_out(&error, "subscribe");
    scratch_free(&scratch);
    guest_string_free(topic);
    exports_dapr_components_pub_sub_metadata_free(metadata);
    return !error_out(done, &error, err);
}

void exports_dapr_components_pub_sub_unsubscribe(exports_dapr_components_pub_sub_subscription_id_t id) {
    if (broker->unsubscribe)
        broker->unsubscribe(id);
}

bool exports_dapr_components_pub_sub_pull(exports_dapr_components_pub_sub_list_demand_t *wanted,
                                          exports_dapr_components_pub_sub_pulled_t *ret,
                                          exports_dapr_components_pub_sub_error_t *err) {
    scratch scratch = {0};
    size_t count = wanted->len;
    pbx_demand *views = scratch_alloc(&scratch, count * sizeof *views);
    for (size_t i = 0; i < count; i++)
        views[i] = (pbx_demand){wanted->ptr[i].id, wanted->ptr[i].messages};
    pbx_pulled pulled = {0};
    pbx_error error = {0};
    bool done = broker->pull ? broker->pull(views, count, &pulled, &error) : left_out(&error, "pull");
    scratch_free(&scratch);
    exports_dapr_components_pub_sub_list_demand_free(wanted);
    if (error_out(done, &error, err)) {
        pbx_pulled_clear(&pulled);
        return false;
    }
    ret->deliveries.len = pulled.count;
    ret->deliveries.ptr = pulled.count ? pbx_alloc(pulled.count * sizeof *ret->deliveries.ptr) : NULL;
    for (size_t i = 0; i < pulled.count; i++) {
        pbx_delivery *delivery = &pulled.deliveries[i];
        exports_dapr_components_pub_sub_delivery_t *out = &ret->deliveries.ptr[i];
        out->id = delivery->id;
        out->message_id = text_out(&delivery->message_id);
        out->topic = text_out(&delivery->topic);
        SET_BYTES(out->data, delivery->data);
        SET_OPTION(out->content_type, delivery->content_type);
        out->metadata = metadata_out(&delivery->metadata);
    }
    ret->waits.ptr = waits_out(&pulled.waits, &ret->waits.len, &ret->again_in);
    // What was moved is gone from there.
    pbx_pulled_clear(&pulled);
    return true;
}

void exports_dapr_components_pub_sub_ack(exports_dapr_components_pub_sub_subscription_id_t id,
                                         guest_string_t *message_id,
                                         exports_dapr_components_pub_sub_outcome_t *outcome) {
    bool failed = outcome->tag == EXPORTS_DAPR_COMPONENTS_PUB_SUB_OUTCOME_FAILED;
    if (broker->ack)
        broker->ack(id, text_in(*message_id), failed ? text_in(outcome->val.failed) : PBX_NONE);
    guest_string_free(message_id);
    exports_dapr_components_pub_sub_outcome_free(outcome);
}
