/*
 * ExchangeTls: why Exchange mail hangs in the queue, as a C library.
 *
 * Written by cbindgen from the Rust sources; do not edit.
 *
 * Conventions, once for all functions:
 *
 * - A function that can fail returns a status: EXTLS_OK (0), a positive number
 *   for "done, but nothing to give", a negative one for an error.
 *   extls_last_error gives the text of the last error on the calling thread.
 * - Outputs are written only with EXTLS_OK.
 * - NULL where a pointer is needed is answered with EXTLS_INVALID_ARGUMENT.
 * - What a function is given is copied before it returns; nothing but a
 *   ..._free function takes anything over.
 * - Text is UTF-8 with a length, both ways, without a terminating NUL. Control
 *   characters, and characters that are invisible or change the direction of
 *   writing, come out escaped as \u001B: texts can be printed as they are.
 * - What an output points to belongs to the library and stays as it is until
 *   the next call with the same handle.
 * - A handle may be used by any thread, but only by one at a time.
 */


#ifndef EXCHANGE_TLS_H
#define EXCHANGE_TLS_H

#include <stddef.h>
#include <stdint.h>

/**
 * Raised whenever a struct, a number or a promise of this header changes so
 * that a caller compiled against the old one would misread it.
 */
#define EXTLS_ABI_VERSION 1

/**
 * The call did what was asked; its outputs are written.
 */
#define EXTLS_OK 0

/**
 * There is nothing more to give.
 */
#define EXTLS_END 1

/**
 * Nothing was found within the time given; call again.
 */
#define EXTLS_WAITING 2

/**
 * An argument cannot be used; extls_last_error says which and why.
 */
#define EXTLS_INVALID_ARGUMENT -1

/**
 * A defect of this library; extls_last_error says where. The handle is of no use any more.
 */
#define EXTLS_PANIC -2

/**
 * In place of a time: not known.
 */
#define EXTLS_NO_TIME INT64_MIN

/**
 * timeout_seconds: no path is ever given up.
 */
#define EXTLS_NO_TIMEOUT UINT32_MAX

/**
 * extls_scan_options.wanted: failed sessions.
 */
#define EXTLS_WANTED_FAILURES 0

/**
 * extls_scan_options.wanted: all sessions.
 */
#define EXTLS_WANTED_SESSIONS 1

/**
 * log_type: both kinds of log (in options only).
 */
#define EXTLS_LOG_ANY 0

/**
 * log_type: SMTP Send Protocol Log.
 */
#define EXTLS_LOG_SEND 1

/**
 * log_type: SMTP Receive Protocol Log.
 */
#define EXTLS_LOG_RECEIVE 2

/**
 * extls_scan_options.flags: read the folders below a folder too.
 */
#define EXTLS_RECURSE 1

/**
 * extls_scan_options.flags: no character of a path is a wildcard.
 */
#define EXTLS_LITERAL 2

/**
 * extls_scan_options.flags: also sessions in which only messages or recipients were refused.
 */
#define EXTLS_INCLUDE_REJECTION 4

/**
 * extls_scan_options.flags: give the records of each session.
 */
#define EXTLS_INCLUDE_RECORDS 8

/**
 * extls_certs_file.role: certificates to be tested.
 */
#define EXTLS_ROLE_TESTED 0

/**
 * extls_certs_file.role: certificates that may stand between those and a root.
 */
#define EXTLS_ROLE_INTERMEDIATE 1

/**
 * extls_certs_file.role: certificates that are trusted.
 */
#define EXTLS_ROLE_ROOT 2

/**
 * extls_certs_file.role: certificate revocation lists.
 */
#define EXTLS_ROLE_CRL 3

/**
 * The answer to a question of yes or no: no.
 */
#define EXTLS_NO 0

/**
 * The answer to a question of yes or no: yes.
 */
#define EXTLS_YES 1

/**
 * The answer to a question of yes or no: not known, or not asked.
 */
#define EXTLS_NOT_KNOWN 2

/**
 * extls_evidence_options.wanted: an extls_queue_failure for each queue with an error.
 */
#define EXTLS_ANSWER_QUEUES 0

/**
 * extls_evidence_options.wanted: an extls_connector_test for each receive connector.
 */
#define EXTLS_ANSWER_CONNECTORS 1

/**
 * extls_evidence_options.wanted: an extls_diagnosis for each problem, worst first.
 */
#define EXTLS_ANSWER_DIAGNOSES 2

/**
 * Why a session failed. The numbers are those of the C ABI and never change;
 * a cause that is given up keeps its number as a comment.
 */
enum extls_cause
#ifdef __cplusplus
  : uint32_t
