// The output binding, without WebAssembly.
#include <plugbox/bindings.h>
#include <test.h>

static bool invoke(const char *operation, const char *data, pbx_responded *responded, pbx_error *error) {
    pbx_property key = {PBX_TEXT("key"), PBX_TEXT("a")};
    pbx_invocation request = {.operation = pbx_text_of(operation),
                              .data = pbx_text_bytes(pbx_text_of(data)),
                              .metadata = {&key, 1}};
    return plugbox_output_binding.invoke(&request, responded, error);
}

TEST(an_object_is_there_until_it_is_deleted) {
    pbx_responded responded = {0}, none = {0};
    pbx_error error = {0};
    CHECK(invoke("create", "1", &none, &error) && invoke("create", "2", &none, &error));
    CHECK(invoke("get", NULL, &responded, &error));
    CHECK(responded.response.data.size == 1 && responded.response.data.data[0] == '2');
    CHECK(invoke("delete", NULL, &none, &error) && invoke("delete", NULL, &none, &error));
    CHECK(!invoke("get", NULL, &none, &error) && error.code == PBX_NOT_FOUND);
    pbx_responded_clear(&responded);
    pbx_error_clear(&error);
}

TEST(an_operation_is_known_and_has_a_key) {
    pbx_responded none = {0};
    pbx_error unknown = {0}, keyless = {0};
    CHECK(!invoke("mend", NULL, &none, &unknown) && unknown.code == PBX_INVALID_ARGUMENT);
    pbx_invocation request = {.operation = PBX_TEXT("create")};
    CHECK(!plugbox_output_binding.invoke(&request, &none, &keyless) && keyless.code == PBX_INVALID_ARGUMENT);
    pbx_error_clear(&unknown);
    pbx_error_clear(&keyless);
}
