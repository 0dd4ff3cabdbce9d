/*
 * A look at all that an answer holds: a queue's failure, a connector's test, a
 * diagnosis or a problem.
 */
#ifndef EXCHANGE_TLS_FUZZ_ANSWERS_H
#define EXCHANGE_TLS_FUZZ_ANSWERS_H

#include "common.h"

/* A property that has one value. */
static inline extls_property property(const char *name, const extls_str *value)
{
    extls_property out;
    memset(&out, 0, sizeof out);
    out.name = text_of(name);
    out.values.items = value;
    out.values.len = 1;
    return out;
}

static inline void look_queue(const extls_queue_failure *queue)
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

static inline void look_connector(const extls_connector_test *test)
{
    look(test->identity);
    look(test->server);
    look(test->tls_certificate_name);
    look(test->result_name);
    look_list(test->bindings);
    look_list(test->auth_mechanism);
    look_list(test->permission_groups);
    look_list(test->remedy);
    look_findings(test->findings, test->finding_count);
    if (test->result_name.len == 0) {
        give_up("a test without a result");
    }
}

static inline void look_diagnosis(const extls_diagnosis *diagnosis)
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
    if (diagnosis->cause_name.len == 0 || diagnosis->summary.len == 0 || diagnosis->rank == 0) {
        give_up("a diagnosis without cause, words or rank");
    }
}

static inline void look_answer(const extls_answer *answer)
{
    if ((answer->queue != NULL) + (answer->connector != NULL) + (answer->diagnosis != NULL) + (answer->problem != NULL) != 1) {
        give_up("not exactly one pointer");
    }
    if (answer->queue != NULL) {
        look_queue(answer->queue);
    } else if (answer->connector != NULL) {
        look_connector(answer->connector);
    } else if (answer->diagnosis != NULL) {
        look_diagnosis(answer->diagnosis);
    } else {
        look_problem(answer->problem);
    }
}

#endif
