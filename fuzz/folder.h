/*
 * A folder of this process alone, in memory where the system has such a place,
 * for what is read through files.
 */
#ifndef EXCHANGE_TLS_FUZZ_FOLDER_H
#define EXCHANGE_TLS_FUZZ_FOLDER_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"

static char folder[64], files[2][96];

/* Makes the folder; its two files are called `name`, with their number for %d. */
static inline void open_folder(const char *name)
{
    struct stat memory;
    const char *base = stat("/dev/shm", &memory) == 0 ? "/dev/shm" : "/tmp";
    snprintf(folder, sizeof folder, "%s/exchange-tls-fuzz-%ld", base, (long)getpid());
    if (mkdir(folder, 0700) != 0) {
        perror(folder);
        exit(2);
    }
    for (int i = 0; i < 2; i++) {
        int length = snprintf(files[i], sizeof files[i], "%s/", folder);
        snprintf(files[i] + length, sizeof files[i] - (size_t)length, name, i + 1);
    }
}

__attribute__((destructor)) static void clean_up(void)
{
    unlink(files[0]);
    unlink(files[1]);
    rmdir(folder);
}

static inline void put(const char *path, const uint8_t *data, size_t size)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || write(file, data, size) != (ssize_t)size) {
        perror(path);
        exit(2);
    }
    close(file);
}

/* The bytes as one file, or from the middle on as a second one. */
static inline void put_files(const uint8_t *data, size_t size, int both)
{
    size_t first = both ? size / 2 : size;
    put(files[0], data, first);
    if (both) {
        put(files[1], data + first, size - first);
    } else {
        unlink(files[1]);
    }
}

#endif