#endif // __cplusplus
 {
  /**
   * The certificate this server sent is not bound to SMTP.
   */
  EXTLS_CAUSE_OWN_CERTIFICATE_NOT_ENABLED = 1,
  /**
   * The certificate this server picked has no usable private key.
   */
  EXTLS_CAUSE_OWN_CERTIFICATE_NO_KEY = 2,
  /**
   * No certificate matches the connector's TlsCertificateName.
   */
  EXTLS_CAUSE_OWN_CERTIFICATE_NOT_FOUND = 3,
  /**
   * The peer refuses the certificate this server sent.
   */
  EXTLS_CAUSE_OWN_CERTIFICATE_REJECTED = 4,
  /**
   * This server does not trust the peer's certificate.
   */
  EXTLS_CAUSE_PEER_CERTIFICATE_UNTRUSTED = 5,
  /**
   * The peer's certificate has expired.
   */
  EXTLS_CAUSE_PEER_CERTIFICATE_EXPIRED = 6,
  /**
   * The peer's certificate does not carry the name that was asked for.
   */
  EXTLS_CAUSE_PEER_CERTIFICATE_NAME_MISMATCH = 7,
  /**
   * The peer's certificate was revoked.
   */
  EXTLS_CAUSE_PEER_CERTIFICATE_REVOKED = 8,
  /**
   * A policy refuses the session: domain security, MTA-STS or DANE.
   */
  EXTLS_CAUSE_TLS_POLICY_FAILED = 9,
  /**
   * The connection ended inside the TLS handshake.
   */
  EXTLS_CAUSE_TLS_ABORTED = 10,
  /**
   * The two sides share no TLS version or cipher suite.
   */
  EXTLS_CAUSE_TLS_NO_COMMON_ALGORITHM = 11,
  /**
   * The handshake was changed or damaged on the way.
   */
  EXTLS_CAUSE_TLS_GARBLED = 12,
  /**
   * TLS failed with another error, or STARTTLS was refused.
   */
  EXTLS_CAUSE_TLS_FAILED = 13,
  /**
   * TLS is required and was not offered, or not used.
   */
  EXTLS_CAUSE_START_TLS_NOT_OFFERED = 14,
  /**
   * Exchange Server authentication could not be had from the peer.
   */
  EXTLS_CAUSE_EXCHANGE_AUTH_UNAVAILABLE = 15,
  /**
   * The credentials were refused.
   */
  EXTLS_CAUSE_AUTHENTICATION_FAILED = 16,
  /**
   * Exchange Online cannot tell which tenant the session belongs to.
   */
  EXTLS_CAUSE_TENANT_NOT_ATTRIBUTED = 17,
  /**
   * The peer refused the TCP connection.
   */
  EXTLS_CAUSE_CONNECTION_REFUSED = 18,
  /**
   * The TCP connection timed out.
   */
  EXTLS_CAUSE_CONNECTION_TIMED_OUT = 19,
  /**
   * There is no route to the peer.
   */
  EXTLS_CAUSE_NETWORK_UNREACHABLE = 20,
  /**
   * The TCP connection failed for another reason.
   */
  EXTLS_CAUSE_CONNECT_FAILED = 21,
  /**
   * The name of the next hop could not be resolved.
   */
  EXTLS_CAUSE_DNS_FAILED = 22,
  /**
   * The connection ended with work unfinished.
   */
  EXTLS_CAUSE_CONNECTION_LOST = 23,
  /**
   * One side does not take the session now, or at all.
   */
  EXTLS_CAUSE_SERVICE_UNAVAILABLE = 24,
  /**
   * A message or recipient was refused.
   */
  EXTLS_CAUSE_MESSAGE_REJECTED = 25,
  /**
   * The peer limits or defers this sender.
   */
  EXTLS_CAUSE_THROTTLED = 26,
  /**
   * A failure with none of the marks above.
   */
  EXTLS_CAUSE_UNKNOWN = 27,
};
#ifndef __cplusplus
typedef uint32_t extls_cause;
#endif // __cplusplus

/**
 * How far a session came.
 */
enum extls_stage
#ifdef __cplusplus
  : uint32_t
#endif // __cplusplus
 {
  /**
   * Resolving the name of the next hop.
   */
  EXTLS_STAGE_DNS = 1,
  /**
   * Opening the TCP connection.
   */
  EXTLS_STAGE_CONNECT = 2,
  /**
   * Banner and EHLO.
   */
  EXTLS_STAGE_GREETING = 3,
  /**
   * The STARTTLS command and its answer.
   */
  EXTLS_STAGE_START_TLS = 4,
  /**
   * The TLS handshake.
   */
  EXTLS_STAGE_TLS_HANDSHAKE = 5,
  /**
   * Judging the other side's certificate.
   */
  EXTLS_STAGE_PEER_CERTIFICATE = 6,
  /**
   * AUTH, X-EXPS and Exchange Server authentication.
   */
  EXTLS_STAGE_AUTHENTICATION = 7,
  /**
   * MAIL, RCPT, DATA and BDAT.
   */
  EXTLS_STAGE_MAIL = 8,
  /**
   * The session as a whole.
   */
  EXTLS_STAGE_SESSION = 9,
};
#ifndef __cplusplus
typedef uint32_t extls_stage;
#endif // __cplusplus

/**
 * Certificates to be tested, and by what. Made by extls_certs_new, ended by
 * extls_certs_free; may be used by any thread, by one at a time.
 */
typedef struct extls_certs extls_certs;

/**
 * What tells why mail hangs. Made by extls_evidence_new, ended by
 * extls_evidence_free; may be used by any thread, by one at a time.
 */
typedef struct extls_evidence extls_evidence;

/**
 * A report. Made by extls_report_new, ended by extls_report_free; may be used
 * by any thread, by one at a time.
 */
typedef struct extls_report extls_report;

/**
 * A scan of log files. Made by extls_scan_open, ended by extls_scan_free; may
 * be used by any thread, by one at a time.
 */
typedef struct extls_scan extls_scan;

/**
 * UTF-8 text, not terminated. `data` is NULL where nothing is known; text that
 * is known to be empty has a `data` that is not NULL.
 */
typedef struct extls_str {
  /**
   * The first byte.
   */
  const uint8_t *data;
  /**
   * How many bytes.
   */
  size_t len;
} extls_str;

/**
 * A cause and what is known of it without a session.
 */
typedef struct extls_cause_info {
  /**
   * Its name, as users read and type it.
   */
  struct extls_str name;
  /**
   * What it means, in one line.
   */
  struct extls_str title;
  /**
   * The name of the stage it belongs to.
   */
  struct extls_str stage_name;
  /**
   * Its number: an extls_cause.
   */
  uint32_t cause;
  /**
   * The number of the stage: an extls_stage.
   */
  uint32_t stage;
} extls_cause_info;

/**
 * Several texts.
 */
typedef struct extls_list {
  /**
   * The first text; NULL where there is none.
   */
  const struct extls_str *items;
  /**
   * How many.
   */
  size_t len;
} extls_list;

/**
 * What a scan reads and gives. Zero everywhere but in `paths`, `since` and
 * `until` (EXTLS_NO_TIME) asks for all failures.
 */
