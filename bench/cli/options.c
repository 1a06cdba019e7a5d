#include "bench/cli/options.h"

#include <argp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/cli/setters.h"
#include "bench/cli/suites.h"
#include "core/blas.h"
#include "core/threads.h"
#include "io/format.h"
#include "points/generator.h"

enum {
    FIRST_KEY = 256, /* argp's keys of options without a letter start here */
    MAX_OPTIONS = 64,
    MAX_WORDS = 512, /* of a suite */
    DEFAULT_SEED = 1,
};

int usph_exit_of(usph_status status)
{
    switch (status) {
    case USPH_OK: return USPH_EXIT_OK;
    case USPH_ERR_NAME:
    case USPH_ERR_PARSE:
    case USPH_ERR_ARG:
    case USPH_ERR_SHAPE:
    case USPH_ERR_UNSUPPORTED: return USPH_EXIT_USAGE;
    case USPH_ERR_DATA:
    case USPH_ERR_DOMAIN: return USPH_EXIT_DATA;
    case USPH_ERR_IO:
    case USPH_ERR_NOMEM:
    case USPH_ERR_STOPPED:
    case USPH_ERR_LAPACK: break;
    }
    return USPH_EXIT_SYSTEM;
}

void usph_complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("usphere: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

int usph_complain_of(usph_status status, const usph_error *err)
{
    usph_complain("%s", err->text[0] != '\0' ? err->text : usph_status_text(status));
    return usph_exit_of(status);
}

/* What argp hands to its parser. */
typedef struct reading {
    usph_command command;
    usph_options *options;
    bool takes_files;
    usph_status status;
    usph_error err;
} reading;

static int key_of(size_t option)
{
    const int letter = usph_option_list[option].letter;
    return letter != 0 ? letter : FIRST_KEY + (int)option;
}

static error_t parse_key(int key, char *arg, struct argp_state *state)
{
    reading *r = state->input;
    usph_options *o = r->options;
    if (key == ARGP_KEY_ARG && r->takes_files) {
        o->files[o->file_count++] = arg;
        return 0;
    }
    if (key == ARGP_KEY_ARG) {
        r->status = usph_fail(&r->err, USPH_ERR_ARG, "unexpected argument '%s'", arg);
        return EINVAL;
    }
    for (size_t k = 0; usph_option_list[k].name != NULL; k++) {
        const usph_option *option = &usph_option_list[k];
        if (key != key_of(k) || (option->commands & (unsigned)r->command) == 0)
            continue;
        usph_error err = { "" };
        r->status = option->set(o, arg, o->replace[k], &err);
        o->replace[k] = false;
        if (r->status != USPH_OK) {
            (void)usph_fail(&r->err, r->status, "--%s: %s", option->name, err.text);
            return EINVAL;
        }
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

static void collect(usph_command command, struct argp_option *out)
{
    size_t count = 0;
    for (size_t k = 0; usph_option_list[k].name != NULL; k++) {
        const usph_option *option = &usph_option_list[k];
        if ((option->commands & (unsigned)command) != 0)
            out[count++] = (struct argp_option){
                .name = option->name,
                .key = key_of(k),
                .arg = option->arg,
                .doc = option->doc,
            };
    }
    out[count] = (struct argp_option){ 0 };
}

static const struct argp_option *find_long(const struct argp_option *options,
                                           const char *name, size_t len)
{
    for (; options->name != NULL; options++)
        if (strlen(options->name) == len && memcmp(options->name, name, len) == 0)
            return options;
    return NULL;
}

static usph_status fail_option(const struct argp_option *options, const char *name,
                               size_t len, usph_error *err)
{
    const char *names[MAX_OPTIONS + 4] = { "help", "usage", "version" };
    for (size_t k = 0; options[k].name != NULL; k++)
        names[k + 3] = options[k].name;
    const char *near = usph_nearest(name, len, names);
    if (near != NULL)
        return usph_fail(err, USPH_ERR_ARG, "unknown option --%.*s, did you mean --%s?",
                         (int)len, name, near);
    return usph_fail(err, USPH_ERR_ARG, "unknown option --%.*s (--help lists them)",
                     (int)len, name);
}

/* getopt takes abbreviations, which break scripts as soon as an option is added. */
static usph_status scan_names(const struct argp_option *options, int argc, char **argv,
                              usph_error *err)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            break;
        if (argv[i][0] == '-' && argv[i][1] == 'o' && argv[i][2] == '\0')
            i++; /* its argument */
        if (i >= argc || strncmp(argv[i], "--", 2) != 0)
            continue;
        const char *name = argv[i] + 2;
        const size_t len = strcspn(name, "=");
        if (strcmp(name, "help") == 0 || strcmp(name, "usage") == 0 ||
            strcmp(name, "version") == 0)
            continue;
        const struct argp_option *option = find_long(options, name, len);
        if (option == NULL)
            return fail_option(options, name, len, err);
        i += option->arg != NULL && name[len] == '\0'; /* skip its argument */
    }
    return USPH_OK;
}

static usph_status read_words(reading *r, const char *doc, int argc, char **argv)
{
    struct argp_option options[MAX_OPTIONS + 1];
    collect(r->command, options);
    const struct argp argp = {
        .options = options,
        .parser = parse_key,
        .args_doc =
            r->takes_files ? (r->command == USPH_LIST ? "[KIND]" : "FILE...") : "",
        .doc = doc,
    };
    argp_err_exit_status = USPH_EXIT_USAGE;
    USPH_TRY(scan_names(options, argc, argv, &r->err));
    const error_t failed = argp_parse(&argp, argc, argv, 0, NULL, r);
    if (failed != 0 && r->status == USPH_OK)
        return usph_fail(&r->err, USPH_ERR_NOMEM, "%s", strerror(failed));
    return r->status;
}

/* Text of a suite: one compiled in, or a file. The caller frees. */
static usph_status suite_text(const char *name, char **out, usph_error *err)
{
    const size_t count = usph_suite_text_count();
    const char *names[MAX_OPTIONS] = { NULL };
    for (size_t i = 0; i < count; i++) {
        names[i] = usph_suite_text_at(i)->name;
        if (strcmp(name, names[i]) != 0)
            continue;
        *out = strdup(usph_suite_text_at(i)->text);
        return *out != NULL ? USPH_OK : usph_fail(err, USPH_ERR_NOMEM, "out of memory");
    }
    FILE *file = fopen(name, "re");
    size_t size = 0;
    if (file == NULL) {
        const char *near = usph_nearest(name, strlen(name), names);
        if (near != NULL)
            return usph_fail(err, USPH_ERR_NAME,
                             "--suite: no suite or file '%s', did you mean '%s'?", name,
                             near);
        return usph_fail(err, USPH_ERR_NAME,
                         "--suite: no suite or file '%s' (usphere list suites)", name);
    }
    /* options hold no NUL, so one delimited read takes the whole file */
    const ssize_t got = getdelim(out, &size, '\0', file);
    fclose(file);
    if (got > 0)
        return USPH_OK;
    free(*out);
    *out = NULL;
    return usph_fail(err, USPH_ERR_DATA, "%s: empty or unreadable suite", name);
}

/* Split lines of `--option value` into words, in place; # begins a comment line. */
static int suite_words(char *text, char **words)
{
    int count = 1;
    char *line_end = NULL;
    for (char *line = strtok_r(text, "\n", &line_end); line != NULL;
         line = strtok_r(NULL, "\n", &line_end)) {
        char *word_end = NULL;
        if (*line == '#')
            continue;
        for (char *word = strtok_r(line, " \t\r", &word_end);
             word != NULL && count < MAX_WORDS;
             word = strtok_r(NULL, " \t\r", &word_end))
            words[count++] = word;
    }
    words[count] = NULL;
    return count;
}

/* A suite's options come first; what the command line says then replaces its lists. */
static usph_status read_suite(reading *r, const char *name, char *program)
{
    char *text = NULL;
    char *words[MAX_WORDS + 1] = { program };
    reading inner = *r;
    const usph_status found = suite_text(name, &text, &r->err);
    if (found != USPH_OK)
        return found;
    const int count = suite_words(text, words);
    inner.takes_files = false;
    const usph_status status = read_words(&inner, NULL, count, words);
    if (status != USPH_OK) /* an error in a suite is an error in its file */
        (void)usph_fail(&r->err, status, "suite %s: %s", name, inner.err.text);
    for (size_t k = 0; usph_option_list[k].name != NULL; k++)
        r->options->replace[k] = true;
    r->options->suite_text = text;
    return status;
}

static const char *suite_asked(int argc, char **argv)
{
    const char *name = "standard";
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--suite=", 8) == 0)
            name = argv[i] + 8;
        else if (strcmp(argv[i], "--suite") == 0 && i + 1 < argc)
            name = argv[i + 1];
    }
    return name;
}

