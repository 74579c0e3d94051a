// The exports, called as the generated code calls them: each argument is allocated for the callee, and each
// answer is freed by the caller. The sanitizers see what is freed twice, or never.
#include <string.h>

#include "guest.h"
#include "test.h"

// What the generated code wants of a WebAssembly host.
void __component_type_object_force_link_guest(void) {
}
int32_t __wasm_import_wasi_io_poll_method_pollable_ready(int32_t self) {
    return self;
}
void __wasm_import_wasi_io_poll_method_pollable_block(int32_t self) {
}
void __wasm_import_wasi_io_poll_poll(uint8_t *list, size_t count, uint8_t *answer) {
}
void __wasm_import_wasi_io_poll_pollable_drop(int32_t handle) {
}

extern char answered[];

static guest_string_t text(const char *string) {
    guest_string_t text = {NULL, strlen(string)};
    // Nothing frees what is empty.
    if (text.len)
        text.ptr = (uint8_t *)strdup(string);
    return text;
}

static guest_list_u8_t bytes(const char *string) {
    guest_string_t copy = text(string);
    return (guest_list_u8_t){copy.ptr, copy.len};
}

static guest_option_string_t some(const char *string) {
    return (guest_option_string_t){true, text(string)};
}

static dapr_components_types_metadata_t metadata(const char *name, const char *value) {
    dapr_components_types_metadata_t metadata = {malloc(sizeof *metadata.ptr), 1};
    metadata.ptr[0] = (guest_tuple2_string_string_t){text(name), text(value)};
    return metadata;
}

static const dapr_components_types_metadata_t none = {NULL, 0};

static pbx_text view(guest_string_t text) {
    return (pbx_text){text.len ? (const char *)text.ptr : "", text.len};
}

// The metadata that all of "everything" answers.
static bool is_two(dapr_components_types_metadata_t metadata) {
    return metadata.len == 2 && pbx_test_same(view(metadata.ptr[0].f0), "a") &&
           pbx_test_same(view(metadata.ptr[0].f1), "1") && pbx_test_same(view(metadata.ptr[1].f0), "empty") &&
           pbx_test_same(view(metadata.ptr[1].f1), "");
}

typedef bool (*init)(dapr_components_types_metadata_t *, guest_list_string_t *,
                     dapr_components_types_error_t *);

TEST(init_answers_names_or_why_not) {
    static const init inits[] = {
        exports_dapr_components_state_store_init, exports_dapr_components_pub_sub_init,
        exports_dapr_components_output_binding_init, exports_dapr_components_secret_store_init};
    for (size_t i = 0; i < sizeof inits / sizeof *inits; i++) {
        dapr_components_types_metadata_t properties = metadata("name", "value");
        guest_list_string_t names;
        dapr_components_types_error_t error;
        CHECK(inits[i](&properties, &names, &error));
        CHECK(names.len == 2);
        CHECK_TEXT(view(names.ptr[0]), "ONE");
        CHECK_TEXT(view(names.ptr[1]), "TWO");
        guest_list_string_free(&names);

        properties = metadata("fail", "\xff loudly");
        CHECK(!inits[i](&properties, &names, &error));
        CHECK(error.code == DAPR_COMPONENTS_TYPES_CODE_INVALID_ARGUMENT);
        CHECK_TEXT(view(error.message), "because: \xef\xbf\xbd loudly");
        dapr_components_types_error_free(&error);

        properties = metadata("fail", "silently");
        CHECK(!inits[i](&properties, &names, &error));
        CHECK(error.code == DAPR_COMPONENTS_TYPES_CODE_UNKNOWN && error.message.len);
        dapr_components_types_error_free(&error);
    }
    dapr_components_types_error_t error;
    dapr_components_types_metadata_t properties = none;
    CHECK(exports_dapr_components_input_binding_init(&properties, &error));
    properties = metadata("fail", "loudly");
    CHECK(!exports_dapr_components_input_binding_init(&properties, &error));
    dapr_components_types_error_free(&error);
}

