#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include "bench/cli/commands.h"
#include "io/format.h"

static bool wants_colour(const usph_options *options, const char *path)
{
    const char *none = getenv("NO_COLOR");
    if (options->color != USPH_AUTO)
        return options->color == USPH_ALWAYS;
    return strcmp(path, "-") == 0 && isatty(STDOUT_FILENO) &&
           (none == NULL || *none == '\0');
}

int usph_emit(const usph_options *options, usph_report *report, const char *path)
{
    usph_sink sink;
    usph_error err = { "" };
    const char *target = path != NULL ? path : "-";
    report->bold = wants_colour(options, target);
    usph_status status = usph_sink_open(target, &sink, &err);
    if (status != USPH_OK)
        return usph_complain_of(status, &err);
    status = options->format->print(report, &sink);
    if (status == USPH_OK)
        status = usph_sink_commit(&sink);
    else
        usph_sink_abort(&sink);
    return status == USPH_OK ? USPH_EXIT_OK : usph_complain_of(status, &err);
}

int usph_check_records(const usph_record *records, size_t count)
{
    int code = USPH_EXIT_OK;
    for (size_t i = 0; i < count; i++) {
        if (!records[i].impossible)
            continue;
        usph_complain("%s of %s, n = %llu, d = %llu: %s", records[i].metric,
                      records[i].objective, (unsigned long long)records[i].n,
                      (unsigned long long)records[i].d, records[i].note);
        code = USPH_EXIT_CHECK;
    }
    return code;
}

json_t *usph_document(const char *command)
{
    char schema[64];
    json_t *document = json_object();
    snprintf(schema, sizeof schema, "usphere.%s/1", command);
    if (document != NULL)
        json_object_set_new(document, "schema", json_string(schema));
    return document;
}

usph_status usph_single_shape(const usph_options *options, usph_shape *out,
                              usph_error *err)
{
    const usph_sizes *n = &options->suite.n;
    const usph_sizes *d = &options->suite.d;
    if (n->count > 1 || d->count > 1)
        return usph_fail(err, USPH_ERR_ARG,
                         "only one --n and one --d here, not a list");
    *out = (usph_shape){ 0 };
    if (d->count == 1)
        out->d = usph_size_at(d->items[0], 0);
    if (n->count == 1 && n->items[0].times > 0 && d->count == 0)
        return usph_fail(err, USPH_ERR_ARG, "--n is relative to d: give --d too");
    if (n->count == 1)
        out->n = usph_size_at(n->items[0], out->d);
    return USPH_OK;
}

usph_status usph_load_points(const usph_options *options, const char *path,
                             usph_points *out, usph_points_report *found,
                             usph_error *err)
{
    usph_error why = { "" };
    const usph_format *format = NULL;
    USPH_TRY(usph_points_read(path, out, &format, err));
    const usph_status status =
        usph_points_prepare(out, options->drop_zero, found, &why);
    if (status != USPH_OK) {
        usph_points_free(out);
        return usph_fail(err, status, "%s: %s", path, why.text);
    }
    if (options->quiet)
        return USPH_OK;
    if (found->not_unit + found->zero + found->duplicate > 0 || options->verbose)
        fprintf(stderr,
                "usphere: %s: %zu rows of %zu numbers (%s): %zu not of norm 1 and "
                "normalized, %zu zero and left out, %zu equal to an earlier row\n",
                path, found->rows, out->shape.d, format->entry.name, found->not_unit,
                found->zero, found->duplicate);
    return USPH_OK;
}

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    interrupted = number;
}

const volatile sig_atomic_t *usph_interrupted(void)
{
    return &interrupted;
}

void usph_catch_signals(void)
{
    /* once: a second signal kills */
    struct sigaction action = { .sa_handler = on_signal,
                                .sa_flags = (int)SA_RESETHAND };
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}