typedef struct extls_scan_options {
  /**
   * Log files, folders, wildcards.
   */
  struct extls_list paths;
  /**
   * Wildcards for connector names; none means every connector.
   */
  struct extls_list connectors;
  /**
   * Numbers of causes; none means every cause.
   */
  const uint32_t *causes;
  /**
   * How many causes.
   */
  size_t cause_count;
  /**
   * Nothing before this time, in milliseconds since 1970-01-01 UTC.
   */
  int64_t since;
  /**
   * Nothing after this time.
   */
  int64_t until;
  /**
   * EXTLS_WANTED_FAILURES or EXTLS_WANTED_SESSIONS.
   */
  uint32_t wanted;
  /**
   * EXTLS_LOG_ANY, EXTLS_LOG_SEND or EXTLS_LOG_RECEIVE.
   */
  uint32_t log_type;
  /**
   * EXTLS_RECURSE, EXTLS_LITERAL, EXTLS_INCLUDE_REJECTION, EXTLS_INCLUDE_RECORDS, added up.
   */
  uint32_t flags;
  /**
   * How many seconds a path may give no answer before it is given up; 0 for
   * 60 seconds, EXTLS_NO_TIMEOUT for ever.
   */
  uint32_t timeout_seconds;
} extls_scan_options;

/**
 * What a log says of a certificate.
 */
typedef struct extls_certificate {
  /**
   * Distinguished name of the subject.
   */
  struct extls_str subject;
  /**
   * Distinguished name of the issuer.
   */
  struct extls_str issuer;
  /**
   * Serial number, hexadecimal.
   */
  struct extls_str serial_number;
  /**
   * SHA-1 of the certificate, hexadecimal.
   */
  struct extls_str thumbprint;
  /**
   * Subject alternate names.
   */
  struct extls_list alternate_names;
  /**
   * Start of validity, in milliseconds since 1970-01-01 UTC, or EXTLS_NO_TIME.
   */
  int64_t not_before;
  /**
   * End of validity.
   */
  int64_t not_after;
} extls_certificate;

/**
 * A failed session. Times are in milliseconds since 1970-01-01 UTC, or EXTLS_NO_TIME.
 */
typedef struct extls_failure {
  /**
   * The connector, as logged.
   */
  struct extls_str connector;
  /**
   * The session id, as logged.
   */
  struct extls_str session_id;
  /**
   * This server's address and port.
   */
  struct extls_str local_endpoint;
  /**
   * The peer's address and port.
   */
  struct extls_str remote_endpoint;
  /**
   * The name the peer gave in banner or EHLO.
   */
  struct extls_str remote_host;
  /**
   * The name of `stage`.
   */
  struct extls_str stage_name;
  /**
   * The name of `cause`.
   */
  struct extls_str cause_name;
  /**
   * The word as logged.
   */
  struct extls_str error;
  /**
   * The SMTP reply that shows it; its lines are divided by LF.
   */
  struct extls_str reply;
  /**
   * TLS1.2, for example.
   */
  struct extls_str tls_protocol;
  /**
   * The auth level that was to be reached.
   */
  struct extls_str auth_level;
  /**
   * What happened, in one or two sentences.
   */
  struct extls_str diagnosis;
  /**
   * The file of the failing record.
   */
  struct extls_str path;
  /**
   * EHLO keywords of the last greeting before the failure.
   */
  struct extls_list offered_extensions;
  /**
   * Ready commands, in order.
   */
  struct extls_list remedy;
  /**
   * Article numbers or links.
   */
  struct extls_list reference;
  /**
   * The records, where they were asked for.
   */
  struct extls_list records;
  /**
   * The certificate this server sent, or NULL.
   */
  const struct extls_certificate *certificate;
  /**
   * The certificate the peer sent, or NULL.
   */
  const struct extls_certificate *remote_certificate;
  /**
   * Time of the record that shows the failure.
   */
  int64_t time;
  /**
   * Time of the first record of the session.
   */
  int64_t start_time;
  /**
   * The line of the failing record, from 1.
   */
  uint64_t line;
  /**
   * EXTLS_LOG_SEND or EXTLS_LOG_RECEIVE.
   */
  uint32_t log_type;
  /**
   * An extls_stage.
   */
  uint32_t stage;
  /**
   * An extls_cause.
   */
  uint32_t cause;
  /**
   * 1 where neither start nor end of the session is missing, else 0.
   */
  uint32_t complete;
} extls_failure;

/**
 * A session, failed or not. Times and lengths are in milliseconds, or EXTLS_NO_TIME.
 */
typedef struct extls_session {
  /**
   * The connector, as logged.
   */
  struct extls_str connector;
  /**
   * The session id, as logged.
   */
  struct extls_str session_id;
  /**
   * This server's address and port.
   */
  struct extls_str local_endpoint;
  /**
   * The peer's address and port.
   */
  struct extls_str remote_endpoint;
  /**
   * The name this server gave in banner or EHLO.
   */
  struct extls_str local_host;
  /**
   * The name the peer gave in banner or EHLO.
   */
  struct extls_str remote_host;
  /**
   * TLS1.2, for example.
   */
  struct extls_str tls_protocol;
  /**
   * The bulk encryption algorithm, as logged.
   */
  struct extls_str tls_cipher;
  /**
   * The mechanism of AUTH or X-EXPS.
   */
  struct extls_str authentication;
  /**
   * Who authenticated.
   */
  struct extls_str authenticated_as;
  /**
   * The context of the record that ends the session.
   */
  struct extls_str ended_by;
  /**
   * The name of `cause`; nothing where nothing failed.
   */
  struct extls_str cause_name;
  /**
   * The file of the first record.
   */
  struct extls_str path;
  /**
   * Reverse-paths of MAIL.
   */
  struct extls_list sender;
  /**
   * Forward-paths of RCPT.
   */
  struct extls_list recipient;
  /**
   * Message ids.
   */
  struct extls_list internet_message_id;
  /**
   * EHLO keywords of the last greeting.
   */
  struct extls_list offered_extensions;
  /**
   * The records, where they were asked for.
   */
  struct extls_list records;
  /**
   * The certificate this server sent, or NULL.
   */
  const struct extls_certificate *certificate;
  /**
   * The certificate the peer sent, or NULL.
   */
  const struct extls_certificate *remote_certificate;
  /**
   * Time of the first record.
   */
  int64_t start_time;
  /**
   * Time of the last record.
   */
  int64_t end_time;
  /**
   * From the first record to the last.
   */
  int64_t duration;
  /**
   * The longest silence between two records.
   */
  int64_t longest_gap;
  /**
   * The line of the first record, from 1.
   */
  uint64_t line;
  /**
   * How many records the session has.
   */
  uint64_t record_count;
  /**
   * EXTLS_LOG_SEND or EXTLS_LOG_RECEIVE.
   */
  uint32_t log_type;
  /**
   * An extls_cause, or 0 where nothing failed.
   */
  uint32_t cause;
  /**
   * Messages accepted.
   */
  uint32_t message_count;
  /**
   * 1 where neither start nor end of the session is missing, else 0.
   */
  uint32_t complete;
} extls_session;

