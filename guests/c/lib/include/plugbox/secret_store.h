// A secret store. Define `plugbox_secret_store` with your functions, and name what you export in the
// Makefile.
#ifndef PLUGBOX_SECRET_STORE_H
#define PLUGBOX_SECRET_STORE_H

#include "plugbox/base.h"

#ifdef __cplusplus
extern "C" {
#endif

// The values of one secret by their names. Begins as `{0}`.
typedef struct pbx_secret {
    pbx_property *values;
    size_t count, capacity;
} pbx_secret;

// A secret with a single value has it under the secret's own name.
void pbx_secret_add(pbx_secret *secret, pbx_text name, pbx_text value);
void pbx_secret_clear(pbx_secret *secret);

// Many secrets. Begins as `{0}`.
typedef struct pbx_secrets {
    struct pbx_named_secret {
        pbx_text name;
        pbx_secret secret;
    } * secrets;
    size_t count, capacity;
} pbx_secrets;

// One more secret, to be given its values; good until the next is added.
pbx_secret *pbx_secrets_add(pbx_secrets *secrets, pbx_text name);
void pbx_secrets_clear(pbx_secrets *secrets);

// A function that is left out answers `unimplemented`. The contract (wit/deps/dapr/secret-store.wit) says
// what each has to do.
typedef struct pbx_secret_store {
    // Features: "MULTIPLE_KEY_VALUES_PER_SECRET".
    bool (*init)(pbx_metadata properties, pbx_names *features, pbx_error *error);
    // A name that is not there is a `PBX_NOT_FOUND`.
    bool (*get)(pbx_text name, pbx_metadata metadata, pbx_secret *secret, pbx_error *error);
    // bulk-secret-store.
    bool (*bulk_get)(pbx_metadata metadata, pbx_secrets *secrets, pbx_error *error);
} pbx_secret_store;

extern const pbx_secret_store plugbox_secret_store;

#ifdef __cplusplus
}
#endif

#endif