static exports_dapr_components_state_store_get_request_t get_request(const char *key) {
    return (exports_dapr_components_state_store_get_request_t){text(key), 0, metadata("a", "b")};
}

static exports_dapr_components_state_store_set_request_t set_request(const char *key) {
    return (exports_dapr_components_state_store_set_request_t){
        text(key), bytes("value"), some("text/plain"), some(""), 0, 0, metadata("a", "")};
}

static exports_dapr_components_state_store_delete_request_t delete_request(const char *key) {
    return (exports_dapr_components_state_store_delete_request_t){text(key), some("7"), 0, 0, none};
}

TEST(get_answers_an_item_or_none) {
    exports_dapr_components_state_store_option_item_t found;
    exports_dapr_components_state_store_state_error_t error;
    exports_dapr_components_state_store_get_request_t request = get_request("key");
    CHECK(exports_dapr_components_state_store_get(&request, &found, &error));
    CHECK(found.is_some && found.val.value.len == 3 && memcmp(found.val.value.ptr, "key", 3) == 0);
    CHECK_TEXT(view(found.val.etag.val), "1");
    CHECK(!found.val.content_type.is_some && is_two(found.val.metadata));
    exports_dapr_components_state_store_option_item_free(&found);

    request = get_request("missing");
    CHECK(exports_dapr_components_state_store_get(&request, &found, &error) && !found.is_some);

    // An empty value, which takes no memory.
    request = get_request("");
    CHECK(exports_dapr_components_state_store_get(&request, &found, &error) && found.val.value.len == 0);
    exports_dapr_components_state_store_option_item_free(&found);
}

TEST(a_failure_of_state_is_of_its_kind) {
    static const char *keys[] = {"mismatch", "invalid", "rows", "app", "other"};
    for (uint8_t tag = 0; tag < 5; tag++) {
        exports_dapr_components_state_store_state_error_t error;
        exports_dapr_components_state_store_option_item_t found;
        exports_dapr_components_state_store_get_request_t get = get_request(keys[tag]);
        CHECK(!exports_dapr_components_state_store_get(&get, &found, &error) && error.tag == tag);
        dapr_components_state_types_state_error_free(&error);
        exports_dapr_components_state_store_delete_request_t del = delete_request(keys[tag]);
        CHECK(!exports_dapr_components_state_store_delete(&del, &error) && error.tag == tag);
        dapr_components_state_types_state_error_free(&error);
        exports_dapr_components_state_store_set_request_t set = set_request(keys[tag]);
        CHECK(!exports_dapr_components_state_store_set(&set, &error) && error.tag == tag);
        if (tag == DAPR_COMPONENTS_STATE_TYPES_STATE_ERROR_ROW_MISMATCH)
            CHECK(error.val.row_mismatch.expected == 3 && error.val.row_mismatch.affected == 2);
        if (tag == DAPR_COMPONENTS_STATE_TYPES_STATE_ERROR_APP_ERROR) {
            CHECK(error.val.app_error.http_status == 429);
            CHECK_TEXT(view(error.val.app_error.tag), "ERR_QUOTA");
            CHECK_TEXT(view(error.val.app_error.reason), "QUOTA");
            CHECK_TEXT(view(error.val.app_error.domain), "example.com");
            CHECK_TEXT(view(error.val.app_error.message), "enough");
        }
        if (tag == DAPR_COMPONENTS_STATE_TYPES_STATE_ERROR_OTHER)
            CHECK(error.val.other.code == DAPR_COMPONENTS_TYPES_CODE_UNAVAILABLE);
        dapr_components_state_types_state_error_free(&error);
    }
    exports_dapr_components_state_store_state_error_t error;
    exports_dapr_components_state_store_set_request_t set = set_request("good");
    CHECK(exports_dapr_components_state_store_set(&set, &error));
}

