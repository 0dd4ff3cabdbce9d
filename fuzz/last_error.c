/*
 * The LastError of a queue, as an object of Get-Queue has it; the first byte
 * chooses whether the answer is about the queue or a diagnosis.
 */
#include "common.h"

static extls_property property(const char *name, const extls_str *value)
{
    extls_property out;
    memset(&out, 0, sizeof out);
    out.name = text_of(name);
    out.values.items = value;
    out.values.len = 1;
    return out;
}

static void look_queue(const extls_queue_failure *queue)
{
    const extls_str texts[] = {queue->identity, queue->server, queue->next_hop_domain, queue->delivery_type, queue->status,
        queue->last_error, queue->code, queue->enhanced_code, queue->inner_code, queue->inner_enhanced_code, queue->error,
        queue->remote_host, queue->remote_endpoint, queue->last_retry_time, queue->stage_name, queue->cause_name,
        queue->diagnosis};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        look(texts[i]);
    }
    look_list(queue->next_step);
    look_list(queue->reference);
}

static void look_diagnosis(const extls_diagnosis *diagnosis)
{
    look(diagnosis->cause_name);
    look(diagnosis->summary);
    look(diagnosis->connector);
    look(diagnosis->server);
    look_list(diagnosis->remedy);
    look_list(diagnosis->reference);
    for (size_t i = 0; i < diagnosis->evidence_count; i++) {
        look(diagnosis->evidence[i].kind);
        look(diagnosis->evidence[i].text);
        look(diagnosis->evidence[i].name);
        look(diagnosis->evidence[i].path);
        look(diagnosis->evidence[i].thumbprint);
    }
}

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
        if ((answer.queue != NULL) + (answer.connector != NULL) + (answer.diagnosis != NULL) + (answer.problem != NULL) != 1) {
            give_up("not exactly one pointer");
        }
        if (answer.queue != NULL) {
            look_queue(answer.queue);
        } else if (answer.diagnosis != NULL) {
            look_diagnosis(answer.diagnosis);
        } else if (answer.problem != NULL) {
            look_problem(answer.problem);
        }
    }
    extls_evidence_free(evidence);
    return 0;
}
