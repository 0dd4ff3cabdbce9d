/*
 * A set of certificates for path building: a container. Roles: 0 tested, 1
 * intermediate, 2 root, 3 list, and the same with 128 added for parts that are
 * rows of recipes (recipe.h). The first byte says whether a name is asked for.
 */
#include "container.h"
#include "recipe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct part parts[MAX_PARTS];
    static struct writer out;
    if (size == 0) {
        return 0;
    }
    size_t count = parts_of(data, size, parts);
    extls_certs *certs = begin(data[0] & 1 ? "mail.contoso.com" : NULL, (extls_str){NULL, 0});
    if (certs == NULL) {
        give_up("good options were refused");
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t role = parts[i].role & 3;
        if (!(parts[i].role & 128)) {
            add(certs, parts[i].data, parts[i].size, role, EXTLS_NOT_KNOWN);
            continue;
        }
        for (size_t at = 0; at + RECIPE <= parts[i].size; at += RECIPE) {
            write_certificate(&out, parts[i].data + at);
            add(certs, out.bytes + out.at, sizeof out.bytes - out.at, role, EXTLS_NOT_KNOWN);
        }
    }
    take_all(certs);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    return mutate_parts(data, size, max_size, seed);
}
