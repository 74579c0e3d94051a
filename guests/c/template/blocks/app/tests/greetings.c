// The application, without WebAssembly.
#include <plugbox/app.h>
#include <test.h>

static bool call(const char *method, const char *name, pbx_replied *replied, pbx_error *error) {
    pbx_call call = {.method = pbx_text_of(method), .data = pbx_text_bytes(pbx_text_of(name))};
    return plugbox_app.invoke(&call, replied, error);
}

TEST(who_is_named_is_greeted) {
    pbx_replied replied = {0};
    pbx_error error = {0};
    CHECK(call("greet", "Ada", &replied, &error));
    pbx_bytes data = replied.reply.data;
    CHECK_TEXT(((pbx_text){(const char *)data.data, data.size}), "Hello, Ada!\n");
    CHECK(!call("greet", "", &replied, &error) && error.code == PBX_INVALID_ARGUMENT);
    pbx_replied_clear(&replied);
    pbx_error_clear(&error);
}

TEST(there_is_no_other_method) {
    pbx_replied replied = {0};
    pbx_error error = {0};
    CHECK(!call("fly", "Ada", &replied, &error) && error.code == PBX_UNIMPLEMENTED);
    pbx_error_clear(&error);
}
