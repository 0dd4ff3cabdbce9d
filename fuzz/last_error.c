/*
 * The LastError of a queue, as an object of Get-Queue has it; the first byte
 * chooses whether the answer is about the queue or a diagnosis.
 */
#include "answers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    uint8_t choice = data[0];
    const extls_str error = {data + 1, size - 1}, identity = text_of("EX01\\3"), status = text_of("Retry"),
                    domain = text_of("contoso.com"), count = text_of("3"), type = text_of("Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo");
    const extls_property properties[] = {property("Identity", &identity), property("Status", &status),
        property("NextHopDomain", &domain), property("MessageCount", &count), property("LastError", &error)};
    extls_evidence_options options;
    extls_object object;
    extls_evidence *evidence = NULL;
    extls_answer answer;
    memset(&options, 0, sizeof options);
    memset(&object, 0, sizeof object);
    options.at = FUZZ_AT;
    options.wanted = choice & 1 ? EXTLS_ANSWER_DIAGNOSES : EXTLS_ANSWER_QUEUES;
    object.type_names.items = &type;
    object.type_names.len = 1;
    object.properties = properties;
    object.property_count = sizeof properties / sizeof *properties;
    if (call(extls_evidence_new(&options, &evidence)) != EXTLS_OK) {
        give_up("good options were refused");
    }
    call(extls_evidence_add(evidence, &object)); /* refused where it is not UTF-8 */
    while (call(extls_evidence_next(evidence, &answer)) == EXTLS_OK) {
        look_answer(&answer);
    }
    extls_evidence_free(evidence);
    return 0;
}
