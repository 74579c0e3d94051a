// Names of topics.
#include <string.h>

#include "topic.h"

// Takes the next level off a topic; what is left is absent after the last.
static pbx_text next_level(pbx_text *left) {
    const char *slash = left->size ? memchr(left->data, '/', left->size) : NULL;
    pbx_text level = {left->data, slash ? (size_t)(slash - left->data) : left->size};
    *left = slash ? (pbx_text){slash + 1, left->size - level.size - 1} : PBX_NONE;
    return level;
}

static bool is(pbx_text level, char wildcard) {
    return level.size == 1 && level.data[0] == wildcard;
}

bool topic_check(pbx_text name, pbx_error *error) {
    if (!name.size)
        return pbx_fail(error, PBX_INVALID_ARGUMENT, "the topic is empty");
    for (pbx_text left = name; pbx_text_is_some(left);) {
        pbx_text level = next_level(&left);
        if (is(level, '+') || is(level, '#'))
            return pbx_fail(error, PBX_INVALID_ARGUMENT,
                            "the topic \"" PBX_FMT "\" has the wildcard " PBX_FMT
                            " as a level, which only a subscription can have",
                            PBX_ARG(name), PBX_ARG(level));
    }
    return true;
}

bool topic_check_filter(pbx_text filter, pbx_error *error) {
    if (!filter.size)
        return pbx_fail(error, PBX_INVALID_ARGUMENT, "the topic is empty");
    for (pbx_text left = filter; pbx_text_is_some(left);)
        if (is(next_level(&left), '#') && pbx_text_is_some(left))
            return pbx_fail(error, PBX_INVALID_ARGUMENT,
                            "in the topic \"" PBX_FMT
                            "\" a level follows the wildcard #, which stands for all levels to the end",
                            PBX_ARG(filter));
    return true;
}

bool topic_matches(pbx_text filter, pbx_text name) {
    while (pbx_text_is_some(filter)) {
        pbx_text wanted = next_level(&filter);
        if (is(wanted, '#'))
            return true;
        if (!pbx_text_is_some(name))
            return false;
        pbx_text level = next_level(&name);
        if (!is(wanted, '+') && !pbx_text_equal(wanted, level))
            return false;
    }
    return !pbx_text_is_some(name);
}
