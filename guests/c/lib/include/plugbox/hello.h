// Layotto's greeting. Define `plugbox_hello` with your functions, and name `hello` in the Makefile.
#ifndef PLUGBOX_HELLO_H
#define PLUGBOX_HELLO_H

#include "plugbox/base.h"

#ifdef __cplusplus
extern "C" {
#endif

// A secret that Layotto is to put into the configuration.
typedef struct pbx_secret_reference {
    pbx_text store_name, key;
    // May be absent.
    pbx_text sub_key, inject_as;
} pbx_secret_reference;

// What the component is configured with.
typedef struct pbx_hello_config {
    pbx_text kind, hello;
    pbx_metadata properties;
    const pbx_secret_reference *secrets;
    size_t secret_count;
    // May be absent.
    pbx_text secret_store, config_store;
} pbx_hello_config;

// A function that is left out answers `unimplemented`.
typedef struct pbx_hello {
    bool (*init)(const pbx_hello_config *config, pbx_error *error);
    bool (*say_hello)(pbx_text name, pbx_buffer *greeting, pbx_error *error);
} pbx_hello;

extern const pbx_hello plugbox_hello;

#ifdef __cplusplus
}
#endif

#endif
