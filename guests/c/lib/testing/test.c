// Runs the tests that were added, or those alone whose names begin with one of the arguments.
#include <string.h>

#include "test.h"

static struct {
    const char *name;
    void (*run)(void);
} tests[1024];
static size_t count;

void pbx_test_add(const char *name, void (*run)(void)) {
    CHECK(count < sizeof tests / sizeof *tests);
    tests[count].name = name;
    tests[count++].run = run;
}

bool pbx_test_same(pbx_text text, const char *expected) {
    pbx_text wanted = pbx_text_of(expected);
    bool is_same = pbx_text_is_some(text) == (expected != NULL) && pbx_text_equal(text, wanted);
    if (!is_same)
        fprintf(stderr, "\"" PBX_FMT "\" and not \"%s\"\n", PBX_ARG(text), expected ? expected : "(none)");
    return is_same;
}

bool pbx_test_has(pbx_text text, const char *part) {
    size_t size = strlen(part);
    for (size_t i = 0; i + size <= text.size; i++)
        if (memcmp(text.data + i, part, size) == 0)
            return true;
    fprintf(stderr, "\"" PBX_FMT "\" has no \"%s\"\n", PBX_ARG(text), part);
    return false;
}

static bool is_wanted(const char *name, int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (strncmp(name, argv[i], strlen(argv[i])) == 0)
            return true;
    return argc < 2;
}

int main(int argc, char **argv) {
    size_t passed = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_wanted(tests[i].name, argc, argv))
            continue;
        // What is seen last is the test that an abort or a sanitizer ends.
        printf("%s\n", tests[i].name);
        fflush(stdout);
        tests[i].run();
        passed++;
    }
    printf("%zu tests passed\n", passed);
    return passed ? 0 : 1;
}
