/*
 * `<I>issuer<S>subject` as an option and as a connector has it, beside
 * certificates that some readings of it match. Reads those from the test data,
 * so it runs at the top of the repository.
 */
#include "common.h"

static uint8_t certificates[1 << 16];
static size_t length;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    const char *path = "tests/data/zoo/tls-name-rfc4514/tested.pem";
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    length = fread(certificates, 1, sizeof certificates, file);
    fclose(file);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    extls_str identifier = {data, size};
    extls_certs *certs = begin("mail.contoso.com", size == 0 ? (extls_str){NULL, 0} : identifier);
    if (certs == NULL) {
        return 0; /* not UTF-8 */
    }
    extls_send_connector connector;
    memset(&connector, 0, sizeof connector);
    connector.name = text_of("Outbound");
    connector.tls_certificate_name = identifier;
    connector.fqdn = identifier;
    connector.tls_domain = identifier;
    connector.require_tls = EXTLS_YES;
    connector.dns_routing = EXTLS_NO;
    call(extls_certs_add_connector(certs, &connector));
    add(certs, certificates, length, EXTLS_ROLE_TESTED, EXTLS_NOT_KNOWN);
    take_all(certs);
    return 0;
}
