// An output binding: what was created, by the metadata `key`.
//
// plugbox calls one function of a guest at a time, so nothing here needs a lock. All is in memory: it ends
// with the instance.
#include <plugbox/bindings.h>
#include <search.h>
#include <stdlib.h>

struct object {
    pbx_text key;
    pbx_bytes data;
};

// A tree, by key.
static void *objects;

static int by_key(const void *a, const void *b) {
    return pbx_text_compare(((const struct object *)a)->key, ((const struct object *)b)->key);
}

static struct object *find(pbx_text key) {
    struct object *const *place = tfind(&(struct object){.key = key}, &objects, by_key);
    return place ? *place : NULL;
}

static bool init(pbx_metadata properties, pbx_names *operations, pbx_error *error) {
    pbx_names_add(operations, "create");
    pbx_names_add(operations, "get");
    pbx_names_add(operations, "delete");
    return true;
}

static void create(pbx_text key, pbx_bytes data) {
    struct object *object = find(key);
    if (!object) {
        object = pbx_zeroed(sizeof *object);
        object->key = pbx_text_keep(key);
        if (!tsearch(object, &objects, by_key))
            abort();
    }
    pbx_bytes_drop(&object->data);
    object->data = pbx_bytes_keep(data);
}

static bool get(pbx_text key, pbx_responded *responded, pbx_error *error) {
    const struct object *object = find(key);
    if (!object)
        return pbx_fail(error, PBX_NOT_FOUND, "there is no object \"" PBX_FMT "\"", PBX_ARG(key));
    pbx_respond(responded, &(pbx_response){.data = object->data});
    return true;
}

static void del(pbx_text key) {
    struct object *object = find(key);
    if (!object)
        return;
    tdelete(object, &objects, by_key);
    pbx_text_drop(&object->key);
    pbx_bytes_drop(&object->data);
    free(object);
}

static bool invoke(const pbx_invocation *request, pbx_responded *responded, pbx_error *error) {
    pbx_text operation = request->operation, key = pbx_metadata_find(request->metadata, "key");
    if (!pbx_text_is_some(key))
        return pbx_fail(error, PBX_INVALID_ARGUMENT, "the metadata key is missing");
    if (pbx_text_equal(operation, PBX_TEXT("get")))
        return get(key, responded, error);
    if (pbx_text_equal(operation, PBX_TEXT("create")))
        create(key, request->data);
    else if (pbx_text_equal(operation, PBX_TEXT("delete")))
        del(key);
    else
        return pbx_fail(error, PBX_INVALID_ARGUMENT, "there is no operation \"" PBX_FMT "\"",
                        PBX_ARG(operation));
    return true;
}

const pbx_output_binding plugbox_output_binding = {.init = init, .invoke = invoke};
