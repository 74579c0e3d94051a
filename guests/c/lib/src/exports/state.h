// Between the generated types and the library's own, for the state-store family.
#ifndef PLUGBOX_CONVERT_STATE_H
#define PLUGBOX_CONVERT_STATE_H

#include "convert.h"
#include "plugbox/state_store.h"

pbx_get_request get_request_in(const dapr_components_state_types_get_request_t *request, scratch *scratch);
pbx_set_request set_request_in(const dapr_components_state_types_set_request_t *request, scratch *scratch);
pbx_delete_request delete_request_in(const dapr_components_state_types_delete_request_t *request,
                                     scratch *scratch);
dapr_components_state_types_item_t item_out(pbx_item *item);
// True where there is a failure.
bool state_error_out(bool done, pbx_error *error, dapr_components_state_types_state_error_t *out);

#endif