TEST(bulk_calls_answer_for_each_request) {
    static const char *keys[] = {"key", "missing", "other"};
    exports_dapr_components_bulk_state_store_list_get_request_t gets = {malloc(3 * sizeof *gets.ptr), 3};
    exports_dapr_components_bulk_state_store_list_set_request_t sets = {malloc(3 * sizeof *sets.ptr), 3};
    exports_dapr_components_bulk_state_store_list_delete_request_t dels = {malloc(3 * sizeof *dels.ptr), 3};
    for (size_t i = 0; i < 3; i++) {
        gets.ptr[i] = get_request(keys[i]);
        sets.ptr[i] = set_request(keys[i]);
        dels.ptr[i] = delete_request(keys[i]);
    }
    exports_dapr_components_bulk_state_store_list_result_option_item_string_t answers;
    exports_dapr_components_bulk_state_store_state_error_t error;
    CHECK(exports_dapr_components_bulk_state_store_bulk_get(&gets, &answers, &error) && answers.len == 3);
    CHECK(!answers.ptr[0].is_err && answers.ptr[0].val.ok.is_some);
    CHECK(!answers.ptr[1].is_err && !answers.ptr[1].val.ok.is_some);
    CHECK(answers.ptr[2].is_err);
    CHECK_TEXT(view(answers.ptr[2].val.err), "not now");
    for (size_t i = 0; i < answers.len; i++)
        exports_dapr_components_bulk_state_store_result_option_item_string_free(&answers.ptr[i]);
    free(answers.ptr);
    CHECK(!exports_dapr_components_bulk_state_store_bulk_set(&sets, &error));
    dapr_components_state_types_state_error_free(&error);
    CHECK(!exports_dapr_components_bulk_state_store_bulk_delete(&dels, &error));
    dapr_components_state_types_state_error_free(&error);
    gets.len = 0;
    CHECK(exports_dapr_components_bulk_state_store_bulk_get(&gets, &answers, &error) && answers.len == 0);
}

TEST(a_transaction_has_sets_and_deletes) {
    exports_dapr_components_transactional_state_store_state_error_t error;
    for (int last_is_set = 0; last_is_set < 2; last_is_set++) {
        exports_dapr_components_transactional_state_store_list_operation_t list = {
            malloc(2 * sizeof *list.ptr), 2};
        list.ptr[last_is_set].tag = EXPORTS_DAPR_COMPONENTS_TRANSACTIONAL_STATE_STORE_OPERATION_SET;
        list.ptr[last_is_set].val.set = set_request(last_is_set ? "mismatch" : "a");
        list.ptr[!last_is_set].tag = EXPORTS_DAPR_COMPONENTS_TRANSACTIONAL_STATE_STORE_OPERATION_DELETE;
        list.ptr[!last_is_set].val.delete_ = delete_request(last_is_set ? "a" : "mismatch");
        dapr_components_types_metadata_t one = metadata("a", "b");
        CHECK(!exports_dapr_components_transactional_state_store_transact(&list, &one, &error));
        CHECK(error.tag == DAPR_COMPONENTS_STATE_TYPES_STATE_ERROR_ETAG_MISMATCH);
        dapr_components_state_types_state_error_free(&error);
    }
    uint32_t most;
    CHECK(exports_dapr_components_transactional_state_store_max_operations(&most) && most == 7);
}

