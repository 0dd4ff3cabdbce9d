/*
 * Several files in one input: each is a byte for its role, two for its length
 * (little endian) and its bytes. Mutations keep the shape.
 */
#ifndef EXCHANGE_TLS_FUZZ_CONTAINER_H
#define EXCHANGE_TLS_FUZZ_CONTAINER_H

#include "common.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

#define MAX_PARTS 4096

struct part {
    uint8_t role;
    const uint8_t *data;
    size_t size;
};

/* The parts of an input behind its first byte; the last one may be cut short. */
static inline size_t parts_of(const uint8_t *data, size_t size, struct part *parts)
{
    size_t count = 0, at = 1;
    while (count < MAX_PARTS && at + 3 <= size) {
        size_t length = data[at + 1] | (size_t)data[at + 2] << 8;
        size_t rest = size - at - 3;
        parts[count].role = data[at];
        parts[count].data = data + at + 3;
        parts[count].size = length < rest ? length : rest;
        at += 3 + parts[count].size;
        count++;
    }
    return count;
}

static inline size_t write_part(uint8_t *out, size_t at, size_t max, struct part part)
{
    if (at + 3 + part.size > max || part.size > 0xFFFF) {
        return at;
    }
    out[at] = part.role;
    out[at + 1] = part.size & 0xFF;
    out[at + 2] = (uint8_t)(part.size >> 8);
    memcpy(out + at + 3, part.data, part.size);
    return at + 3 + part.size;
}

/* Changes one part, or doubles, drops or swaps parts. */
static inline size_t mutate_parts(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    static struct part parts[MAX_PARTS + 1];
    static uint8_t copy[1 << 17], one[1 << 16];
    if (size == 0 || size > sizeof copy || max_size < 16) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    memcpy(copy, data, size);
    size_t count = parts_of(copy, size, parts);
    if (count == 0 || seed % 16 == 0) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    size_t chosen = (seed >> 8) % count, other = (seed >> 16) % count;
    struct part kept = parts[chosen];
    switch (seed % 8) {
    case 1: /* doubled */
        if (count < MAX_PARTS) {
            memmove(parts + chosen + 1, parts + chosen, (count - chosen) * sizeof *parts);
            count++;
        }
        break;
    case 2: /* dropped */
        memmove(parts + chosen, parts + chosen + 1, (count - chosen - 1) * sizeof *parts);
        count--;
        break;
    case 3: /* swapped */
        parts[chosen] = parts[other];
        parts[other] = kept;
        break;
    case 4: /* another role */
        parts[chosen].role = (uint8_t)(seed >> 24);
        break;
    default: /* changed */
        memcpy(one, kept.data, kept.size);
        parts[chosen].data = one;
        parts[chosen].size = LLVMFuzzerMutate(one, kept.size, kept.size + 64 < sizeof one ? kept.size + 64 : sizeof one);
    }
    size_t at = 1;
    for (size_t i = 0; i < count; i++) {
        at = write_part(data, at, max_size, parts[i]);
    }
    return at;
}

#endif