/**
 * Something that could not be read.
 */
typedef struct extls_problem {
  /**
   * A stable name: NotFound, Unreadable, NotAProtocolLog, OtherDirection, BadRecord, TimedOut.
   */
  struct extls_str kind;
  /**
   * What was found and what was expected.
   */
  struct extls_str text;
  /**
   * The file.
   */
  struct extls_str path;
  /**
   * The line, from 1; 0 where it is about the whole file.
   */
  uint64_t line;
  /**
   * 1 where the whole file or path is lost, 0 where it is one record.
   */
  uint32_t whole_file;
  /**
   * Zero.
   */
  uint32_t reserved;
} extls_problem;

/**
 * One thing a scan found: exactly one of the pointers is not NULL. What it
 * points to stays as it is until the next call with the same scan.
 */
typedef struct extls_item {
  /**
   * A failed session.
   */
  const struct extls_failure *failure;
  /**
   * A session.
   */
  const struct extls_session *session;
  /**
   * Something that could not be read.
   */
  const struct extls_problem *problem;
} extls_item;

/**
 * What a scan found: sessions, as many as are there, or one other thing in
 * `item`. It says where everything lies that the sessions point to, so that it
 * can be copied in few pieces.
 */
typedef struct extls_page {
  /**
   * The first session; the others lie behind it. NULL where there is none.
   */
  const struct extls_session *sessions;
  /**
   * How many.
   */
  size_t session_count;
  /**
   * Texts that belong to one session.
   */
  const uint8_t *text;
  /**
   * How many bytes.
   */
  size_t text_len;
  /**
   * Lists of such texts.
   */
  const struct extls_str *listed;
  /**
   * How many texts are in them.
   */
  size_t listed_count;
  /**
   * Texts that sessions share; equal ones have the same address. Each begins
   * at a multiple of 8 bytes from here.
   */
  const uint8_t *known_text;
  /**
   * How many bytes.
   */
  size_t known_text_len;
  /**
   * Lists of such texts; equal lists have the same address.
   */
  const struct extls_str *known_listed;
  /**
   * How many texts are in them.
   */
  size_t known_listed_count;
  /**
   * Certificates; equal ones have the same address.
   */
  const struct extls_certificate *known_certificates;
  /**
   * How many.
   */
  size_t known_certificate_count;
  /**
   * As long as this is the same from page to page, what is known stays where
   * it is, and more is added at its end.
   */
  uint64_t known_generation;
  /**
   * A failure or a problem, and no sessions; else all of it is NULL.
   */
  struct extls_item item;
} extls_page;

/**
 * How far a scan has come.
 */
typedef struct extls_progress {
  /**
   * Files to read.
   */
  uint64_t files;
  /**
   * Files that are done with: read to their end, or lost.
   */
  uint64_t files_done;
  /**
   * Bytes of the files, as they were when the scan began.
   */
  uint64_t bytes;
  /**
   * Bytes read.
   */
  uint64_t bytes_done;
} extls_progress;

/**
 * What certificates are tested for.
 */
typedef struct extls_certs_options {
  /**
   * The name that a peer will ask for; NULL where none is asked for.
   */
  struct extls_str fqdn;
  /**
   * `<I>issuer<S>subject`; NULL where none is asked for.
   */
  struct extls_str tls_certificate_name;
  /**
   * The instant to judge at, in milliseconds since 1970-01-01 UTC; EXTLS_NO_TIME is now.
   */
  int64_t at;
  /**
   * How many days before its end a certificate expires "soon".
   */
  uint32_t expiry_warning_days;
  /**
   * How many seconds a path may give no answer before it is given up; 0 for
   * 60 seconds, EXTLS_NO_TIMEOUT for ever.
   */
  uint32_t timeout_seconds;
} extls_certs_options;

/**
 * Some bytes.
 */
typedef struct extls_bytes {
  /**
   * The first byte.
   */
  const uint8_t *data;
  /**
   * How many.
   */
  size_t len;
} extls_bytes;

/**
 * What one file, or one entry of a store, holds: DER, PEM (several, with text
 * around) or PKCS #7.
 */
typedef struct extls_certs_file {
  /**
   * Its bytes.
   */
  struct extls_bytes content;
  /**
   * A store path or a file name, for people.
   */
  struct extls_str source;
  /**
   * The Exchange services of the one certificate in it; NULL where not known.
   */
  struct extls_str services;
  /**
   * An EXTLS_ROLE_ number.
   */
  uint32_t role;
  /**
   * Whether the private key of the one certificate in it is there:
   * EXTLS_NO, EXTLS_YES or EXTLS_NOT_KNOWN.
   */
  uint32_t has_private_key;
} extls_certs_file;

/**
 * A send connector that presents the certificates.
 */