TEST(a_query_comes_whole_and_its_page_too) {
    exports_dapr_components_queriable_state_store_query_request_t request = {
        .filter = {malloc(3 * sizeof *request.filter.ptr), 3},
        .sort = {malloc(sizeof *request.sort.ptr), 1},
        .token = some("token"),
        .metadata = metadata("a", "b"),
    };
    exports_dapr_components_queriable_state_store_node_t *nodes = request.filter.ptr;
    nodes[0].tag = EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_NODE_ALL_OF;
    nodes[0].val.all_of.len = 2;
    nodes[0].val.all_of.ptr = malloc(2 * sizeof(uint32_t));
    nodes[0].val.all_of.ptr[0] = 1;
    nodes[0].val.all_of.ptr[1] = 2;
    nodes[1].tag = EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_NODE_COMPARE;
    nodes[1].val.compare.path = text("path");
    nodes[1].val.compare.comparison = 0;
    nodes[1].val.compare.value.tag = EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_VALUE_TEXT;
    nodes[1].val.compare.value.val.text = text("operand");
    nodes[2].tag = EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_NODE_ONE_OF;
    nodes[2].val.one_of.path = text("path");
    nodes[2].val.one_of.values.len = 1;
    nodes[2].val.one_of.values.ptr = malloc(sizeof *nodes[2].val.one_of.values.ptr);
    nodes[2].val.one_of.values.ptr[0].tag = EXPORTS_DAPR_COMPONENTS_QUERIABLE_STATE_STORE_VALUE_JSON;
    nodes[2].val.one_of.values.ptr[0].val.json = text("[]");
    request.sort.ptr[0].path = text("sort");
    request.sort.ptr[0].descending = true;
    exports_dapr_components_queriable_state_store_page_t page;
    exports_dapr_components_queriable_state_store_state_error_t error;
    CHECK(exports_dapr_components_queriable_state_store_query(&request, &page, &error));
    CHECK(page.items.len == 1 && page.items.ptr[0].value.len == 5);
    CHECK_TEXT(view(page.items.ptr[0].key), "key");
    CHECK_TEXT(view(page.token.val), "operand");
    exports_dapr_components_queriable_state_store_page_free(&page);
}

TEST(a_message_is_published_and_acknowledged) {
    static const char *topics[] = {"good", "other"};
    for (int i = 0; i < 2; i++) {
        exports_dapr_components_pub_sub_error_t error;
        exports_dapr_components_pub_sub_outgoing_t message = {text(topics[i]), bytes("data"),
                                                              some("text/plain"), metadata("a", "b")};
        CHECK(exports_dapr_components_pub_sub_publish(&message, &error) == (i == 0));
        if (i)
            dapr_components_types_error_free(&error);
        guest_string_t topic = text(i ? "other" : "wide");
        dapr_components_types_metadata_t one = metadata("a", "b");
        uint32_t window;
        CHECK(exports_dapr_components_pub_sub_subscribe(1, &topic, &one, &window, &error) == (i == 0));
        CHECK(i || window == 10);
        if (i)
            dapr_components_types_error_free(&error);
        // Nobody is there to be told.
        guest_string_t id = text("1");
        exports_dapr_components_pub_sub_outcome_t outcome = {.tag = (uint8_t)i};
        if (i)
            outcome.val.failed = text("why");
        exports_dapr_components_pub_sub_ack(1, &id, &outcome);
        exports_dapr_components_pub_sub_unsubscribe(1);
    }
    exports_dapr_components_bulk_publish_list_entry_t entries = {malloc(sizeof *entries.ptr), 1};
    entries.ptr[0] =
        (exports_dapr_components_bulk_publish_entry_t){text("1"), bytes("x"), some("y"), metadata("a", "b")};
    guest_string_t topic = text("other");
    dapr_components_types_metadata_t one = metadata("c", "d");
    exports_dapr_components_bulk_publish_list_failure_t failures;
    exports_dapr_components_bulk_publish_error_t error;
    CHECK(exports_dapr_components_bulk_publish_bulk_publish(&topic, &entries, &one, &failures, &error));
    CHECK(failures.len == 1);
    CHECK_TEXT(view(failures.ptr[0].entry_id), "1");
    CHECK_TEXT(view(failures.ptr[0].reason), "not now");
    for (size_t i = 0; i < failures.len; i++)
        exports_dapr_components_bulk_publish_failure_free(&failures.ptr[i]);
    free(failures.ptr);
}

