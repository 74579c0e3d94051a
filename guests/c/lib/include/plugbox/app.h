// Applications behind Dapr. Define `plugbox_app` with your functions, and name `invoke` in the Makefile.
#ifndef PLUGBOX_APP_H
#define PLUGBOX_APP_H

#include "plugbox/base.h"

#ifdef __cplusplus
extern "C" {
#endif

// A call of a method, by another application or by Dapr's own API.
typedef struct pbx_call {
    // The name, or the path without the `/` it began with.
    pbx_text method;
    pbx_bytes data;
    // Both may be absent. The type URL is there where the data is a message of protobuf that was packed with
    // its type.
    pbx_text content_type, type_url;
    // HTTP's method, like `GET`, and what stands behind the `?`. Absent for a call that has nothing of HTTP.
    pbx_text verb, query;
    // Names are in lower case, and may come more than once.
    pbx_metadata headers;
} pbx_call;

typedef struct pbx_reply {
    pbx_bytes data;
    // Both may be absent.
    pbx_text content_type, type_url;
    pbx_metadata headers;
} pbx_reply;

// The answer to a call: an empty one, until it is given another. Begins as `{0}`.
typedef struct pbx_replied {
    pbx_reply reply;
} pbx_replied;

void pbx_reply_with(pbx_replied *replied, const pbx_reply *reply);
void pbx_replied_clear(pbx_replied *replied);

// A function that is left out answers `unimplemented`.
typedef struct pbx_app {
    // What it fails with reaches the caller as a gRPC status: `PBX_UNIMPLEMENTED` for a method that there is
    // not.
    bool (*invoke)(const pbx_call *call, pbx_replied *replied, pbx_error *error);
} pbx_app;

extern const pbx_app plugbox_app;

#ifdef __cplusplus
}
#endif

#endif
