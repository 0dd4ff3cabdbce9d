/*
 * The page of a report, held to what it may be: tags that the library writes and
 * no others, each closed, attributes in quotes, and no value that is not escaped.
 */
#ifndef EXCHANGE_TLS_FUZZ_PAGE_H
#define EXCHANGE_TLS_FUZZ_PAGE_H

#include "common.h"

#define MAX_OPEN 64

static const char *const TAGS[] = {"html", "head", "meta", "title", "style", "body", "header", "main", "section", "article",
    "footer", "nav", "figure", "figcaption", "h1", "h2", "h3", "h4", "p", "a", "span", "strong", "code", "pre", "time", "div",
    "ul", "ol", "li", "dl", "dt", "dd", "wbr", "table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "desc", "g",
    "rect", "path", "line", "text", "pattern"};

static inline int starts(const uint8_t *at, const uint8_t *end, const char *with)
{
    return (size_t)(end - at) >= strlen(with) && memcmp(at, with, strlen(with)) == 0;
}

/* An index of TAGS, behind its name; gives up where it is none of them. */
static inline size_t tag_at(const uint8_t **at, const uint8_t *end)
{
    for (size_t i = 0; i < sizeof TAGS / sizeof *TAGS; i++) {
        const uint8_t *behind = *at + strlen(TAGS[i]);
        if (starts(*at, end, TAGS[i]) && behind < end && (*behind == '>' || *behind == ' ')) {
            *at = behind;
            return i;
        }
    }
    give_up("a tag in the page that the library does not write");
}

/* ` name="value"` again and again, till the end of the tag; true where it is ` />`. */
static inline int attributes_at(const uint8_t **at, const uint8_t *end)
{
    while (*at < end && **at == ' ' && !starts(*at, end, " />")) {
        const uint8_t *name = ++*at;
        while (*at < end && ((**at >= 'a' && **at <= 'z') || (**at >= 'A' && **at <= 'Z') || **at == '-' || **at == '1' || **at == '2')) {
            ++*at;
        }
        if (starts(name, end, "on") || starts(name, end, "style") || starts(name, end, "src") || !starts(*at, end, "=\"")) {
            give_up("an attribute in the page that the library does not write");
        }
        if (starts(name, end, "href=") && !starts(*at, end, "=\"#") && !starts(*at, end, "=\"https://")) {
            give_up("a link in the page that leads elsewhere");
        }
        for (*at += 2; *at < end && **at != '"'; ++*at) {
            if (**at == '<' || **at == '>') {
                give_up("markup in a value of an attribute");
            }
        }
        ++*at;
    }
    return starts(*at, end, " />");
}

static inline void look_page(extls_bytes page)
{
    static const char *const ESCAPES[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    const uint8_t *at = page.data, *end = page.data + page.len;
    size_t open[MAX_OPEN], depth = 0;
    look((extls_str){page.data, page.len});
    if (!starts(at, end, "<!DOCTYPE html>\n")) {
        give_up("a page that is no HTML");
    }
    at += strlen("<!DOCTYPE html>\n");
    while (at < end) {
        if (*at == '&') {
            size_t known = 0;
            while (known < 5 && !starts(at, end, ESCAPES[known])) {
                known++;
            }
            if (known == 5) {
                give_up("an ampersand in the page that is not escaped");
            }
        } else if (*at == '"' || *at == '\'' || *at == '>') {
            /* Escaped in every text; the style sheet is the library's own. */
            if (depth == 0 || strcmp(TAGS[open[depth - 1]], "style") != 0) {
                give_up("a character in the page that is not escaped");
            }
        } else if (starts(at, end, "</")) {
            at += 2;
            if (depth == 0 || tag_at(&at, end) != open[--depth] || *at != '>') {
                give_up("an element in the page that is not closed");
            }
        } else if (*at == '<') {
            at++;
            size_t tag = tag_at(&at, end);
            int is_empty = attributes_at(&at, end);
            at += is_empty ? 2 : 0;
            if (at >= end || *at != '>' || depth == MAX_OPEN) {
                give_up("a tag in the page without an end");
            }
            if (!is_empty) {
                open[depth++] = tag;
            }
        }
        at++;
    }
    if (depth != 0) {
        give_up("a page that is not whole");
    }
}

#endif