TEST(a_pull_answers_what_there_is_and_what_to_wait_for) {
    exports_dapr_components_pub_sub_list_demand_t wanted = {malloc(2 * sizeof *wanted.ptr), 2};
    wanted.ptr[0] = (exports_dapr_components_pub_sub_demand_t){3, 1};
    wanted.ptr[1] = (exports_dapr_components_pub_sub_demand_t){4, 1};
    exports_dapr_components_pub_sub_pulled_t pulled;
    exports_dapr_components_pub_sub_error_t error;
    CHECK(exports_dapr_components_pub_sub_pull(&wanted, &pulled, &error));
    CHECK(pulled.deliveries.len == 2 && pulled.deliveries.ptr[1].id == 4 &&
          pulled.deliveries.ptr[1].data.len == 4);
    CHECK_TEXT(view(pulled.deliveries.ptr[1].content_type.val), "text/plain");
    CHECK(is_two(pulled.deliveries.ptr[1].metadata));
    CHECK(pulled.waits.len == 1 && pulled.waits.ptr[0].__handle == 5);
    CHECK(pulled.again_in.is_some && pulled.again_in.val == 10);
    for (size_t i = 0; i < pulled.deliveries.len; i++)
        exports_dapr_components_pub_sub_delivery_free(&pulled.deliveries.ptr[i]);
    free(pulled.deliveries.ptr);
    free(pulled.waits.ptr);
    wanted.len = 0;
    CHECK(!exports_dapr_components_pub_sub_pull(&wanted, &pulled, &error));
    dapr_components_types_error_free(&error);
}

TEST(an_event_is_pulled_and_answered) {
    exports_dapr_components_input_binding_error_t error;
    uint32_t window;
    CHECK(!exports_dapr_components_input_binding_open(1, &window, &error));
    CHECK(error.code == DAPR_COMPONENTS_TYPES_CODE_UNIMPLEMENTED);
    CHECK_TEXT(view(error.message), "this guest has no function open");
    dapr_components_types_error_free(&error);
    exports_dapr_components_input_binding_close(1);
    exports_dapr_components_input_binding_list_demand_t wanted = {malloc(sizeof *wanted.ptr), 1};
    wanted.ptr[0] = (exports_dapr_components_input_binding_demand_t){1, 1};
    exports_dapr_components_input_binding_pulled_t pulled;
    CHECK(exports_dapr_components_input_binding_pull(&wanted, &pulled, &error));
    CHECK(pulled.events.len == 1 && pulled.events.ptr[0].data.len == 0);
    CHECK(pulled.waits.len == 0 && pulled.again_in.is_some && pulled.again_in.val == 10);
    for (size_t i = 0; i < pulled.events.len; i++)
        exports_dapr_components_input_binding_event_free(&pulled.events.ptr[i]);
    free(pulled.events.ptr);
    free(pulled.waits.ptr);
    guest_string_t id = text("7");
    exports_dapr_components_input_binding_result_list_u8_string_t outcome = {.val.ok = bytes("data")};
    exports_dapr_components_input_binding_answer(1, &id, &outcome);
    CHECK(strcmp(answered, "1 7 data ") == 0);
    id = text("7");
    outcome.is_err = true;
    outcome.val.err = text("why");
    exports_dapr_components_input_binding_answer(1, &id, &outcome);
    CHECK(strcmp(answered, "1 7  why") == 0);
}

TEST(an_invocation_is_answered) {
    static const char *operations[] = {"create", "other"};
    for (int i = 0; i < 2; i++) {
        exports_dapr_components_output_binding_invocation_t request = {text(operations[i]), bytes("data"),
                                                                       metadata("a", "b")};
        exports_dapr_components_output_binding_response_t response;
        exports_dapr_components_output_binding_error_t error;
        CHECK(exports_dapr_components_output_binding_invoke(&request, &response, &error) == (i == 0));
        if (i) {
            dapr_components_types_error_free(&error);
        } else {
            CHECK(response.data.len == 4 && !response.content_type.is_some && is_two(response.metadata));
            exports_dapr_components_output_binding_response_free(&response);
        }
    }
}

static dapr_app_invocation_types_headers_t headers(const char *name, const char *value) {
    dapr_components_types_metadata_t pairs = metadata(name, value);
    return (dapr_app_invocation_types_headers_t){pairs.ptr, pairs.len};
}

