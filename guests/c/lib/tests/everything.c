// A guest with every export, each of which shows what it was given.
#include <stdio.h>

#include <plugbox.h>

static bool is(pbx_text text, const char *expected) {
    return pbx_text_equal(text, pbx_text_of(expected));
}

static pbx_metadata two(void) {
    static const pbx_property entries[] = {{{"a", 1}, {"1", 1}}, {{"empty", 5}, {"", 0}}};
    return (pbx_metadata){entries, 2};
}

// Properties that say how to fail make each init fail.
static bool init(pbx_metadata properties, pbx_names *names, pbx_error *error) {
    pbx_names_add(names, "ONE");
    pbx_names_add(names, "TWO");
    if (is(pbx_metadata_find(properties, "fail"), "silently"))
        return false;
    pbx_text why = pbx_metadata_find(properties, "fail");
    return !pbx_text_is_some(why) || pbx_fail(error, PBX_INVALID_ARGUMENT, "because: " PBX_FMT, PBX_ARG(why));
}

static bool fail(pbx_text key, pbx_error *error) {
    if (is(key, "mismatch"))
        return pbx_fail_etag_mismatch(error, "another");
    if (is(key, "invalid"))
        return pbx_fail_etag_invalid(error, "none of mine");
    if (is(key, "rows"))
        return pbx_fail_row_mismatch(error, 3, 2);
    if (is(key, "app"))
        return pbx_fail_for_app(error, &(pbx_app_error){.code = PBX_RESOURCE_EXHAUSTED,
                                                        .http_status = 429,
                                                        .tag = "ERR_QUOTA",
                                                        .reason = "QUOTA",
                                                        .domain = "example.com",
                                                        .message = "enough"});
    return is(key, "other") ? pbx_fail(error, PBX_UNAVAILABLE, "not now") : true;
}

static bool get(const pbx_get_request *request, pbx_found *found, pbx_error *error) {
    if (!is(request->key, "missing"))
        pbx_found_set(found, &(pbx_item){.value = pbx_text_bytes(request->key),
                                         .etag = PBX_TEXT("1"),
                                         .content_type = PBX_TEXT(""),
                                         .metadata = two()});
    return fail(request->key, error);
}

static bool set(const pbx_set_request *request, pbx_error *error) {
    return fail(request->key, error);
}

static bool del(const pbx_delete_request *request, pbx_error *error) {
    return fail(request->key, error);
}

static bool transact(const pbx_operation *operations, size_t count, pbx_metadata metadata, pbx_error *error) {
    pbx_text last =
        operations[count - 1].kind == PBX_SET ? operations[count - 1].set.key : operations[count - 1].del.key;
    return metadata.count ? fail(last, error) : true;
}

static uint32_t max_operations(void) {
    return 7;
}

static bool query(const pbx_query *query, pbx_page *page, pbx_error *error) {
    pbx_page_add(page, PBX_TEXT("key"),
                 &(pbx_item){.value = pbx_text_bytes(query->token), .etag = PBX_TEXT("2")});
    pbx_page_more(page, query->filter[1].values[0].text);
    return fail(query->filter[1].path, error);
}

const pbx_state_store plugbox_state_store = {.init = init,
                                             .get = get,
                                             .set = set,
                                             .del = del,
                                             .transact = transact,
                                             .max_operations = max_operations,
                                             .query = query};

static bool publish(const pbx_outgoing *message, pbx_error *error) {
    return fail(message->topic, error);
}

static bool subscribe(uint64_t id, pbx_text topic, pbx_metadata metadata, uint32_t *window,
                      pbx_error *error) {
    if (is(topic, "wide"))
        *window = 10;
    return fail(topic, error);
}

static bool pull(const pbx_demand *wanted, size_t count, pbx_pulled *pulled, pbx_error *error) {
    for (size_t i = 0; i < count; i++)
        pbx_deliver(pulled, &(pbx_delivery){.id = wanted[i].id,
                                            .message_id = PBX_TEXT("1"),
                                            .topic = PBX_TEXT("t"),
                                            .data = pbx_text_bytes(PBX_TEXT("data")),
                                            .content_type = PBX_TEXT("text/plain"),
                                            .metadata = two()});
    pbx_wait_for(&pulled->waits, 20);
    pbx_wait_for(&pulled->waits, 10);
    pbx_wait_for(&pulled->waits, 30);
    pbx_wait_on(&pulled->waits, 5);
    return count ? true : fail(PBX_TEXT("other"), error);
}

