/*
 * A certificate from eight bytes: who issued whom, with which keys and limits.
 * Its signature is of an algorithm that nobody checks, so that every link made
 * of such certificates is followed and the search meets any graph.
 *
 *     0 subject, 1 issuer, 2 key, 3 serial number, 4 flags, 5 path length,
 *     6 first and last year, 7 the issuer's key
 */
#ifndef EXCHANGE_TLS_FUZZ_RECIPE_H
#define EXCHANGE_TLS_FUZZ_RECIPE_H

#include "common.h"

#define RECIPE 8
enum { CA = 1, OWN_KEY_ID = 2, ISSUER_KEY_ID = 4, USAGE = 8, CONSTRAINED = 16, POLICY = 32, NAMED = 64, CHECKED = 128 };

/* DER is written from its end to its start, so that lengths are known. */
struct writer {
    uint8_t bytes[1024];
    size_t at;
};

static inline void put_bytes(struct writer *out, const void *bytes, size_t size)
{
    if (size > out->at) {
        give_up("the recipe's certificate is too long");
    }
    out->at -= size;
    memcpy(out->bytes + out->at, bytes, size);
}

/* Tag and length for all that was written since `end`. */
static inline void wrap(struct writer *out, uint8_t tag, size_t end)
{
    size_t size = end - out->at;
    uint8_t head[4] = {tag, 0x82, (uint8_t)(size >> 8), (uint8_t)size};
    if (size < 128) {
        head[1] = (uint8_t)size;
        put_bytes(out, head, 2);
    } else if (size < 256) {
        head[1] = 0x81;
        head[2] = (uint8_t)size;
        put_bytes(out, head, 3);
    } else {
        put_bytes(out, head, 4);
    }
}

static inline void put_value(struct writer *out, uint8_t tag, const void *bytes, size_t size)
{
    size_t end = out->at;
    put_bytes(out, bytes, size);
    wrap(out, tag, end);
}

static inline void put_name(struct writer *out, uint8_t number)
{
    char text[16];
    size_t end = out->at;
    int length = snprintf(text, sizeof text, "CA %d", number);
    put_value(out, 0x0C, text, (size_t)length);
    put_value(out, 0x06, "\x55\x04\x03", 3);
    wrap(out, 0x30, end);
    wrap(out, 0x31, end);
    wrap(out, 0x30, end);
}

/* Ed448, which is not checked, or Ed25519, whose signature is then bad. */
static inline void put_algorithm(struct writer *out, uint8_t flags)
{
    size_t end = out->at;
    put_value(out, 0x06, flags & CHECKED ? "\x2B\x65\x70" : "\x2B\x65\x71", 3);
    wrap(out, 0x30, end);
}

static inline void put_bits(struct writer *out, uint8_t fill, size_t size)
{
    uint8_t bits[128] = {0};
    memset(bits + 1, fill, size);
    put_value(out, 0x03, bits, size + 1);
}

/* An extension whose value was written since `end`. */
static inline void end_extension(struct writer *out, size_t end, const char *id, int critical)
{
    wrap(out, 0x04, end);
    if (critical) {
        put_value(out, 0x01, "\xFF", 1);
    }
    put_value(out, 0x06, id, strlen(id));
    wrap(out, 0x30, end);
}

static inline void put_extensions(struct writer *out, const uint8_t *recipe)
{
    uint8_t flags = recipe[4];
    size_t all = out->at, end = all;
    if (flags & CA) {
        uint8_t most = recipe[5] & 15;
        if (recipe[5] & 16) {
            put_value(out, 0x02, &most, 1);
        }
        put_value(out, 0x01, "\xFF", 1);
        wrap(out, 0x30, end);
        end_extension(out, end, "\x55\x1D\x13", 1);
    }
    if (flags & OWN_KEY_ID) {
        end = out->at;
        put_value(out, 0x04, recipe + 2, 1);
        end_extension(out, end, "\x55\x1D\x0E", 0);
    }
    if (flags & ISSUER_KEY_ID) {
        end = out->at;
        put_value(out, 0x80, recipe + 7, 1);
        wrap(out, 0x30, end);
        end_extension(out, end, "\x55\x1D\x23", 0);
    }
    if (flags & USAGE) {
        end = out->at;
        put_value(out, 0x03, flags & CA ? "\x01\x06" : "\x07\x80", 2);
        end_extension(out, end, "\x55\x1D\x0F", 1);
    }
    if (flags & CONSTRAINED) {
        end = out->at;
        put_value(out, 0x82, "contoso.com", 11);
        wrap(out, 0x30, end);
        wrap(out, recipe[5] & 32 ? 0xA1 : 0xA0, end);
        wrap(out, 0x30, end);
        end_extension(out, end, "\x55\x1D\x1E", 1);
    }
    if (flags & POLICY) {
        uint8_t id[3] = {0x2A, 0x03, recipe[5] >> 6};
        end = out->at;
        put_value(out, 0x06, id, sizeof id);
        wrap(out, 0x30, end);
        wrap(out, 0x30, end);
        end_extension(out, end, "\x55\x1D\x20", recipe[5] >> 7);
    }
    if (flags & NAMED) {
        end = out->at;
        put_value(out, 0x82, "mail.contoso.com", 16);
        wrap(out, 0x30, end);
        end_extension(out, end, "\x55\x1D\x11", 0);
    }
    if (out->at != all) {
        wrap(out, 0x30, all);
        wrap(out, 0xA3, all);
    }
}

/* Writes the certificate; it stands at the end of `out`. */
static inline void write_certificate(struct writer *out, const uint8_t *recipe)
{
    char from[16], to[16];
    out->at = sizeof out->bytes;
    size_t end = out->at;
    put_bits(out, recipe[1], recipe[4] & CHECKED ? 64 : 114);
    put_algorithm(out, recipe[4]);
    size_t tbs = out->at;
    put_extensions(out, recipe);
    size_t key = out->at;
    put_bits(out, recipe[2], recipe[4] & CHECKED ? 32 : 57);
    put_algorithm(out, recipe[4]);
    wrap(out, 0x30, key);
    put_name(out, recipe[0]);
    size_t validity = out->at;
    snprintf(from, sizeof from, "%02d0101000000Z", 20 + (recipe[6] & 7));
    snprintf(to, sizeof to, "%02d0101000000Z", 30 - (recipe[6] >> 5));
    put_value(out, 0x17, to, 13);
    put_value(out, 0x17, from, 13);
    wrap(out, 0x30, validity);
    put_name(out, recipe[1]);
    put_algorithm(out, recipe[4]);
    uint8_t serial[2] = {1, recipe[3]};
    put_value(out, 0x02, serial, sizeof serial);
    put_value(out, 0xA0, "\x02\x01\x02", 3);
    wrap(out, 0x30, tbs);
    wrap(out, 0x30, end);
}

#endif
