// The answers of applications.
#include "plugbox/app.h"
#include "internal.h"

static pbx_text clean(pbx_text text) {
    return text.size ? pbx_text_clean(text) : PBX_NONE;
}

void pbx_reply_with(pbx_replied *replied, const pbx_reply *reply) {
    pbx_replied_clear(replied);
    replied->reply = (pbx_reply){
        .data = pbx_bytes_keep(reply->data),
        .content_type = clean(reply->content_type),
        .type_url = clean(reply->type_url),
        .headers = pbx_metadata_clean(reply->headers),
    };
}

void pbx_replied_clear(pbx_replied *replied) {
    pbx_bytes_drop(&replied->reply.data);
    pbx_text_drop(&replied->reply.content_type);
    pbx_text_drop(&replied->reply.type_url);
    pbx_metadata_drop(&replied->reply.headers);
}