typedef struct extls_send_connector {
  /**
   * Its name or identity.
   */
  struct extls_str name;
  /**
   * What it says in EHLO; NULL where not known.
   */
  struct extls_str fqdn;
  /**
   * Its TlsAuthLevel; NULL where it has none.
   */
  struct extls_str tls_auth_level;
  /**
   * Its TlsDomain; NULL where it has none.
   */
  struct extls_str tls_domain;
  /**
   * Its TlsCertificateName: NULL where not known, empty where it has none.
   */
  struct extls_str tls_certificate_name;
  /**
   * Its smart hosts, names or addresses.
   */
  struct extls_list smart_hosts;
  /**
   * EXTLS_NO, EXTLS_YES or EXTLS_NOT_KNOWN.
   */
  uint32_t require_tls;
  /**
   * EXTLS_NO, EXTLS_YES or EXTLS_NOT_KNOWN.
   */
  uint32_t dns_routing;
} extls_send_connector;

/**
 * One finding about a certificate.
 */
typedef struct extls_finding {
  /**
   * The name of `code`.
   */
  struct extls_str code_name;
  /**
   * The name of `severity`.
   */
  struct extls_str severity_name;
  /**
   * What was found and what was expected, in a sentence.
   */
  struct extls_str message;
  /**
   * Subject of the certificate it is about.
   */
  struct extls_str element;
  /**
   * As in extls_finding_info.
   */
  uint32_t code;
  /**
   * 1 Info, 2 Warning, 3 Error.
   */
  uint32_t severity;
} extls_finding;

/**
 * A certificate of a chain.
 */
typedef struct extls_chain_element {
  /**
   * Its subject.
   */
  struct extls_str subject;
  /**
   * Its thumbprint.
   */
  struct extls_str thumbprint;
  /**
   * Where it came from.
   */
  struct extls_str source;
} extls_chain_element;

/**
 * The test of one certificate. Times are in milliseconds since 1970-01-01 UTC, or EXTLS_NO_TIME.
 */
typedef struct extls_certificate_test {
  /**
   * The subject, as Windows writes it.
   */
  struct extls_str subject;
  /**
   * The issuer, as Windows writes it.
   */
  struct extls_str issuer;
  /**
   * The serial number, hexadecimal.
   */
  struct extls_str serial_number;
  /**
   * SHA-1 of the certificate, hexadecimal.
   */
  struct extls_str thumbprint;
  /**
   * The Exchange services, where known.
   */
  struct extls_str services;
  /**
   * Store path or file.
   */
  struct extls_str source;
  /**
   * The name of `result`: Pass, Warning or Fail.
   */
  struct extls_str result_name;
  /**
   * The alternate names.
   */
  struct extls_list alternate_names;
  /**
   * Ready commands, in order.
   */
  struct extls_list remedy;
  /**
   * Every finding, worst first.
   */
  const struct extls_finding *findings;
  /**
   * How many findings.
   */
  size_t finding_count;
  /**
   * From the certificate to the root, as far as it could be built.
   */
  const struct extls_chain_element *chain;
  /**
   * How many certificates the chain has.
   */
  size_t chain_count;
  /**
   * Start of validity.
   */
  int64_t not_before;
  /**
   * End of validity.
   */
  int64_t not_after;
  /**
   * Whole days until the end, negative after it, or EXTLS_NO_TIME.
   */
  int64_t days_left;
  /**
   * EXTLS_NO, EXTLS_YES or EXTLS_NOT_KNOWN.
   */
  uint32_t has_private_key;
  /**
   * EXTLS_NO, EXTLS_YES or EXTLS_NOT_KNOWN.
   */
  uint32_t self_signed;
  /**
   * Whether a connector with the name asked for presents this one; EXTLS_NOT_KNOWN where no name was asked for.
   */
  uint32_t selected;
  /**
   * 1 Pass, 2 Warning, 3 Fail.
   */
  uint32_t result;
} extls_certificate_test;

/**
 * One thing a test gives: exactly one of the pointers is not NULL. What it
 * points to stays as it is until the next call with the same handle.
 */
typedef struct extls_certs_item {
  /**
   * The test of a certificate.
   */
  const struct extls_certificate_test *test;
  /**
   * An intermediate, a root or a list that could not be read and was left out.
   */
  const struct extls_problem *problem;
} extls_certs_item;

/**
 * What is known of a code of findings without a certificate.
 */
typedef struct extls_finding_info {
  /**
   * Its name.
   */
  struct extls_str name;
  /**
   * What it means, in one line.
   */
  struct extls_str title;
  /**
   * The name of the severity it usually has.
   */
  struct extls_str severity_name;
  /**
   * Its number.
   */
  uint32_t code;
  /**
   * 1 Info, 2 Warning, 3 Error.
   */
  uint32_t severity;
} extls_finding_info;

/**
 * What evidence is gathered for.
 */
typedef struct extls_evidence_options {
  /**
   * The instant to judge at, in milliseconds since 1970-01-01 UTC; EXTLS_NO_TIME is now.
   */
  int64_t at;
  /**
   * EXTLS_ANSWER_QUEUES, EXTLS_ANSWER_CONNECTORS or EXTLS_ANSWER_DIAGNOSES.
   */
  uint32_t wanted;
  /**
   * How many seconds a path may give no answer before it is given up; 0 for
   * 60 seconds, EXTLS_NO_TIMEOUT for ever.
   */
  uint32_t timeout_seconds;
} extls_evidence_options;

/**
 * A property of an object. A name with a dot (`Certificate.Thumbprint`) is a
 * property of an object that is the property's value.
 */
typedef struct extls_property {
  /**
   * Its name.
   */
  struct extls_str name;
  /**
   * Its values as texts, times in ISO 8601 with their offset; none where it is empty.
   */
  struct extls_list values;
  /**
   * Its value where that is bytes.
   */
  struct extls_bytes bytes;
} extls_property;

