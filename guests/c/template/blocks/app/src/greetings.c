// An application with one method: `greet` answers a greeting for the name that it is sent.
//
// plugbox calls one function of an instance at a time, so nothing here needs a lock. There may be several
// instances, each with a memory of its own.
#include <plugbox/app.h>

static bool invoke(const pbx_call *call, pbx_replied *replied, pbx_error *error) {
    if (!pbx_text_equal(call->method, PBX_TEXT("greet")))
        return pbx_fail(error, PBX_UNIMPLEMENTED, "there is no method \"" PBX_FMT "\", only greet",
                        PBX_ARG(call->method));
    if (!call->data.size)
        return pbx_fail(error, PBX_INVALID_ARGUMENT, "the body must be a name");
    pbx_buffer greeting = {0};
    pbx_buffer_printf(&greeting, "Hello, %.*s!\n", (int)call->data.size, (const char *)call->data.data);
    pbx_reply_with(replied, &(pbx_reply){.data = pbx_text_bytes(pbx_buffer_text(&greeting)),
                                         .content_type = PBX_TEXT("text/plain")});
    pbx_buffer_clear(&greeting);
    return true;
}

const pbx_app plugbox_app = {.invoke = invoke};
