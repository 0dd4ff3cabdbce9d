/*
 * A disk that gives no answer, for whole programs: preloaded, it keeps whoever
 * looks at a path that holds the text of $EXTLS_TEST_STALL waiting for an hour.
 *
 *     cc -shared -fPIC stall.c -o stall.so -ldl; LD_PRELOAD=./stall.so EXTLS_TEST_STALL=/dead/ program
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void wait_for(const char *path)
{
    const char *part = getenv("EXTLS_TEST_STALL");
    if (path != NULL && part != NULL && strstr(path, part) != NULL) {
        sleep(3600);
    }
}

#define FORWARD(type, name, parameters, path, arguments) \
    type name parameters                                 \
    {                                                    \
        type(*next) parameters;                          \
        *(void **)&next = dlsym(RTLD_NEXT, #name);       \
        wait_for(path);                                  \
        return next arguments;                           \
    }

FORWARD(int, stat, (const char *path, struct stat *data), path, (path, data))
FORWARD(int, lstat, (const char *path, struct stat *data), path, (path, data))
FORWARD(int, stat64, (const char *path, struct stat64 *data), path, (path, data))
FORWARD(int, lstat64, (const char *path, struct stat64 *data), path, (path, data))
FORWARD(int, statx, (int at, const char *path, int flags, unsigned int mask, struct statx *data), path, (at, path, flags, mask, data))
/* What .NET calls, which is built for older systems. */
FORWARD(int, __xstat64, (int version, const char *path, struct stat64 *data), path, (version, path, data))
FORWARD(int, __lxstat64, (int version, const char *path, struct stat64 *data), path, (version, path, data))
FORWARD(DIR *, opendir, (const char *path), path, (path))

#define FORWARD_OPEN(name)                                                     \
    int name(const char *path, int flags, ...)                                 \
    {                                                                          \
        int (*next)(const char *, int, ...);                                   \
        va_list more;                                                          \
        va_start(more, flags);                                                 \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0; \
        va_end(more);                                                          \
        *(void **)&next = dlsym(RTLD_NEXT, #name);                             \
        wait_for(path);                                                        \
        return next(path, flags, mode);                                        \
    }

FORWARD_OPEN(open)
FORWARD_OPEN(open64)