TEST(a_call_of_an_application_is_answered) {
    exports_dapr_app_invoke_request_t request = {
        .method = text("echo"),
        .data = bytes("data"),
        .content_type = some("text/html"),
        .type_url = some("types/T"),
        .http = {true, {DAPR_APP_INVOCATION_TYPES_VERB_PATCH, some("a=1")}},
        .headers = headers("a", "1"),
    };
    exports_dapr_app_invoke_response_t response;
    exports_dapr_app_invoke_status_t status;
    CHECK(exports_dapr_app_invoke_handle(&request, &response, &status));
    CHECK_TEXT(((pbx_text){(const char *)response.data.ptr, response.data.len}),
               "echo PATCH?a=1 text/html data");
    CHECK(response.content_type.is_some && !response.type_url.is_some);
    CHECK_TEXT(view(response.content_type.val), "text/plain");
    CHECK(response.headers.len == 1);
    CHECK_TEXT(view(response.headers.ptr[0].f1), "1");
    // As the generated code does it after the host has read the answer.
    free(response.data.ptr);
    guest_option_string_free(&response.content_type);
    dapr_components_types_metadata_t pairs = {response.headers.ptr, response.headers.len};
    dapr_components_types_metadata_free(&pairs);
}

TEST(an_application_says_why_a_call_fails) {
    exports_dapr_app_invoke_request_t request = {.method = text("other")};
    exports_dapr_app_invoke_response_t response;
    exports_dapr_app_invoke_status_t status;
    CHECK(!exports_dapr_app_invoke_handle(&request, &response, &status));
    CHECK(status.code == DAPR_COMPONENTS_TYPES_CODE_UNAVAILABLE && !status.details.len);
    CHECK_TEXT(view(status.message), "not now");
    exports_dapr_app_invoke_status_free(&status);
}

TEST(secrets_are_answered_one_by_one_and_all_at_once) {
    static const char *names[] = {"name", "other"};
    exports_dapr_components_secret_store_error_t error;
    for (int i = 0; i < 2; i++) {
        guest_string_t name = text(names[i]);
        dapr_components_types_metadata_t one = metadata("a", "b");
        exports_dapr_components_secret_store_secret_t secret;
        CHECK(exports_dapr_components_secret_store_get(&name, &one, &secret, &error) == (i == 0));
        if (i) {
            dapr_components_types_error_free(&error);
        } else {
            CHECK(secret.len == 2);
            CHECK_TEXT(view(secret.ptr[0].f0), "name");
            CHECK_TEXT(view(secret.ptr[1].f1), "");
            exports_dapr_components_secret_store_secret_free(&secret);
        }
        dapr_components_types_metadata_t all = i ? metadata("a", "b") : none;
        exports_dapr_components_bulk_secret_store_list_tuple2_string_secret_t secrets;
        CHECK(exports_dapr_components_bulk_secret_store_bulk_get(&all, &secrets, &error) == (i == 0));
        if (i) {
            dapr_components_types_error_free(&error);
        } else {
            CHECK(secrets.len == 2 && secrets.ptr[0].f1.len == 1 && secrets.ptr[1].f1.len == 0);
            exports_dapr_components_bulk_secret_store_list_tuple2_string_secret_free(&secrets);
        }
    }
}

TEST(layotto_is_greeted) {
    exports_layotto_components_hello_error_t error;
    exports_layotto_components_hello_config_t config = {
        .kind = text("hello"),
        .hello = text("Hello"),
        .properties = metadata("a", "b"),
        .secrets = {malloc(sizeof *config.secrets.ptr), 1},
        .config_store = some("store"),
    };
    config.secrets.ptr[0] = (exports_layotto_components_hello_secret_reference_t){
        text("store"), text("key"), some("other"), {false, {NULL, 0}}};
    CHECK(!exports_layotto_components_hello_init(&config, &error));
    dapr_components_types_error_free(&error);
    guest_string_t greeting, name = text("you");
    CHECK(exports_layotto_components_hello_say_hello(&name, &greeting, &error));
    CHECK_TEXT(view(greeting), "Hello, you!");
    guest_string_free(&greeting);
    name = text("other");
    CHECK(!exports_layotto_components_hello_say_hello(&name, &greeting, &error));
    dapr_components_types_error_free(&error);
}
