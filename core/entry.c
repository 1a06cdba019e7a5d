#include "core/entry.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_WORD = 64,        /* longest word that is worth correcting */
    MAX_CANDIDATES = 256, /* names of one registry, for suggestions */
};

/* A run of text that need not end in NUL. */
typedef struct slice {
    const char *text;
    size_t len;
} slice;

static int slice_width(slice s)
{
    return s.len < 100 ? (int)s.len : 100;
}

static bool slice_is(slice s, const char *word)
{
    return strlen(word) == s.len && memcmp(word, s.text, s.len) == 0;
}

/* Cut s at the first `mark`: the head is returned, s becomes the tail (empty if none).
 */
static slice slice_cut(slice *s, char mark)
{
    const char *at = s->len > 0 ? memchr(s->text, mark, s->len) : NULL;
    const size_t head = at != NULL ? (size_t)(at - s->text) : s->len;
    const slice result = { s->text, head };
    const size_t used = at != NULL ? head + 1 : head;
    *s = (slice){ s->text + used, s->len - used };
    return result;
}

const usph_entry *usph_registry_find(const usph_registry *reg, const char *name,
                                     size_t len)
{
    for (size_t i = 0; i < reg->count; i++)
        if (slice_is((slice){ name, len }, reg->items[i]->name))
            return reg->items[i];
    return NULL;
}

size_t usph_entry_params(const usph_entry *entry)
{
    size_t count = 0;
    while (count < USPH_MAX_PARAMS && entry->params[count].name != NULL)
        count++;
    return count;
}

usph_spec usph_spec_default(const usph_entry *entry)
{
    usph_spec spec = { .entry = entry };
    const size_t count = usph_entry_params(entry);
    for (size_t p = 0; p < count; p++)
        spec.values[p] = entry->params[p].def;
    return spec;
}

/* Levenshtein distance; both words at most MAX_WORD bytes. */
static size_t edit_distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t row[MAX_WORD + 1];
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            const size_t change = diagonal + (a[i - 1] != b[j - 1]);
            const size_t gap = 1 + (row[j] < row[j - 1] ? row[j] : row[j - 1]);
            diagonal = row[j];
            row[j] = change < gap ? change : gap;
        }
    }
    return row[nb];
}

const char *usph_nearest(const char *word, size_t len, const char *const *candidates)
{
    const char *best = NULL;
    size_t best_distance = len / 3 + 2;
    if (len == 0 || len > MAX_WORD)
        return NULL;
    for (; *candidates != NULL; candidates++) {
        const size_t other = strlen(*candidates);
        if (other > MAX_WORD)
            continue;
        if (len >= 2 && strncmp(word, *candidates, len) == 0)
            return *candidates; /* an abbreviation */
        const size_t distance = edit_distance(word, len, *candidates, other);
        /* a distance that rewrites the whole candidate is no likeness */
        if (distance < best_distance && distance < other) {
            best = *candidates;
            best_distance = distance;
        }
    }
    return best;
}

static usph_status fail_unknown(const char *kind, slice word, const char **names,
                                usph_error *err)
{
    char known[512] = "";
    for (size_t i = 0; names[i] != NULL; i++) {
        const size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "",
                 names[i]);
    }
    const char *near = usph_nearest(word.text, word.len, names);
    if (near != NULL)
        return usph_fail(err, USPH_ERR_NAME, "unknown %s '%.*s', did you mean '%s'?",
                         kind, slice_width(word), word.text, near);
    return usph_fail(err, USPH_ERR_NAME, "unknown %s '%.*s'; known: %s", kind,
                     slice_width(word), word.text, known);
}

static usph_status fail_unknown_entry(const usph_registry *reg, slice name,
                                      usph_error *err)
{
    const char *names[MAX_CANDIDATES + 1] = { NULL };
    for (size_t i = 0; i < reg->count && i < MAX_CANDIDATES; i++)
        names[i] = reg->items[i]->name;
    return fail_unknown(reg->kind, name, names, err);
}

static usph_status fail_unknown_param(const usph_entry *entry, slice key,
                                      usph_error *err)
{
    const char *names[USPH_MAX_PARAMS + 1] = { NULL };
    const size_t count = usph_entry_params(entry);
    char kind[96];
    if (count == 0)
        return usph_fail(err, USPH_ERR_NAME, "%s takes no parameters, got '%.*s'",
                         entry->name, slice_width(key), key.text);
    for (size_t p = 0; p < count; p++)
        names[p] = entry->params[p].name;
    snprintf(kind, sizeof kind, "parameter of %s", entry->name);
    return fail_unknown(kind, key, names, err);
}

static usph_status fail_range(const usph_entry *entry, const usph_param *param,
                              slice text, usph_error *err)
{
    char lo[32];
    char hi[32];
    usph_real_print(param->lo, lo, sizeof lo);
    usph_real_print(param->hi, hi, sizeof hi);
    return usph_fail(err, USPH_ERR_ARG, "%s.%s = %.*s is outside %c%s, %s%c",
                     entry->name, param->name, slice_width(text), text.text,
                     param->lo_open ? '(' : '[', lo, hi, param->hi_open ? ')' : ']');
}

