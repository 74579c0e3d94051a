// Metadata: looked up, and kept.
#include <stdlib.h>

#include "internal.h"

pbx_text pbx_metadata_find(pbx_metadata metadata, const char *name) {
    pbx_text wanted = pbx_text_of(name);
    for (size_t i = 0; i < metadata.count; i++)
        if (pbx_text_equal(metadata.entries[i].name, wanted))
            return metadata.entries[i].value;
    return PBX_NONE;
}

static pbx_metadata copied(pbx_metadata metadata, pbx_text (*copy)(pbx_text)) {
    if (!metadata.count)
        return (pbx_metadata){NULL, 0};
    pbx_property *entries = pbx_alloc(metadata.count * sizeof *entries);
    for (size_t i = 0; i < metadata.count; i++) {
        entries[i].name = copy(metadata.entries[i].name);
        entries[i].value = copy(metadata.entries[i].value);
    }
    return (pbx_metadata){entries, metadata.count};
}

pbx_metadata pbx_metadata_keep(pbx_metadata metadata) {
    return copied(metadata, pbx_text_keep);
}

pbx_metadata pbx_metadata_clean(pbx_metadata metadata) {
    return copied(metadata, pbx_text_clean);
}

void pbx_metadata_drop(pbx_metadata *kept) {
    pbx_property *entries = (pbx_property *)kept->entries;
    for (size_t i = 0; i < kept->count; i++) {
        pbx_text_drop(&entries[i].name);
        pbx_text_drop(&entries[i].value);
    }
    free(entries);
    *kept = (pbx_metadata){NULL, 0};
}
