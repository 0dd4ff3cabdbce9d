/*
 * Bytes of a protocol log, through a file. The first byte chooses what is
 * wanted: bit 0 sessions, bits 1 and 2 the log type, bit 3 rejections, bit 4
 * records, bit 5 a second file in the folder (from the middle of the input on).
 */
#include "folder.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    open_folder("SEND20240105-%d.LOG");
    return 0;
}

static void look_certificate(const extls_certificate *certificate)
{
    if (certificate != NULL) {
        look(certificate->subject);
        look(certificate->issuer);
        look(certificate->serial_number);
        look(certificate->thumbprint);
        look_list(certificate->alternate_names);
    }
}

static void look_failure(const extls_failure *failure)
{
    const extls_str texts[] = {failure->connector, failure->session_id, failure->local_endpoint, failure->remote_endpoint,
        failure->remote_host, failure->stage_name, failure->cause_name, failure->error, failure->reply,
        failure->tls_protocol, failure->auth_level, failure->diagnosis, failure->path};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        look(texts[i]);
    }
    look_list(failure->offered_extensions);
    look_list(failure->remedy);
    look_list(failure->reference);
    look_list(failure->records);
    look_certificate(failure->certificate);
    look_certificate(failure->remote_certificate);
    if (failure->cause_name.len == 0 || failure->stage_name.len == 0) {
        give_up("a failure without cause or stage");
    }
}

static void look_session(const extls_session *session)
{
    const extls_str texts[] = {session->connector, session->session_id, session->local_endpoint, session->remote_endpoint,
        session->local_host, session->remote_host, session->tls_protocol, session->tls_cipher, session->authentication,
        session->authenticated_as, session->ended_by, session->cause_name, session->path};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        look(texts[i]);
    }
    look_list(session->sender);
    look_list(session->recipient);
    look_list(session->internet_message_id);
    look_list(session->offered_extensions);
    look_list(session->records);
    look_certificate(session->certificate);
    look_certificate(session->remote_certificate);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    uint8_t choice = data[0];
    data++;
    size--;
    put_files(data, size, choice & 32);

    extls_str path = text_of(folder);
    extls_scan_options options;
    memset(&options, 0, sizeof options);
    options.paths.items = &path;
    options.paths.len = 1;
    options.since = options.until = EXTLS_NO_TIME;
    options.wanted = choice & 1;
    options.log_type = (choice >> 1 & 3) % 3;
    options.flags = (choice & 8 ? EXTLS_INCLUDE_REJECTION : 0) | (choice & 16 ? EXTLS_INCLUDE_RECORDS : 0);
    extls_scan *scan = NULL;
    if (call(extls_scan_open(&options, &scan)) != EXTLS_OK) {
        give_up("a good path was refused");
    }
    extls_item item;
    extls_progress progress;
    int32_t status;
    while ((status = call(extls_scan_next(scan, 1000, &item))) != EXTLS_END) {
        if (status == EXTLS_WAITING) {
            continue;
        }
        if ((item.failure != NULL) + (item.session != NULL) + (item.problem != NULL) != 1) {
            give_up("not exactly one pointer");
        }
        if (item.failure != NULL) {
            look_failure(item.failure);
        } else if (item.session != NULL) {
            look_session(item.session);
        } else {
            look_problem(item.problem);
        }
    }
    if (call(extls_scan_progress(scan, &progress)) != EXTLS_OK || progress.files_done > progress.files) {
        give_up("more files done than there are");
    }
    extls_scan_free(scan);
    return 0;
}
