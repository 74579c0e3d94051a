// The secret store, without WebAssembly.
#include <plugbox/secret_store.h>
#include <test.h>

static const pbx_secret_store *const store = &plugbox_secret_store;

TEST(secrets_are_the_properties_that_say_they_are) {
    pbx_property properties[] = {{PBX_TEXT("secret.password"), PBX_TEXT("oak")},
                                 {PBX_TEXT("public.word"), PBX_TEXT("elm")},
                                 {PBX_TEXT("secret."), PBX_TEXT("nameless")}};
    pbx_metadata none = {0};
    pbx_names features = {0};
    pbx_secret secret = {0};
    pbx_error error = {0};
    CHECK(store->init((pbx_metadata){properties, 3}, &features, &error));
    CHECK(store->get(PBX_TEXT("password"), none, &secret, &error) && secret.count == 1);
    CHECK_TEXT(secret.values[0].name, "password");
    CHECK_TEXT(secret.values[0].value, "oak");
    pbx_secret_clear(&secret);
    static const char *const missing[] = {"public.word", "word", "secret.password", "pass", ""};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        CHECK(!store->get(pbx_text_of(missing[i]), none, &secret, &error) && error.code == PBX_NOT_FOUND);
        pbx_error_clear(&error);
    }
}