const pbx_pub_sub plugbox_pub_sub = {.init = init, .publish = publish, .subscribe = subscribe, .pull = pull};

static bool init_input(pbx_metadata properties, pbx_error *error) {
    pbx_names names = {0};
    bool done = init(properties, &names, error);
    pbx_names_clear(&names);
    return done;
}

static bool pull_events(const pbx_event_demand *wanted, size_t count, pbx_events *events, pbx_error *error) {
    for (size_t i = 0; i < count; i++)
        pbx_events_add(events,
                       &(pbx_event){.id = wanted[i].id, .event_id = PBX_TEXT("1"), .metadata = two()});
    pbx_wait_for(&events->waits, 10);
    return count ? true : fail(PBX_TEXT("other"), error);
}

char answered[64];

static void answer(uint64_t id, pbx_text event_id, pbx_bytes data, pbx_text failure) {
    snprintf(answered, sizeof answered, "%d " PBX_FMT " " PBX_FMT " " PBX_FMT, (int)id, PBX_ARG(event_id),
             (int)data.size, data.data ? (const char *)data.data : "", PBX_ARG(failure));
}

const pbx_input_binding plugbox_input_binding = {.init = init_input, .pull = pull_events, .answer = answer};

static bool invoke(const pbx_invocation *request, pbx_responded *responded, pbx_error *error) {
    pbx_respond(responded, &(pbx_response){.data = request->data, .metadata = two()});
    return fail(request->operation, error);
}

const pbx_output_binding plugbox_output_binding = {.init = init, .invoke = invoke};

static bool get_secret(pbx_text name, pbx_metadata metadata, pbx_secret *secret, pbx_error *error) {
    pbx_secret_add(secret, name, PBX_TEXT("value"));
    pbx_secret_add(secret, PBX_TEXT("empty"), PBX_TEXT(""));
    return fail(name, error);
}

static bool get_secrets(pbx_metadata metadata, pbx_secrets *secrets, pbx_error *error) {
    pbx_secret_add(pbx_secrets_add(secrets, PBX_TEXT("one")), PBX_TEXT("one"), PBX_TEXT("1"));
    pbx_secrets_add(secrets, PBX_TEXT("none"));
    return metadata.count ? fail(PBX_TEXT("other"), error) : true;
}

const pbx_secret_store plugbox_secret_store = {.init = init, .get = get_secret, .bulk_get = get_secrets};

static bool invoke_app(const pbx_call *call, pbx_replied *replied, pbx_error *error) {
    pbx_buffer data = {0};
    pbx_buffer_printf(&data, PBX_FMT " " PBX_FMT "?" PBX_FMT " " PBX_FMT " " PBX_FMT, PBX_ARG(call->method),
                      PBX_ARG(call->verb), PBX_ARG(call->query), PBX_ARG(call->content_type),
                      (int)call->data.size, call->data.data ? (const char *)call->data.data : "");
    pbx_reply_with(replied, &(pbx_reply){.data = pbx_text_bytes(pbx_buffer_text(&data)),
                                         .content_type = PBX_TEXT("text/plain"),
                                         .headers = call->headers});
    pbx_buffer_clear(&data);
    return fail(call->method, error);
}

const pbx_app plugbox_app = {.invoke = invoke_app};

static bool init_hello(const pbx_hello_config *config, pbx_error *error) {
    return fail(config->secret_count ? config->secrets[0].sub_key : config->hello, error);
}

static bool say_hello(pbx_text name, pbx_buffer *greeting, pbx_error *error) {
    pbx_buffer_printf(greeting, "Hello, " PBX_FMT "!", PBX_ARG(name));
    return fail(name, error);
}

const pbx_hello plugbox_hello = {.init = init_hello, .say_hello = say_hello};
