// Tests that run on this machine: `TEST(name) { CHECK(…); }` in any file of tests/.
#ifndef PLUGBOX_TEST_H
#define PLUGBOX_TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "plugbox/base.h"

void pbx_test_add(const char *name, void (*run)(void));

#define TEST(name)                                                                                           \
    static void name(void);                                                                                  \
    __attribute__((constructor)) static void add_##name(void) {                                              \
        pbx_test_add(#name, name);                                                                           \
    }                                                                                                        \
    static void name(void)

// Ends the tests where something is not so, and says what.
#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                          \
            exit(1);                                                                                         \
        }                                                                                                    \
    } while (0)

#define CHECK_TEXT(text, expected) CHECK(pbx_test_same(text, expected))

// Whether a text is the expected one; what it is instead is shown. Of NULL: whether it is absent.
bool pbx_test_same(pbx_text text, const char *expected);
// Whether a text has another in it.
bool pbx_test_has(pbx_text text, const char *part);

#endif
