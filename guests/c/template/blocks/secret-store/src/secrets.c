// A secret store: the properties whose names begin with `secret.`, by what follows in the name.
//
// plugbox calls one function of a guest at a time, so nothing here needs a lock.
#include <plugbox/secret_store.h>
#include <string.h>

static const char PREFIX[] = "secret.";

static pbx_metadata properties;

// May come again, and takes the place of what was there.
static bool init(pbx_metadata given, pbx_names *features, pbx_error *error) {
    pbx_metadata_drop(&properties);
    properties = pbx_metadata_keep(given);
    return true;
}

static bool get(pbx_text name, pbx_metadata metadata, pbx_secret *secret, pbx_error *error) {
    size_t before = sizeof PREFIX - 1;
    for (size_t i = 0; i < properties.count; i++) {
        pbx_text property = properties.entries[i].name;
        if (property.size <= before || memcmp(property.data, PREFIX, before) != 0)
            continue;
        if (pbx_text_equal((pbx_text){property.data + before, property.size - before}, name)) {
            pbx_secret_add(secret, name, properties.entries[i].value);
            return true;
        }
    }
    return pbx_fail(error, PBX_NOT_FOUND, "there is no secret \"" PBX_FMT "\"", PBX_ARG(name));
}

const pbx_secret_store plugbox_secret_store = {.init = init, .get = get};