/* Value of a USPH_WORD parameter: the index of the word among `a|b|c`. */
static usph_status parse_word(const usph_entry *entry, const usph_param *param,
                              slice text, double *value, usph_error *err)
{
    slice rest = { param->words, strlen(param->words) };
    for (size_t i = 0; rest.len > 0; i++) {
        const slice word = slice_cut(&rest, '|');
        if (word.len == text.len && memcmp(word.text, text.text, text.len) == 0) {
            *value = (double)i;
            return USPH_OK;
        }
    }
    return usph_fail(err, USPH_ERR_ARG, "%s.%s = %.*s is not one of %s", entry->name,
                     param->name, slice_width(text), text.text, param->words);
}

static usph_status parse_value(const usph_entry *entry, const usph_param *param,
                               slice text, double *value, usph_error *err)
{
    char digits[MAX_WORD];
    char *end = NULL;
    if (param->type == USPH_WORD)
        return parse_word(entry, param, text, value, err);
    if (text.len == 0 || text.len >= sizeof digits ||
        isspace((unsigned char)*text.text))
        return usph_fail(err, USPH_ERR_PARSE, "%s.%s needs a number, got '%.*s'",
                         entry->name, param->name, slice_width(text), text.text);
    memcpy(digits, text.text, text.len);
    digits[text.len] = '\0';
    const double number = strtod(digits, &end);
    if (end != digits + text.len || isnan(number))
        return usph_fail(err, USPH_ERR_PARSE, "%s.%s needs a number, got '%s'",
                         entry->name, param->name, digits);
    if (param->type != USPH_REAL && number != floor(number))
        return usph_fail(err, USPH_ERR_ARG, "%s.%s needs a whole number, got '%s'",
                         entry->name, param->name, digits);
    const bool low = param->lo_open ? number <= param->lo : number < param->lo;
    const bool high = param->hi_open ? number >= param->hi : number > param->hi;
    if (low || high)
        return fail_range(entry, param, text, err);
    *value = number;
    return USPH_OK;
}

static usph_status parse_pair(const usph_entry *entry, slice pair, usph_spec *spec,
                              bool *given, usph_error *err)
{
    slice rest = pair;
    const slice key = slice_cut(&rest, '=');
    const size_t count = usph_entry_params(entry);
    if (key.len == pair.len)
        return usph_fail(err, USPH_ERR_PARSE, "%s: expected key=value, got '%.*s'",
                         entry->name, slice_width(pair), pair.text);
    for (size_t p = 0; p < count; p++) {
        const usph_param *param = &entry->params[p];
        if (!slice_is(key, param->name))
            continue;
        if (given[p])
            return usph_fail(err, USPH_ERR_PARSE, "%s.%s is given twice", entry->name,
                             param->name);
        given[p] = true;
        return parse_value(entry, param, rest, &spec->values[p], err);
    }
    return fail_unknown_param(entry, key, err);
}

usph_status usph_spec_parse_n(const usph_registry *reg, const char *text, size_t len,
                              usph_spec *out, usph_error *err)
{
    slice rest = { text, len };
    const slice name = slice_cut(&rest, ':');
    const usph_entry *entry = usph_registry_find(reg, name.text, name.len);
    if (entry == NULL)
        return fail_unknown_entry(reg, name, err);
    usph_spec spec = usph_spec_default(entry);
    bool given[USPH_MAX_PARAMS] = { false };
    if (name.len < len && rest.len == 0)
        return usph_fail(err, USPH_ERR_PARSE, "%s: nothing follows the colon",
                         entry->name);
    while (rest.len > 0) {
        const bool more = memchr(rest.text, ',', rest.len) != NULL;
        const slice pair = slice_cut(&rest, ',');
        USPH_TRY(parse_pair(entry, pair, &spec, given, err));
        if (more && rest.len == 0)
            return usph_fail(err, USPH_ERR_PARSE, "%s: nothing follows the last comma",
                             entry->name);
    }
    if (entry->check != NULL)
        USPH_TRY(entry->check(spec.values, err));
    *out = spec;
    return USPH_OK;
}

usph_status usph_spec_parse(const usph_registry *reg, const char *text, usph_spec *out,
                            usph_error *err)
{
    return usph_spec_parse_n(reg, text, strlen(text), out, err);
}

void usph_real_print(double value, char *buf, size_t size)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(buf, size, "%.*g", digits, value);
        if (strtod(buf, NULL) == value)
            return;
    }
}

static void print_value(const usph_param *param, double value, char *buf, size_t size)
{
    if (param->type != USPH_WORD) {
        usph_real_print(value, buf, size);
        return;
    }
    slice rest = { param->words, strlen(param->words) };
    slice word = slice_cut(&rest, '|');
    for (size_t i = 0; i < (size_t)value; i++)
        word = slice_cut(&rest, '|');
    snprintf(buf, size, "%.*s", slice_width(word), word.text);
}

void usph_spec_print(const usph_spec *spec, char *buf, size_t size)
{
    const size_t count = usph_entry_params(spec->entry);
    char mark = ':';
    snprintf(buf, size, "%s", spec->entry->name);
    for (size_t p = 0; p < count; p++) {
        const usph_param *param = &spec->entry->params[p];
        if (spec->values[p] == param->def && !param->always)
            continue;
        char value[MAX_WORD];
        const size_t used = strlen(buf);
        print_value(param, spec->values[p], value, sizeof value);
        snprintf(buf + used, size - used, "%c%s=%s", mark, param->name, value);
        mark = ',';
    }
}
