// The exports of Layotto's `hello`.
#include "plugbox/hello.h"
#include "../internal.h"
#include "convert.h"

static const pbx_hello *const hello = &plugbox_hello;

// The generated free leaves out what is optional where other interfaces have it too (wit-bindgen 0.61). What
// is absent it does not free a second time.
static void free_option(guest_option_string_t *option) {
    guest_option_string_free(option);
    option->is_some = false;
}

static void free_options(exports_layotto_components_hello_config_t *config) {
    free_option(&config->secret_store);
    free_option(&config->config_store);
    for (size_t i = 0; i < config->secrets.len; i++) {
        free_option(&config->secrets.ptr[i].sub_key);
        free_option(&config->secrets.ptr[i].inject_as);
    }
}

bool exports_layotto_components_hello_init(exports_layotto_components_hello_config_t *config,
                                           exports_layotto_components_hello_error_t *err) {
    scratch scratch = {0};
    size_t count = config->secrets.len;
    pbx_secret_reference *secrets = scratch_alloc(&scratch, count * sizeof *secrets);
    for (size_t i = 0; i < count; i++)
        secrets[i] = (pbx_secret_reference){
            .store_name = text_in(config->secrets.ptr[i].store_name),
            .key = text_in(config->secrets.ptr[i].key),
            .sub_key = OPTION_IN(config->secrets.ptr[i].sub_key),
            .inject_as = OPTION_IN(config->secrets.ptr[i].inject_as),
        };
    pbx_hello_config view = {
        .kind = text_in(config->kind),
        .hello = text_in(config->hello),
        .properties = metadata_in(&config->properties, &scratch),
        .secrets = secrets,
        .secret_count = count,
        .secret_store = OPTION_IN(config->secret_store),
        .config_store = OPTION_IN(config->config_store),
    };
    pbx_error error = {0};
    bool done = hello->init ? hello->init(&view, &error) : left_out(&error, "init");
    scratch_free(&scratch);
    free_options(config);
    exports_layotto_components_hello_config_free(config);
    return !error_out(done, &error, err);
}

bool exports_layotto_components_hello_say_hello(guest_string_t *name, guest_string_t *ret,
                                                exports_layotto_components_hello_error_t *err) {
    pbx_buffer greeting = {0};
    pbx_error error = {0};
    bool done = hello->say_hello ? hello->say_hello(text_in(*name), &greeting, &error)
                                 : left_out(&error, "say_hello");
    guest_string_free(name);
    if (!error_out(done, &error, err)) {
        pbx_text text = pbx_text_clean(pbx_buffer_text(&greeting));
        *ret = text_out(&text);
    }
    pbx_buffer_clear(&greeting);
    return done;
}
