// Texts and bytes: views, copies, numbers, and what is UTF-8.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

pbx_text pbx_text_of(const char *string) {
    return string ? (pbx_text){string, strlen(string)} : PBX_NONE;
}

bool pbx_text_equal(pbx_text a, pbx_text b) {
    return a.size == b.size && (!a.size || memcmp(a.data, b.data, a.size) == 0);
}

int pbx_text_compare(pbx_text a, pbx_text b) {
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common ? memcmp(a.data, b.data, common) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

pbx_bytes pbx_text_bytes(pbx_text text) {
    return (pbx_bytes){(const uint8_t *)text.data, text.size};
}

static bool digits(const char *data, size_t size, uint64_t most, uint64_t *number) {
    *number = 0;
    for (size_t i = 0; i < size; i++) {
        if (data[i] < '0' || data[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(data[i] - '0');
        if (*number > (most - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    return size > 0;
}

bool pbx_text_to_u64(pbx_text text, uint64_t *number) {
    uint64_t value;
    if (!digits(text.data, text.size, UINT64_MAX, &value))
        return false;
    *number = value;
    return true;
}

bool pbx_text_to_i64(pbx_text text, int64_t *number) {
    bool negative = text.size && text.data[0] == '-';
    uint64_t value;
    if (!digits(text.data + negative, text.size - negative, (uint64_t)INT64_MAX + negative, &value))
        return false;
    // Negated without a step over the least number.
    *number = negative && value ? -(int64_t)(value - 1) - 1 : (int64_t)value;
    return true;
}

static char *copy(const void *data, size_t size) {
    char *kept = pbx_alloc(size + 1);
    if (size)
        memcpy(kept, data, size);
    kept[size] = '\0';
    return kept;
}

pbx_text pbx_text_keep(pbx_text text) {
    return text.data ? (pbx_text){copy(text.data, text.size), text.size} : PBX_NONE;
}

pbx_bytes pbx_bytes_keep(pbx_bytes bytes) {
    return (pbx_bytes){(const uint8_t *)copy(bytes.data, bytes.size), bytes.size};
}

void pbx_text_drop(pbx_text *kept) {
    free((char *)kept->data);
    *kept = PBX_NONE;
}

void pbx_bytes_drop(pbx_bytes *kept) {
    free((uint8_t *)kept->data);
    *kept = (pbx_bytes){NULL, 0};
}

// How long the character is that these bytes begin with; 0 where they begin with none.
static size_t character(const uint8_t *bytes, size_t left) {
    uint8_t first = bytes[0], least = 0x80, most = 0xbf;
    size_t size;
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        size = 2;
    else if ((first & 0xf0) == 0xe0)
        size = 3;
    else if (first >= 0xf0 && first <= 0xf4)
        size = 4;
    else
        return 0;
    // No character has two spellings, none is half of a UTF-16 pair, and none is past U+10FFFF.
    if (first == 0xe0)
        least = 0xa0;
    if (first == 0xed)
        most = 0x9f;
    if (first == 0xf0)
        least = 0x90;
    if (first == 0xf4)
        most = 0x8f;
    if (size > left || bytes[1] < least || bytes[1] > most)
        return 0;
    for (size_t i = 2; i < size; i++)
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
    return size;
}

pbx_text pbx_text_clean(pbx_text text) {
    const uint8_t *bytes = (const uint8_t *)text.data;
    size_t good = 0;
    for (size_t step; good < text.size && (step = character(bytes + good, text.size - good)); good += step)
        ;
    if (good == text.size)
        return pbx_text_keep(text);
    pbx_buffer clean = {0};
    for (size_t i = 0; i < text.size;) {
        size_t step = character(bytes + i, text.size - i);
        pbx_buffer_add(&clean, step ? text.data + i : "\xef\xbf\xbd", step ? step : 3);
        i += step ? step : 1;
    }
    return pbx_buffer_text(&clean);
}

pbx_text pbx_text_clean_printf(const char *format, va_list arguments) {
    char small[256];
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(small, sizeof small, format, arguments);
    pbx_text text = {small, size > 0 ? (size_t)size : 0};
    char *large = NULL;
    if (text.size >= sizeof small) {
        large = pbx_alloc(text.size + 1);
        vsnprintf(large, text.size + 1, format, again);
        text.data = large;
    }
    va_end(again);
    pbx_text clean = pbx_text_clean(text);
    free(large);
    return clean;
}
