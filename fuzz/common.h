/*
 * What every fuzz target needs: a look at each byte that the library gives, and
 * an end with a word where one of its promises is broken.
 */
#ifndef EXCHANGE_TLS_FUZZ_COMMON_H
#define EXCHANGE_TLS_FUZZ_COMMON_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange_tls.h"

/* 2026-06-01: within the life of most certificates of the test data. */
#define FUZZ_AT INT64_C(1780272000000)

static inline _Noreturn void give_up(const char *what)
{
    extls_str text = {NULL, 0};
    extls_last_error(&text);
    fprintf(stderr, "broken promise: %s\nlast error: %.*s\n", what, (int)text.len, (const char *)text.data);
    abort();
}

/* A status of a call: a panic is a finding, a refusal is not. */
static inline int32_t call(int32_t status)
{
    if (status == EXTLS_PANIC) {
        give_up("a panic");
    }
    if (status < 0) {
        extls_str text = {NULL, 0};
        if (extls_last_error(&text) != EXTLS_OK || text.len == 0) {
            give_up("an error without a text");
        }
    }
    return status;
}

/* The bytes of UTF-8 that begin a control, invisible or reordering character. */
static inline int is_unsafe(uint8_t a, uint8_t b, uint8_t c)
{
    switch (a) {
    case 0xC2: /* C1, soft hyphen */
        return (b >= 0x80 && b < 0xA0) || b == 0xAD;
    case 0xCD: /* grapheme joiner */
        return b == 0x8F;
    case 0xD8: /* Arabic letter mark */
        return b == 0x9C;
    case 0xE1: /* fillers, Mongolian selectors */
        return (b == 0x85 && (c == 0x9F || c == 0xA0)) || (b == 0x9E && (c == 0xB4 || c == 0xB5)) ||
               (b == 0xA0 && c >= 0x8B && c <= 0x8F);
    case 0xE2: /* zero width, marks of direction, line ends, invisible operators */
        return (b == 0x80 && ((c >= 0x8B && c <= 0x8F) || (c >= 0xA8 && c <= 0xAE))) || (b == 0x81 && c >= 0xA0 && c <= 0xAF);
    case 0xE3: /* filler */
        return b == 0x85 && c == 0xA4;
    case 0xEF: /* variation selectors, byte order mark, filler, interlinear marks */
        return (b == 0xB8 && c >= 0x80 && c <= 0x8F) || (b == 0xBB && c == 0xBF) || (b == 0xBE && c == 0xA0) ||
               (b == 0xBF && c >= 0xB9 && c <= 0xBB);
    case 0xF3: /* tags */
        return b == 0xA0;
    default:
        return (a < 0x20 && a != '\n') || a == 0x7F;
    }
}

/* A text can be printed as it is: nothing steers a terminal, hides or reorders. */
static inline void look(extls_str text)
{
    if (text.data == NULL && text.len != 0) {
        give_up("a length without data");
    }
    for (size_t i = 0; i < text.len; i++) {
        uint8_t b = i + 1 < text.len ? text.data[i + 1] : 0, c = i + 2 < text.len ? text.data[i + 2] : 0;
        if (is_unsafe(text.data[i], b, c)) {
            give_up("a control, invisible or reordering character in a text");
        }
    }
}

static inline void look_list(extls_list list)
{
    for (size_t i = 0; i < list.len; i++) {
        look(list.items[i]);
    }
}

static inline void look_findings(const extls_finding *findings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        look(findings[i].code_name);
        look(findings[i].severity_name);
        look(findings[i].message);
        look(findings[i].element);
    }
}

static inline void look_problem(const extls_problem *problem)
{
    look(problem->kind);
    look(problem->text);
    look(problem->path);
}

static inline extls_str text_of(const char *text)
{
    extls_str out = {(const uint8_t *)text, strlen(text)};
    return out;
}

/* Adds bytes as a file of certificates or lists. */
static inline void add(extls_certs *certs, const uint8_t *data, size_t size, uint32_t role, uint32_t has_key)
{
    extls_certs_file file;
    memset(&file, 0, sizeof file);
    file.content.data = data;
    file.content.len = size;
    file.source = text_of("fuzz");
    file.role = role;
    file.has_private_key = has_key;
    call(extls_certs_add(certs, &file));
}

static inline extls_certs *begin(const char *fqdn, extls_str identifier)
{
    extls_certs_options options;
    memset(&options, 0, sizeof options);
    options.at = FUZZ_AT;
    options.expiry_warning_days = 30;
    if (fqdn != NULL) {
        options.fqdn = text_of(fqdn);
    }
    options.tls_certificate_name = identifier;
    extls_certs *certs = NULL;
    return call(extls_certs_new(&options, &certs)) == EXTLS_OK ? certs : NULL;
}

/* Takes every result, looks at all of it, and ends the test. */
static inline void take_all(extls_certs *certs)
{
    extls_certs_item item;
    while (call(extls_certs_next(certs, &item)) == EXTLS_OK) {
        if ((item.test == NULL) == (item.problem == NULL)) {
            give_up("not exactly one pointer");
        }
        if (item.problem != NULL) {
            look_problem(item.problem);
            continue;
        }
        const extls_certificate_test *test = item.test;
        look(test->subject);
        look(test->issuer);
        look(test->serial_number);
        look(test->thumbprint);
        look(test->services);
        look(test->source);
        look(test->result_name);
        look_list(test->alternate_names);
        look_list(test->remedy);
        look_findings(test->findings, test->finding_count);
        for (size_t i = 0; i < test->chain_count; i++) {
            look(test->chain[i].subject);
            look(test->chain[i].thumbprint);
            look(test->chain[i].source);
        }
    }
    extls_certs_free(certs);
}

#endif