/**
 * An object of the Exchange shell: what Get-Queue, Get-SendConnector,
 * Get-ReceiveConnector, Get-ExchangeCertificate or Get-TransportService gave.
 * What it does not have is not known, and is not the same as empty.
 */
typedef struct extls_object {
  /**
   * The names of its type and of those it derives from; with or without `Deserialized.`.
   */
  struct extls_list type_names;
  /**
   * The text it shows itself as; NULL where there is none.
   */
  struct extls_str display;
  /**
   * Where it came from, for people; NULL where that is of no use.
   */
  struct extls_str source;
  /**
   * Its properties.
   */
  const struct extls_property *properties;
  /**
   * How many; more than 1,000 are refused.
   */
  size_t property_count;
} extls_object;

/**
 * Why a queue hangs.
 */
typedef struct extls_queue_failure {
  /**
   * The queue.
   */
  struct extls_str identity;
  /**
   * The server that holds it.
   */
  struct extls_str server;
  /**
   * Where its mail is to go next.
   */
  struct extls_str next_hop_domain;
  /**
   * How.
   */
  struct extls_str delivery_type;
  /**
   * Retry, Active, Suspended ...
   */
  struct extls_str status;
  /**
   * The text that was read, whole.
   */
  struct extls_str last_error;
  /**
   * The SMTP code of the outermost reply.
   */
  struct extls_str code;
  /**
   * Its enhanced status code.
   */
  struct extls_str enhanced_code;
  /**
   * The SMTP code of the innermost reply; NULL where there is but one.
   */
  struct extls_str inner_code;
  /**
   * Its enhanced status code.
   */
  struct extls_str inner_enhanced_code;
  /**
   * The word or number that names the cause.
   */
  struct extls_str error;
  /**
   * The host that was tried last.
   */
  struct extls_str remote_host;
  /**
   * Its address.
   */
  struct extls_str remote_endpoint;
  /**
   * When it was tried last: ISO 8601 in UTC where that is certain, else as written.
   */
  struct extls_str last_retry_time;
  /**
   * The name of `stage`; NULL where the cause is not known.
   */
  struct extls_str stage_name;
  /**
   * The name of `cause`.
   */
  struct extls_str cause_name;
  /**
   * What happened, in one or two sentences.
   */
  struct extls_str diagnosis;
  /**
   * Ready commands, in order.
   */
  struct extls_list next_step;
  /**
   * Article numbers or links.
   */
  struct extls_list reference;
  /**
   * How many messages wait, or -1 where that is not known.
   */
  int64_t message_count;
  /**
   * An extls_stage, or 0 where the cause is not known.
   */
  uint32_t stage;
  /**
   * An extls_cause.
   */
  uint32_t cause;
} extls_queue_failure;

/**
 * The test of a receive connector.
 */
typedef struct extls_connector_test {
  /**
   * The connector.
   */
  struct extls_str identity;
  /**
   * Its server.
   */
  struct extls_str server;
  /**
   * Its TlsCertificateName; NULL where it has none or that is not known.
   */
  struct extls_str tls_certificate_name;
  /**
   * The name of `result`: Pass, Warning or Fail.
   */
  struct extls_str result_name;
  /**
   * Addresses and ports it listens on.
   */
  struct extls_list bindings;
  /**
   * How callers may authenticate; items is NULL where that is not known.
   */
  struct extls_list auth_mechanism;
  /**
   * Who may use it; items is NULL where that is not known.
   */
  struct extls_list permission_groups;
  /**
   * Ready commands, in order.
   */
  struct extls_list remedy;
  /**
   * Every finding, worst first.
   */
  const struct extls_finding *findings;
  /**
   * How many findings.
   */
  size_t finding_count;
  /**
   * 1 Pass, 2 Warning, 3 Fail.
   */
  uint32_t result;
  /**
   * Zero.
   */
  uint32_t reserved;
} extls_connector_test;

/**
 * Something that shows a problem.
 */
typedef struct extls_shown {
  /**
   * Queue, Log, Certificate, SendConnector or ReceiveConnector.
   */
  struct extls_str kind;
  /**
   * What it shows.
   */
  struct extls_str text;
  /**
   * The queue, the connector, or the server of a certificate.
   */
  struct extls_str name;
  /**
   * The file.
   */
  struct extls_str path;
  /**
   * The thumbprint of a certificate.
   */
  struct extls_str thumbprint;
  /**
   * The line in the file, from 1; 0 where there is none.
   */
  uint64_t line;
} extls_shown;

/**
 * One problem. Times are in milliseconds since 1970-01-01 UTC, or EXTLS_NO_TIME.
 */
typedef struct extls_diagnosis {
  /**
   * The name of `cause`.
   */
  struct extls_str cause_name;
  /**
   * What is wrong, in a few sentences.
   */
  struct extls_str summary;
  /**
   * The connector, where one is concerned.
   */
  struct extls_str connector;
  /**
   * The server, where it is known.
   */
  struct extls_str server;
  /**
   * Ready commands, in order.
   */
  struct extls_list remedy;
  /**
   * Article numbers or links.
   */
  struct extls_list reference;
  /**
   * What shows it.
   */
  const struct extls_shown *evidence;
  /**
   * How many pieces of evidence.
   */
  size_t evidence_count;
  /**
   * The first session that failed, else the first try of a queue that is known.
   */
  int64_t first_seen;
  /**
   * The last one.
   */
  int64_t last_seen;
  /**
   * 1 for the worst.
   */
  uint64_t rank;
  /**
   * How many sessions failed; where no log shows any, how many queues wait.
   */
  uint64_t count;
  /**
   * Messages that wait in the queues concerned.
   */
  uint64_t message_count;
  /**
   * An extls_cause.
   */
  uint32_t cause;
  /**
   * Zero.
   */
  uint32_t reserved;
} extls_diagnosis;

/**
 * One answer: exactly one of the pointers is not NULL. What it points to stays
 * as it is until the next call with the same handle.
 */
