#ifndef USPH_CORE_ENTRY_H
#define USPH_CORE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

enum {
    USPH_MAX_PARAMS = 8, /* parameters of one entry */
    USPH_MAX_SPEC = 256, /* bytes of a printed spec, NUL included */
};

typedef enum usph_param_type {
    USPH_REAL,
    USPH_INT,
    USPH_BOOL,
    USPH_WORD,
} usph_param_type;

/** One named, ranged, documented parameter of an entry. */
typedef struct usph_param {
    const char *name;      /* [a-z0-9_]+ */
    usph_param_type type;  /* USPH_BOOL is written 0 or 1 */
    double def;            /* default value; for USPH_WORD the index of the word */
    double lo, hi;         /* accepted range, closed unless the next two say not */
    bool lo_open, hi_open; /* the end itself is refused */
    bool always;           /* printed in a spec even when it has its default value */
    const char *words;     /* USPH_WORD: "armijo|bb"; the value is the index */
    const char *doc;       /* one line, with unit if any */
    bool
        sharpness; /* the larger, the more near pairs count: what continuation raises */
} usph_param;

/** What every kernel, metric, solver, generator, format and writer says of itself. */
typedef struct usph_entry {
    const char *name;                   /* registry key = file name, [a-z0-9_]+ */
    const char *title;                  /* for people */
    const char *formula;                /* plain text */
    const char *source;                 /* key in docs/references.bib */
    const char *note;                   /* what a user should know, or NULL */
    usph_param params[USPH_MAX_PARAMS]; /* ends at the first NULL name */
    /* what ranges cannot say (riesz: s is not 0), or NULL */
    usph_status (*check)(const double *values, usph_error *err);
} usph_entry;

/** All entries of one kind, in the order of the folder's meson.build. */
typedef struct usph_registry {
    const char *kind; /* singular: "kernel" */
    const usph_entry *const *items;
    size_t count;
} usph_registry;

/** An entry with values for its parameters: parsed from text, printed to text. */
typedef struct usph_spec {
    const usph_entry *entry; /* NULL: no spec */
    double values[USPH_MAX_PARAMS];
} usph_spec;

/** Entry of that name (len bytes), or NULL. */
const usph_entry *usph_registry_find(const usph_registry *reg, const char *name,
                                     size_t len);

/** Number of parameters of an entry. */
size_t usph_entry_params(const usph_entry *entry);

/** Entry with all parameters at their defaults. */
usph_spec usph_spec_default(const usph_entry *entry);

/**
 * Parse `NAME[:key=value[,key=value...]]`, the first len bytes of text.
 *
 * Errors: USPH_ERR_NAME with the nearest known name, USPH_ERR_PARSE, USPH_ERR_ARG with
 *         the accepted range. out is untouched on failure.
 */
usph_status usph_spec_parse_n(const usph_registry *reg, const char *text, size_t len,
                              usph_spec *out, usph_error *err) USPH_MUST_CHECK;

/** usph_spec_parse_n on a whole string. */
usph_status usph_spec_parse(const usph_registry *reg, const char *text, usph_spec *out,
                            usph_error *err) USPH_MUST_CHECK;

/**
 * Print so that parsing gives the same spec: the name, then the parameters that are not
 * at their default (or are marked `always`).
 *
 * @param buf  size bytes, ends in NUL, cut if too small (USPH_MAX_SPEC is enough)
 */
void usph_spec_print(const usph_spec *spec, char *buf, size_t size);

/** Shortest decimal text that reads back as the same double (at most 24 bytes). */
void usph_real_print(double value, char *buf, size_t size);

/**
 * The candidate nearest to a mistyped word, or NULL if none is near (edit distance over
 * a third of its length). Candidates end at NULL; len bytes of word count.
 */
const char *usph_nearest(const char *word, size_t len, const char *const *candidates);

#endif
