/*
 * Exported objects (CLIXML, JSON), through files; the answers to them; and the
 * report of those. The first byte chooses: bits 0 and 1 what is asked for, bit 2
 * a second file (from the middle of the input on), bit 3 what a server had
 * beside them (its logs too), bit 4 that the bytes are no export but objects for
 * the report: its kind, then lines of `Name=value|value`, then an empty line.
 * Reads the test data, so it runs at the top of the repository.
 */
#include "answers.h"
#include "folder.h"
#include "page.h"

#define MAX_PROPERTIES 512
#define MAX_VALUES 1024

static const char *const KINDS[] = {"ExchangeTls.Diagnosis", "ExchangeTls.ConnectorFailure", "ExchangeTls.QueueFailure",
    "ExchangeTls.ConnectorTest", "ExchangeTls.CertificateTest", "ExchangeTls.SmtpSession"};

/* An object for the report, while it is put together. */
static extls_property properties[MAX_PROPERTIES];
static extls_str values[MAX_VALUES];
static size_t property_count, value_count;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    open_folder("objects-%d.xml");
    return 0;
}

static void put_list(extls_str name, extls_list list)
{
    if (property_count < MAX_PROPERTIES && list.len <= MAX_VALUES - value_count && name.len > 0) {
        extls_property *property = &properties[property_count++];
        memset(property, 0, sizeof *property);
        property->name = name;
        property->values.items = values + value_count;
        property->values.len = list.len;
        for (size_t i = 0; i < list.len; i++) {
            values[value_count++] = list.items[i];
        }
    }
}

static void put_text(const char *name, extls_str text)
{
    put_list(text_of(name), (extls_list){&text, text.data != NULL});
}

static void add_object(extls_report *report, extls_str kind)
{
    extls_object object;
    memset(&object, 0, sizeof object);
    object.type_names.items = &kind;
    object.type_names.len = kind.len > 0;
    object.properties = properties;
    object.property_count = property_count;
    call(extls_report_add(report, &object)); /* refused where it is of no known kind, or not UTF-8 */
    property_count = value_count = 0;
}

static void add_answer(extls_report *report, const extls_answer *answer)
{
    if (answer->diagnosis != NULL) {
        const extls_diagnosis *one = answer->diagnosis;
        char rank[24];
        snprintf(rank, sizeof rank, "%llu", (unsigned long long)one->rank);
        put_text("Rank", text_of(rank));
        put_text("Cause", one->cause_name);
        put_text("Summary", one->summary);
        put_text("Connector", one->connector);
        put_text("Server", one->server);
        put_list(text_of("Remedy"), one->remedy);
        put_list(text_of("Reference"), one->reference);
        for (size_t i = 0; i < one->evidence_count; i++) {
            put_text("Evidence.Text", one->evidence[i].text);
        }
        add_object(report, text_of(KINDS[0]));
    } else if (answer->queue != NULL) {
        put_text("Identity", answer->queue->identity);
        put_text("NextHopDomain", answer->queue->next_hop_domain);
        put_text("Status", answer->queue->status);
        put_text("Cause", answer->queue->cause_name);
        put_text("LastError", answer->queue->last_error);
        put_list(text_of("NextStep"), answer->queue->next_step);
        add_object(report, text_of(KINDS[2]));
    } else if (answer->connector != NULL) {
        const extls_connector_test *test = answer->connector;
        put_text("Identity", test->identity);
        put_text("Result", test->result_name);
        put_list(text_of("Bindings"), test->bindings);
        put_list(text_of("AuthMechanism"), test->auth_mechanism);
        put_list(text_of("Remedy"), test->remedy);
        for (size_t i = 0; i < test->finding_count; i++) {
            put_text("Findings", test->findings[i].message);
        }
        add_object(report, text_of(KINDS[3]));
    }
}

/* Objects as lines; `data` behind the kind of the first one. */
static void add_lines(extls_report *report, const uint8_t *data, size_t size)
{
    const uint8_t *at = data, *end = data + size;
    while (at < end) {
        size_t kind = *at++;
        while (at < end && *at != '\n') {
            const uint8_t *line = memchr(at, '\n', (size_t)(end - at));
            line = line != NULL ? line : end;
            const uint8_t *sign = memchr(at, '=', (size_t)(line - at));
            sign = sign != NULL ? sign : line;
            extls_str items[64], name = {at, (size_t)(sign - at)};
            size_t count = 0;
            for (at = sign; at < line && count < 64; count++) {
                const uint8_t *value = ++at;
                at = memchr(value, '|', (size_t)(line - value));
                at = at != NULL ? at : line;
                items[count] = (extls_str){value, (size_t)(at - value)};
            }
            put_list(name, (extls_list){items, count});
            at = line < end ? line + 1 : end;
        }
        at += at < end;
        kind -= 'A';
        add_object(report, kind < 6 ? text_of(KINDS[kind]) : (extls_str){NULL, 0});
    }
}

static void ask(extls_report *report, const uint8_t *data, size_t size, uint8_t choice)
{
    extls_evidence_options options;
    extls_evidence *evidence = NULL;
    extls_answer answer;
    extls_list logs;
    put_files(data, size, choice & 4);
    memset(&options, 0, sizeof options);
    options.at = FUZZ_AT;
    options.wanted = (choice & 3) < 3 ? choice & 3 : EXTLS_ANSWER_DIAGNOSES;
    if (call(extls_evidence_new(&options, &evidence)) != EXTLS_OK) {
        give_up("good options were refused");
    }
    const extls_str paths[] = {text_of(folder), text_of("tests/data/scenarios/kb-4051498/collected")};
    const extls_list list = {paths, choice & 8 ? 2 : 1};
    if (call(extls_evidence_add_paths(evidence, &list)) != EXTLS_OK) {
        give_up("good paths were refused");
    }
    while (call(extls_evidence_wait(evidence, 1000)) == EXTLS_WAITING) {
    }
    if (call(extls_evidence_logs(evidence, &logs)) != EXTLS_OK) {
        give_up("no logs");
    }
    look_list(logs);
    if (logs.len > 0) {
        extls_scan_options wanted;
        extls_scan *scan = NULL;
        memset(&wanted, 0, sizeof wanted);
        wanted.paths = logs;
        wanted.since = wanted.until = EXTLS_NO_TIME;
        if (call(extls_scan_open(&wanted, &scan)) != EXTLS_OK) {
            give_up("good logs were refused");
        }
        while (call(extls_evidence_add_scan(evidence, scan, 1000)) == EXTLS_WAITING) {
        }
        extls_scan_free(scan);
    }
    while (call(extls_evidence_next(evidence, &answer)) == EXTLS_OK) {
        look_answer(&answer);
        add_answer(report, &answer);
    }
    extls_evidence_free(evidence);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    extls_report *report = NULL;
    extls_bytes page;
    const extls_str title = {data + 1, size - 1 < 80 ? size - 1 : 80};
    if (call(extls_report_new(&title, FUZZ_AT, &report)) != EXTLS_OK && /* not UTF-8 */
        call(extls_report_new(NULL, FUZZ_AT, &report)) != EXTLS_OK) {
        give_up("a good title was refused");
    }
    if (data[0] & 16) {
        add_lines(report, data + 1, size - 1);
    } else {
        ask(report, data + 1, size - 1, data[0]);
    }
    if (call(extls_report_html(report, &page)) != EXTLS_OK) {
        give_up("no page");
    }
    look_page(page);
    extls_report_free(report);
    return 0;
}
