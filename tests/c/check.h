/* What the callers count and say, the same in each of them. */
#ifndef EXTLS_TESTS_CHECK_H
#define EXTLS_TESTS_CHECK_H

#include <stdio.h>

static int passed, failed;

static void check(int holds, const char *what)
{
    if (holds) {
        passed++;
    } else {
        failed++;
        fprintf(stderr, "failed: %s\n", what);
    }
}

#endif