typedef struct extls_answer {
  /**
   * Why a queue hangs.
   */
  const struct extls_queue_failure *queue;
  /**
   * The test of a receive connector.
   */
  const struct extls_connector_test *connector;
  /**
   * One problem.
   */
  const struct extls_diagnosis *diagnosis;
  /**
   * Something that could not be read.
   */
  const struct extls_problem *problem;
} extls_answer;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The number of this ABI. A caller compiled against another EXTLS_ABI_VERSION
 * must not call anything else.
 */
uint32_t extls_abi_version(void);

/**
 * The version of the library, as "1.2.3", terminated by NUL.
 */
const char *extls_version(void);

/**
 * The text of the last error on this thread. It stays as it is until the next
 * call on this thread that fails.
 *
 * # Safety
 * `text` must be NULL or point to an extls_str.
 */
int32_t extls_last_error(struct extls_str *text);

/**
 * What is known of a cause, by its place in the list from 0; EXTLS_END behind
 * the last one. The texts are there as long as the library is loaded.
 *
 * # Safety
 * `info` must be NULL or point to an extls_cause_info.
 */
int32_t extls_cause_at(uint32_t place, struct extls_cause_info *info);

/**
 * Begins a scan of the files that the options name, on a thread of its own.
 * Files that cannot be used are problems of the scan, not errors of this call.
 *
 * # Safety
 * `options` must be NULL or point to options whose texts can be read; `scan`
 * must be NULL or point to a place for a pointer.
 */
int32_t extls_scan_open(const struct extls_scan_options *options, struct extls_scan **scan);

/**
 * Gives the next item. EXTLS_WAITING where none was found within `wait_ms`
 * milliseconds (0 only looks), EXTLS_END behind the last one. It never waits
 * longer, whatever the disk does.
 *
 * # Safety
 * `scan` must be NULL or come from extls_scan_open and not be freed; `item`
 * must be NULL or point to an extls_item.
 */
int32_t extls_scan_next(struct extls_scan *scan, uint32_t wait_ms, struct extls_item *item);

/**
 * Gives what was found by now: sessions, at most `max_sessions` and some
 * hundreds, or one other thing. Status and waiting are those of extls_scan_next,
 * which may be called in between.
 *
 * # Safety
 * `scan` must be NULL or come from extls_scan_open and not be freed; `page`
 * must be NULL or point to an extls_page.
 */
int32_t extls_scan_page(struct extls_scan *scan,
                        uint32_t wait_ms,
                        uint32_t max_sessions,
                        struct extls_page *page);

/**
 * Tells how far a scan has come; all is 0 until the files are found.
 *
 * # Safety
 * `scan` must be NULL or come from extls_scan_open and not be freed;
 * `progress` must be NULL or point to an extls_progress.
 */
int32_t extls_scan_progress(const struct extls_scan *scan, struct extls_progress *progress);

/**
 * Ends a scan, at any time, and frees what its items point to. NULL is nothing to free.
 * Its files are closed then, unless a disk gives no answer: a thread that waits
 * for one is left behind, so the library must not be unloaded after that.
 *
 * # Safety
 * `scan` must be NULL or come from extls_scan_open and not be freed before.
 */
void extls_scan_free(struct extls_scan *scan);

/**
 * Begins a test: files and connectors are added, then the results are taken.
 *
 * # Safety
 * `options` must be NULL or point to options whose texts can be read; `certs`
 * must be NULL or point to a place for a pointer.
 */
int32_t extls_certs_new(const struct extls_certs_options *options, struct extls_certs **certs);

/**
 * Adds what one file, or one entry of a store, holds. What in it cannot be
 * read becomes a failed test or a problem, not an error of this call.
 *
 * # Safety
 * `certs` must be NULL or come from extls_certs_new and not be freed; `file`
 * must be NULL or point to a file whose bytes and texts can be read.
 */
int32_t extls_certs_add(struct extls_certs *certs, const struct extls_certs_file *file);

/**
 * Adds a send connector that presents the certificates.
 *
 * # Safety
 * `certs` must be NULL or come from extls_certs_new and not be freed;
 * `connector` must be NULL or point to a connector whose texts can be read.
 */
int32_t extls_certs_add_connector(struct extls_certs *certs,
                                  const struct extls_send_connector *connector);

/**
 * Gives the next result; the first call runs the test. EXTLS_END behind the last one.
 *
 * # Safety
 * `certs` must be NULL or come from extls_certs_new and not be freed; `item`
 * must be NULL or point to an extls_certs_item.
 */
int32_t extls_certs_next(struct extls_certs *certs, struct extls_certs_item *item);

/**
 * Ends a test, at any time, and frees what its items point to. NULL is nothing
 * to free. A thread that waits for a disk that gives no answer is left behind,
 * as by extls_scan_free.
 *
 * # Safety
 * `certs` must be NULL or come from extls_certs_new and not be freed before.
 */
void extls_certs_free(struct extls_certs *certs);

/**
 * What is known of a code of findings, by its place in the list from 0;
 * EXTLS_END behind the last one. The texts are there as long as the library is loaded.
 *
 * # Safety
 * `info` must be NULL or point to an extls_finding_info.
 */
int32_t extls_finding_at(uint32_t place, struct extls_finding_info *info);

/**
 * Begins to read the certificates and lists of files, and of the files in
 * folders that are named like such, on a thread of its own. What cannot be
 * read, or gives no answer in time, is a problem among the results. Until
 * extls_certs_wait has given EXTLS_OK, every other call but extls_certs_free
 * is refused.
 *
 * # Safety
 * `certs` must be NULL or come from extls_certs_new and not be freed; `paths`
 * must be NULL or point to a list whose texts can be read.
 */
int32_t extls_certs_add_paths(struct extls_certs *certs,
                              const struct extls_list *paths,
                              uint32_t role);