static usph_options default_options(void)
{
    const usph_entry *uniform = usph_registry_find(&usph_generators, "uniform", 7);
    const usph_entry *text = usph_registry_find(&usph_writers, "text", 4);
    return (usph_options){
        .suite = {
            .points = usph_spec_default(uniform),
            .seeds = 1,
            .seed = DEFAULT_SEED,
            .threads = usph_blas_threadsafe() ? usph_threads_available() : 1,
        },
        .starts = 1,
        .rows = "objective",
        .cols = "metric",
        .format = usph_writer_of(text),
    };
}

int usph_options_read(usph_command command, const char *doc, int argc, char **argv,
                      usph_options *out)
{
    *out = default_options();
    out->files = calloc((size_t)argc + 1, sizeof *out->files);
    out->replace = calloc(MAX_OPTIONS, sizeof *out->replace);
    if (out->files == NULL || out->replace == NULL)
        return usph_complain_of(USPH_ERR_NOMEM, &(usph_error){ "out of memory" });
    reading r = {
        .command = command,
        .options = out,
        .takes_files = (command & (USPH_EVAL | USPH_LIST)) != 0,
    };
    usph_status status = USPH_OK;
    if (command == USPH_TABLE)
        status = read_suite(&r, suite_asked(argc, argv), argv[0]);
    if (status == USPH_OK)
        status = read_words(&r, doc, argc, argv);
    if (status == USPH_OK)
        status = usph_threads_check(out->suite.threads, &r.err);
    return status == USPH_OK ? USPH_EXIT_OK : usph_complain_of(status, &r.err);
}

void usph_options_free(usph_options *options)
{
    free(options->files);
    free(options->replace);
    free(options->suite_text);
}
