/*
 * Bytes of a certificate file: DER, PEM, PKCS #7. The first byte chooses: bit 0 a
 * name is asked for, bit 1 the same bytes are intermediates too, bit 2 roots
 * too, bits 3 and 4 what is known of the private key.
 */
#include "common.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    uint8_t choice = data[0];
    data++;
    size--;
    extls_certs *certs = begin(choice & 1 ? "mail.contoso.com" : NULL, (extls_str){NULL, 0});
    if (certs == NULL) {
        give_up("good options were refused");
    }
    add(certs, data, size, EXTLS_ROLE_TESTED, (choice >> 3 & 3) % 3);
    if (choice & 2) {
        add(certs, data, size, EXTLS_ROLE_INTERMEDIATE, EXTLS_NOT_KNOWN);
    }
    if (choice & 4) {
        add(certs, data, size, EXTLS_ROLE_ROOT, EXTLS_NOT_KNOWN);
    }
    take_all(certs);
    return 0;
}
