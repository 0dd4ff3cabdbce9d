/*
 * Load: a million sessions open at once, a hundred thousand files in a folder,
 * ten thousand certificates of one name, and handles opened and freed without
 * end. Memory and open files stay bounded.
 *
 *     load FOLDER [SHARE]    FOLDER is made and emptied; SHARE (1 to 100) is how many percent of that
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../fuzz/recipe.h"
#include "check.h"

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Resident memory now, in MiB; with `most`, the most since it was set back. */
static double memory(int most)
{
    char line[256];
    double size = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, most ? "VmHWM:" : "VmRSS:", 6) == 0) {
            size = atof(line + 6) / 1024;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return size;
}

static void set_back(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (file != NULL) {
        fputs("5", file);
        fclose(file);
    }
}

static int open_files(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder != NULL && readdir(folder) != NULL) {
        count++;
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return count;
}

#define FIELDS "#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP Send Protocol Log\r\n" \
    "#Date: 2024-01-05T00:00:00.000Z\r\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint," \
    "remote-endpoint,event,data,context\r\n"

static void path_of(char *out, size_t size, const char *folder, long number)
{
    snprintf(out, size, "%s/SEND20240105-%ld.LOG", folder, number + 1);
}

/* Reads a folder to its end; gives how many sessions or failures there were. */
static long read_all(const char *folder, uint32_t wanted)
{
    extls_str path = text_of(folder);
    extls_scan_options options;
    extls_scan *scan = NULL;
    extls_item item;
    long found = 0;
    int32_t status;
    memset(&options, 0, sizeof options);
    options.paths.items = &path;
    options.paths.len = 1;
    options.since = options.until = EXTLS_NO_TIME;
    options.wanted = wanted;
    if (extls_scan_open(&options, &scan) != EXTLS_OK) {
        check(0, "open");
        return -1;
    }
    while ((status = extls_scan_next(scan, 1000, &item)) != EXTLS_END) {
        if (status == EXTLS_OK) {
            found += item.problem == NULL;
            if (item.problem != NULL) {
                fprintf(stderr, "%.*s\n", (int)item.problem->text.len, (const char *)item.problem->text.data);
            }
        } else if (status != EXTLS_WAITING) {
            return -1;
        }
    }
    extls_scan_free(scan);
    return found;
}

static void report(const char *what, long count, double begun, int files)
{
    printf("%-40s %8ld  %6.2f s  %6.1f MiB at most  %+d open files\n", what, count, now() - begun, memory(1),
           open_files() - files);
    check(open_files() == files, "as many open files as before");
}

static void open_sessions(const char *folder, long count)
{
    char path[512];
    path_of(path, sizeof path, folder, 0);
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    fputs(FIELDS, file);
    /* First every one begins, then every one goes on, so that all are open at once. */
    for (long i = 0; i < count; i++) {
        fprintf(file, "2024-01-05T10:00:%02ld.%03ldZ,Outbound,%016lX,0,10.0.0.1:%ld,192.0.2.1:25,+,,\r\n", i / 20000 % 60,
                i % 1000, i, i % 64000);
    }
    for (long i = 0; i < count; i++) {
        fprintf(file, "2024-01-05T10:01:%02ld.%03ldZ,Outbound,%016lX,1,10.0.0.1:%ld,192.0.2.1:25,-,,Remote(SocketError)\r\n",
                i / 20000 % 60, i % 1000, i, i % 64000);
    }
    fclose(file);
    set_back();
    int files = open_files();
    double begun = now();
    long found = read_all(folder, EXTLS_WANTED_SESSIONS);
    report("sessions open at once", count, begun, files);
    check(found >= count, "every session is given");
    check(memory(1) < 200, "sessions open at once: under 200 MiB");
    unlink(path);
}

static void many_files(const char *folder, long count)
{
    char path[512];
    for (long i = 0; i < count; i++) {
        path_of(path, sizeof path, folder, i);
        FILE *file = fopen(path, "wb");
        if (file == NULL) {
            perror(path);
            exit(2);
        }
        fprintf(file, FIELDS "2024-01-05T10:00:00.000Z,Outbound,%016lX,0,10.0.0.1:1,192.0.2.1:25,+,,\r\n"
                "2024-01-05T10:00:00.100Z,Outbound,%016lX,1,10.0.0.1:1,192.0.2.1:25,<,421 4.3.2 Service not available,\r\n"
                "2024-01-05T10:00:00.200Z,Outbound,%016lX,2,10.0.0.1:1,192.0.2.1:25,-,,Remote\r\n", i, i, i);
        fclose(file);
    }
    set_back();
    int files = open_files();
    double begun = now();
    long found = read_all(folder, EXTLS_WANTED_FAILURES);
    report("files in a folder", count, begun, files);
    check(found == count, "one failure a file");
    check(memory(1) < 300, "files in a folder: under 300 MiB");
    for (long i = 0; i < count; i++) {
        path_of(path, sizeof path, folder, i);
        unlink(path);
    }
}

/* Certificates of one name: as many leaves below as many CAs. */
static void namesakes(long count)
{
    static struct writer out;
    set_back();
    int files = open_files();
    double begun = now();
    extls_certs *certs = begin("mail.contoso.com", text_of("<I>CN=CA 1<S>CN=CA 1"));
    for (long i = 0; i < count; i++) {
        for (uint32_t role = EXTLS_ROLE_TESTED; role <= EXTLS_ROLE_INTERMEDIATE; role++) {
            uint8_t flags = role == EXTLS_ROLE_TESTED ? NAMED : CA | OWN_KEY_ID;
            const uint8_t recipe[RECIPE] = {1, 1, (uint8_t)i, (uint8_t)(i >> 8), flags, 0, 0, 7};
            write_certificate(&out, recipe);
            add(certs, out.bytes + out.at, sizeof out.bytes - out.at, role, EXTLS_YES);
        }
    }
    extls_certs_item item;
    long found = 0;
    while (extls_certs_next(certs, &item) == EXTLS_OK) {
        found += item.test != NULL;
    }
    extls_certs_free(certs);
    report("certificates of one name", count, begun, files);
    check(found == count, "every certificate is tested");
    check(now() - begun < 60, "certificates of one name: under a minute");
    check(memory(1) < 600, "certificates of one name: under 600 MiB");
}

static void again_and_again(const char *folder, long count)
{
    char path[512];
    path_of(path, sizeof path, folder, 0);
    FILE *file = fopen(path, "wb");
    fputs(FIELDS "2024-01-05T10:00:00.000Z,Outbound,1,0,10.0.0.1:1,192.0.2.1:25,+,,\r\n", file);
    fclose(file);
    double before = 0;
    int files = open_files();
    double begun = now();
    for (long i = 0; i < count; i++) {
        read_all(folder, EXTLS_WANTED_SESSIONS);
        extls_certs_free(begin("mail.contoso.com", text_of("<I>CN=a<S>CN=b")));
        if (i == count / 10) {
            before = memory(0);
        }
    }
    report("handles opened and freed", count, begun, files);
    check(memory(0) < before + 4, "memory stays flat");
    unlink(path);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: load FOLDER [SHARE]\n");
        return 2;
    }
    long share = argc > 2 ? atol(argv[2]) : 100;
    mkdir(argv[1], 0700);
    open_sessions(argv[1], 10000 * share);
    many_files(argv[1], 1000 * share);
    namesakes(100 * share);
    again_and_again(argv[1], 200 * share);
    rmdir(argv[1]);
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
