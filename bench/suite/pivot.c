#include "bench/suite/pivot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/suite/median.h"

enum {
    KEYS = 5,
    MAX_KEY = USPH_MAX_SPEC,
};

/* d before n: tables come in the order in which one reads them */
static const char *const NAMES[KEYS] = { "d", "n", "solver", "objective", "metric" };

static void key_text(const usph_record *record, size_t key, char *buf)
{
    switch (key) {
    case 0: snprintf(buf, MAX_KEY, "%llu", (unsigned long long)record->d); break;
    case 1: snprintf(buf, MAX_KEY, "%llu", (unsigned long long)record->n); break;
    case 2: snprintf(buf, MAX_KEY, "%s", record->solver); break;
    case 3: snprintf(buf, MAX_KEY, "%s", record->objective); break;
    default: snprintf(buf, MAX_KEY, "%s", record->metric); break;
    }
}

static size_t key_of(const char *name)
{
    size_t key = 0;
    while (key + 1 < KEYS && strcmp(NAMES[key], name) != 0)
        key++;
    return key;
}

/* Distinct values of a key, in the order of their first appearance. */
typedef struct values {
    size_t *first; /* record that showed it first */
    size_t count;
} values;

typedef struct pivot {
    const usph_record *records;
    size_t count;
    size_t rows, cols; /* keys */
    usph_cell cell;
    size_t *id;     /* count x KEYS: the first record with the same value of the key */
    double *sample; /* count numbers of room, for medians */
} pivot;

/* Compare texts once, so that the loops below compare numbers. */
static void number_keys(pivot *pv)
{
    for (size_t i = 0; i < pv->count; i++) {
        for (size_t key = 0; key < KEYS; key++) {
            char text[MAX_KEY];
            char other[MAX_KEY];
            size_t k = 0;
            key_text(&pv->records[i], key, text);
            for (; k < i; k++) {
                if (pv->id[k * KEYS + key] != k)
                    continue; /* not the first of its value */
                key_text(&pv->records[k], key, other);
                if (strcmp(text, other) == 0)
                    break;
            }
            pv->id[i * KEYS + key] = k;
        }
    }
}

static bool same(const pivot *pv, size_t a, size_t b, size_t key)
{
    return pv->id[a * KEYS + key] == pv->id[b * KEYS + key];
}

static bool same_block(const pivot *pv, size_t a, size_t b)
{
    for (size_t key = 0; key < KEYS; key++)
        if (key != pv->rows && key != pv->cols && !same(pv, a, b, key))
            return false;
    return true;
}

/* Values of a key among the records of one block. */
static usph_status distinct(const pivot *pv, size_t block, size_t key, values *out)
{
    out->count = 0;
    out->first = malloc(pv->count * sizeof *out->first);
    if (out->first == NULL)
        return USPH_ERR_NOMEM;
    for (size_t i = block; i < pv->count; i++) {
        size_t v = 0;
        if (!same_block(pv, i, block))
            continue;
        while (v < out->count && !same(pv, out->first[v], i, key))
            v++;
        if (v == out->count)
            out->first[out->count++] = i;
    }
    return USPH_OK;
}

/* Marks of a cell: Q against a bound is a lower estimate; a record wants checking. */
static const char *mark_of(const pivot *pv, const usph_record *record)
{
    const bool bound =
        record->best != NULL && strcmp(record->best, USPH_BEST_BOUND) == 0;
    if (record->candidate)
        return "!";
    return pv->cell == USPH_CELL_Q && bound ? "+" : "";
}

static usph_status put_cell(const pivot *pv, size_t row, size_t col, usph_table *table)
{
    const usph_record *last = NULL;
    size_t count = 0;
    for (size_t i = 0; i < pv->count; i++) {
        const usph_record *r = &pv->records[i];
        if (!same_block(pv, i, row) || !same(pv, i, row, pv->rows) ||
            !same(pv, i, col, pv->cols))
            continue;
        const double value = pv->cell == USPH_CELL_Q ? r->q : r->value;
        last = r;
        if (!isnan(value))
            pv->sample[count++] = value;
    }
    if (last == NULL || count == 0)
        return usph_table_cell(table, "-");
    const double median = usph_median(pv->sample, count);
    const char *mark = mark_of(pv, last);
    if (pv->cell == USPH_CELL_Q)
        return usph_table_cell(table, "%.5f%s", median, mark);
    return usph_table_cell(table, "%.7g%s", median, mark);
}

static usph_status put_title(const pivot *pv, size_t block, const char *title,
                             usph_table *table)
{
    char text[1024];
    int used = snprintf(text, sizeof text, "%s", title);
    for (size_t key = 0; key < KEYS; key++) {
        char value[MAX_KEY];
        if (key == pv->rows || key == pv->cols)
            continue;
        key_text(&pv->records[block], key, value);
        used += snprintf(text + used, sizeof text - (size_t)used, "%s%s = %s",
                         key == 0 || used == (int)strlen(title) ? ": " : ", ",
                         NAMES[key], value);
    }
    return usph_table_title(table, "%s", text);
}

static usph_status put_block(const pivot *pv, size_t block, const char *title,
                             usph_table *table)
{
    values rows = { 0 };
    values cols = { 0 };
    char text[MAX_KEY];
    usph_status status = distinct(pv, block, pv->rows, &rows);
    if (status == USPH_OK)
        status = distinct(pv, block, pv->cols, &cols);
    if (status == USPH_OK)
        status = put_title(pv, block, title, table);
    if (status == USPH_OK)
        status = usph_table_column(table, NAMES[pv->rows]);
    for (size_t c = 0; c < cols.count && status == USPH_OK; c++) {
        key_text(&pv->records[cols.first[c]], pv->cols, text);
        status = usph_table_column(table, text);
    }
    for (size_t r = 0; r < rows.count && status == USPH_OK; r++) {
        key_text(&pv->records[rows.first[r]], pv->rows, text);
        status = usph_table_cell(table, "%s", text);
        for (size_t c = 0; c < cols.count && status == USPH_OK; c++)
            status = put_cell(pv, rows.first[r], cols.first[c], table);
    }
    free(rows.first);
    free(cols.first);
    return status;
}

usph_status usph_pivot(const usph_record *records, size_t count, const char *rows,
                       const char *cols, usph_cell cell, const char *title,
                       usph_report *report)
{
    pivot pv = {
        .records = records,
        .count = count,
        .rows = key_of(rows),
        .cols = key_of(cols),
        .cell = cell,
        .id = malloc((count + 1) * KEYS * sizeof(size_t)),
        .sample = malloc((count + 1) * sizeof(double)),
    };
    usph_status status = pv.sample != NULL && pv.id != NULL ? USPH_OK : USPH_ERR_NOMEM;
    if (status == USPH_OK)
        number_keys(&pv);
    for (size_t i = 0; i < count && status == USPH_OK; i++) {
        bool first = true;
        for (size_t k = 0; k < i && first; k++)
            first = !same_block(&pv, k, i);
        if (!first)
            continue;
        usph_table *table = usph_report_table(report);
        status = table != NULL ? put_block(&pv, i, title, table) : USPH_ERR_NOMEM;
    }
    free(pv.id);
    free(pv.sample);
    return status;
}
