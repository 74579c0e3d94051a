// The answers of a secret store.
#include <stdlib.h>

#include "internal.h"
#include "plugbox/secret_store.h"

void pbx_secret_add(pbx_secret *secret, pbx_text name, pbx_text value) {
    PBX_GROW(secret->values, secret->count, secret->capacity);
    secret->values[secret->count++] = (pbx_property){pbx_text_clean(name), pbx_text_clean(value)};
}

void pbx_secret_clear(pbx_secret *secret) {
    for (size_t i = 0; i < secret->count; i++) {
        pbx_text_drop(&secret->values[i].name);
        pbx_text_drop(&secret->values[i].value);
    }
    free(secret->values);
    *secret = (pbx_secret){0};
}

pbx_secret *pbx_secrets_add(pbx_secrets *secrets, pbx_text name) {
    PBX_GROW(secrets->secrets, secrets->count, secrets->capacity);
    struct pbx_named_secret *named = &secrets->secrets[secrets->count++];
    *named = (struct pbx_named_secret){.name = pbx_text_clean(name)};
    return &named->secret;
}

void pbx_secrets_clear(pbx_secrets *secrets) {
    for (size_t i = 0; i < secrets->count; i++) {
        pbx_text_drop(&secrets->secrets[i].name);
        pbx_secret_clear(&secrets->secrets[i].secret);
    }
    free(secrets->secrets);
    *secrets = (pbx_secrets){0};
}
