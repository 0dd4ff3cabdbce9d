/*
 * Bytes of a revocation list, beside a certificate that it may speak of: a
 * container of a tested certificate, a root and lists. Parts: role 0 tested,
 * 1 intermediate, 2 root, 3 list.
 */
#include "container.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct part parts[MAX_PARTS];
    if (size == 0) {
        return 0;
    }
    size_t count = parts_of(data, size, parts);
    extls_certs *certs = begin(NULL, (extls_str){NULL, 0});
    if (certs == NULL) {
        give_up("good options were refused");
    }
    for (size_t i = 0; i < count; i++) {
        add(certs, parts[i].data, parts[i].size, parts[i].role % 4, EXTLS_NOT_KNOWN);
    }
    take_all(certs);
    return 0;
}

/* Mostly the lists are changed: a changed certificate leads nowhere. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    return mutate_parts(data, size, max_size, seed);
}
