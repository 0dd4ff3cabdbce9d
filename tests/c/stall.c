/*
 * A disk that gives no answer, for whole programs: preloaded, it keeps whoever
 * looks at a path that holds the text of $EXTLS_TEST_STALL waiting for an hour.
 *
 *     cc -shared -fPIC stall.c -o stall.so -ldl; LD_PRELOAD=./stall.so EXTLS_TEST_STALL=/dead/ program
 *
 * $EXTLS_TEST_STALL_READ is a text of paths that can be looked at and opened, but
 * not be read behind the first $EXTLS_TEST_STALL_AFTER bytes; $EXTLS_TEST_MOUNTS
 * a file to be taken for /proc/self/mountinfo, which tells what is on a network.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a variable says; NULL also where it is empty, as PowerShell leaves it. */
static const char *told(const char *name)
{
    const char *text = getenv(name);
    return text != NULL && *text != 0 ? text : NULL;
}

static void wait_for(const char *path)
{
    const char *part = told("EXTLS_TEST_STALL");
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

/* How many of the wanted bytes can be read; waits where it is none. */
static size_t wait_for_bytes(int file, off64_t at, size_t wanted)
{
    char link[64], path[PATH_MAX];
    const char *part = told("EXTLS_TEST_STALL_READ"), *after = told("EXTLS_TEST_STALL_AFTER");
    if (part == NULL) {
        return wanted;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = 0;
    off64_t end = after != NULL ? atol(after) : 0;
    if (strstr(path, part) == NULL) {
        return wanted;
    }
    if (at >= end) {
        sleep(3600);
    }
    return (off64_t)wanted < end - at ? wanted : (size_t)(end - at);
}

ssize_t read(int file, void *into, size_t wanted)
{
    ssize_t (*next)(int, void *, size_t);
    *(void **)&next = dlsym(RTLD_NEXT, "read");
    return next(file, into, wait_for_bytes(file, lseek64(file, 0, SEEK_CUR), wanted));
}

ssize_t pread64(int file, void *into, size_t wanted, off64_t at)
{
    ssize_t (*next)(int, void *, size_t, off64_t);
    *(void **)&next = dlsym(RTLD_NEXT, "pread64");
    return next(file, into, wait_for_bytes(file, at, wanted), at);
}

/* Another file in place of the one that tells what is on a network. */
static const char *mounts_instead_of(const char *path)
{
    const char *mounts = told("EXTLS_TEST_MOUNTS");
    return mounts != NULL && strcmp(path, "/proc/self/mountinfo") == 0 ? mounts : path;
}

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
        return next(mounts_instead_of(path), flags, mode);                     \
    }

FORWARD_OPEN(open)
FORWARD_OPEN(open64)