/**
 * Takes what was read of the paths, for about `wait_ms` milliseconds:
 * EXTLS_WAITING where there is more, EXTLS_OK once everything is there, and
 * where nothing is read. Then `files` becomes how many files were read of the
 * paths added last. It never waits longer, whatever the disk does.
 *
 * # Safety
 * `certs` must be NULL or come from extls_certs_new and not be freed; `files`
 * must be NULL or point to a number.
 */
int32_t extls_certs_wait(struct extls_certs *certs, uint32_t wait_ms, uint64_t *files);

/**
 * Begins to gather. Objects and paths come first, then logs: they tell which
 * servers there are, and so whose log a path leads to.
 *
 * # Safety
 * `options` must be NULL or point to options; `evidence` must be NULL or point
 * to a place for a pointer.
 */
int32_t extls_evidence_new(const struct extls_evidence_options *options,
                           struct extls_evidence **evidence);

/**
 * Adds an object of the Exchange shell. One that tells nothing about mail that
 * hangs is refused with EXTLS_INVALID_ARGUMENT.
 *
 * # Safety
 * `evidence` must be NULL or come from extls_evidence_new and not be freed;
 * `object` must be NULL or point to an object whose texts and bytes can be read.
 */
int32_t extls_evidence_add(struct extls_evidence *evidence, const struct extls_object *object);

/**
 * Adds the certificates, issuers and lists that were added to a test; what of
 * them could not be read is a problem among the answers. The test stays as it is.
 *
 * # Safety
 * `evidence` must be NULL or come from extls_evidence_new and not be freed;
 * `certs` must be NULL or come from extls_certs_new and not be freed.
 */
int32_t extls_evidence_add_certs(struct extls_evidence *evidence, const struct extls_certs *certs);

/**
 * Adds what a scan finds, for about `wait_ms` milliseconds: EXTLS_WAITING where
 * there is more, EXTLS_END where the scan is at its end. Failures are taken out
 * of the scan, and so are its problems, which stand among the answers.
 *
 * # Safety
 * `evidence` must be NULL or come from extls_evidence_new and not be freed;
 * `scan` must be NULL or come from extls_scan_open and not be freed.
 */
int32_t extls_evidence_add_scan(struct extls_evidence *evidence,
                                struct extls_scan *scan,
                                uint32_t wait_ms);

/**
 * Gives the next answer; the first call makes them. EXTLS_END behind the last one.
 *
 * # Safety
 * `evidence` must be NULL or come from extls_evidence_new and not be freed;
 * `answer` must be NULL or point to an extls_answer.
 */
int32_t extls_evidence_next(struct extls_evidence *evidence, struct extls_answer *answer);

/**
 * Ends the evidence, at any time, and frees what its answers point to. NULL is
 * nothing to free. A thread that waits for a disk that gives no answer is left
 * behind, as by extls_scan_free.
 *
 * # Safety
 * `evidence` must be NULL or come from extls_evidence_new and not be freed before.
 */
void extls_evidence_free(struct extls_evidence *evidence);

/**
 * Begins to read what files and folders hold, on a thread of its own: exported
 * objects (Export-Clixml, ConvertTo-Json) and certificates. What of it are logs
 * is given by extls_evidence_logs; what cannot be read, or gives no answer in
 * time, is a problem among the answers. Until extls_evidence_wait has given
 * EXTLS_OK, every other call but extls_evidence_free is refused.
 *
 * # Safety
 * `evidence` must be NULL or come from extls_evidence_new and not be freed;
 * `paths` must be NULL or point to a list whose texts can be read.
 */
int32_t extls_evidence_add_paths(struct extls_evidence *evidence, const struct extls_list *paths);

/**
 * Takes what was read of the paths, for about `wait_ms` milliseconds:
 * EXTLS_WAITING where there is more, EXTLS_OK once everything is there, and
 * where nothing is read. It never waits longer, whatever the disk does.
 *
 * # Safety
 * `evidence` must be NULL or come from extls_evidence_new and not be freed.
 */
int32_t extls_evidence_wait(struct extls_evidence *evidence, uint32_t wait_ms);

/**
 * The logs that were found below the paths added, for extls_scan_open. The list
 * stays as it is until the next call with this handle.
 *
 * # Safety
 * `evidence` must be NULL or come from extls_evidence_new and not be freed;
 * `logs` must be NULL or point to an extls_list.
 */
int32_t extls_evidence_logs(struct extls_evidence *evidence, struct extls_list *logs);

/**
 * Begins a report. `title` may be NULL or empty; `at` is the time it shows as its
 * own, in milliseconds since 1970-01-01 UTC, EXTLS_NO_TIME is now.
 *
 * # Safety
 * `title` must be NULL or point to a text that can be read; `report` must be
 * NULL or point to a place for a pointer.
 */
int32_t extls_report_new(const struct extls_str *title, int64_t at, struct extls_report **report);

/**
 * Adds what a cmdlet or verb gave, by its type name or its properties: a
 * Diagnosis, ConnectorFailure, QueueFailure, ConnectorTest, CertificateTest or
 * SmtpSession. Anything else is refused with EXTLS_INVALID_ARGUMENT.
 *
 * # Safety
 * `report` must be NULL or come from extls_report_new and not be freed;
 * `object` must be NULL or point to an object whose texts and bytes can be read.
 */
int32_t extls_report_add(struct extls_report *report, const struct extls_object *object);

/**
 * The report as one HTML file, in UTF-8. The bytes stay as they are until the
 * next call with this handle; more can be added afterwards.
 *
 * # Safety
 * `report` must be NULL or come from extls_report_new and not be freed; `html`
 * must be NULL or point to an extls_bytes.
 */
int32_t extls_report_html(struct extls_report *report, struct extls_bytes *html);

/**
 * Ends a report and frees its bytes. NULL is nothing to free.
 *
 * # Safety
 * `report` must be NULL or come from extls_report_new and not be freed before.
 */
void extls_report_free(struct extls_report *report);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* EXCHANGE_TLS_H */
