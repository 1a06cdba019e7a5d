#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include "bench/cli/commands.h"
#include "core/blas.h"
#include "core/cpu.h"

static const usph_subcommand COMMANDS[] = {
    { "list", USPH_LIST, "what there is: kernels, metrics, solvers, generators, ...",
      "Print the registries: every entry with its formula, parameters and source.\v"
      "KIND: kernels, metrics, bounds, solvers, generators, suites, formats, records "
      "or known; "
      "without it the names of everything.\n\n"
      "  usphere list metrics\n  usphere list kernels --format md",
      usph_cmd_list },
    { "points", USPH_POINTS, "make a point set",
      "Make a point set with a generator. Without -o it goes to standard output as "
      "text.\v"
      "  usphere points --points fibonacci --n 100 --d 3 -o x.npy\n"
      "  usphere points --points icosahedron",
      usph_cmd_points },
    { "eval", USPH_EVAL, "measure the points of a file",
      "Measure the points of files: one point a row, in .npy, text, CSV, or the "
      "word-vector format; - is standard input. Rows are normalized first.\v"
      "  usphere eval x.npy\n"
      "  usphere eval --metric energy/riesz:s=1 --metric separation --format json "
      "x.txt",
      usph_cmd_eval },
    { "solve", USPH_SOLVE, "optimize a point set",
      "Minimize (or maximize, where higher is better) an objective over n points of "
      "S^(d-1), from several independent starts.\v"
      "  usphere solve --objective energy/riesz:s=1 --n 100 --d 3 --starts 50\n"
      "  usphere solve --objective separation_soft:beta=100 --n 24 --d 3 -o x.npy",
      usph_cmd_solve },
    { "table", USPH_TABLE, "the uniformity table: objectives against metrics",
      "Optimize every objective and measure the result by every metric, for each n and "
      "d; raw values and the score Q.\v"
      "  usphere table\n"
      "  usphere table --objective energy/log --d 3,8,24 --n 2d,128 --format latex",
      usph_cmd_table },
    { "compare", USPH_COMPARE, "kernels against dimensions",
      "Minimize each kernel's energy for each n and d, and score the result by its own "
      "energy, by the other kernels' energies, separation and cap discrepancy.\v"
      "  usphere compare --kernel riesz:s=1 --kernel gauss:t=2 --d 3,8,24 --n 2d,100",
      usph_cmd_compare },
    { "bound", USPH_BOUND, "what no set of n points can beat",
      "Print every proved bound that applies to a metric, for each n and d; the best "
      "is "
      "marked.\v"
      "  usphere bound --metric energy/riesz:s=1 --d 3 --n 5..12\n"
      "  usphere bound --metric separation --bounds lp --d 4,8 --n 24,120",
      usph_cmd_bound },
};

static const size_t COUNT = sizeof COMMANDS / sizeof *COMMANDS;

static int print_help(FILE *out)
{
    fprintf(out,
            "Usage: usphere COMMAND [OPTION...]\n"
            "Uniformity of point sets on the unit sphere: metrics and optimizers.\n\n"
            "  usphere table                                      the default table\n"
            "  usphere eval vectors.npy                           measure a file\n"
            "  usphere solve --objective energy/log --n 32 --d 3  optimize\n\n"
            "Commands (usphere COMMAND --help says more):\n");
    for (size_t c = 0; c < COUNT; c++)
        fprintf(out, "  %-8s %s\n", COMMANDS[c].name, COMMANDS[c].summary);
    fprintf(out, "\n  --help     this text\n  --version  version, compiler, BLAS, "
                 "instruction sets\n\n"
                 "Exit codes: 0 done, 1 a check failed, 2 usage, 3 bad input, 4 I/O or "
                 "memory,\n5 solve did not converge, 130/143 interrupted.\n");
    return USPH_EXIT_OK;
}

/* What argp and stdio printed last is only lost here: a full disk must not look like 0.
 */
static void close_stdout(void)
{
    const bool failed = ferror(stdout) != 0;
    if (fflush(stdout) == 0 && !failed)
        return;
    fprintf(stderr, "usphere: <stdout>: write failed\n");
    _exit(USPH_EXIT_SYSTEM);
}

static int print_version(void)
{
    printf("usphere %s\n", usph_version());
    printf("compiler: %s\n", usph_compiler());
    printf("BLAS: %s, core %s, %s\n", usph_blas_config(), usph_blas_core(),
           usph_blas_threadsafe() ? "one thread per call" : "serial: not thread-safe");
    printf("CPU: %s, loops of level %s\n", usph_cpu_features(),
           usph_level_name(usph_cpu_level()));
    return USPH_EXIT_OK;
}

static int complain_unknown(const char *word)
{
    const char *names[sizeof COMMANDS / sizeof *COMMANDS + 3] = { "--help",
                                                                  "--version" };
    for (size_t c = 0; c < COUNT; c++)
        names[c + 2] = COMMANDS[c].name;
    const char *near = usph_nearest(word, strlen(word), names);
    if (near != NULL)
        usph_complain("unknown command '%s', did you mean '%s'?", word, near);
    else
        usph_complain("unknown command '%s' (usphere --help lists them)", word);
    return USPH_EXIT_USAGE;
}

static int run(const usph_subcommand *command, int argc, char **argv)
{
    usph_options options;
    char name[64];
    snprintf(name, sizeof name, "usphere %s", command->name);
    argv[0] = name; /* what argp calls the program in its messages */
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--version") == 0)
            return print_version();
    int code = usph_options_read(command->bit, command->doc, argc, argv, &options);
    if (code == USPH_EXIT_OK)
        code = command->run(&options);
    usph_options_free(&options);
    return code;
}

int main(int argc, char **argv)
{
    usph_error err;
    usph_blas_init();
    atexit(close_stdout);
    if (usph_cpu_limit(getenv("USPH_CPU_MASK"), &err) != USPH_OK) {
        usph_complain("USPH_CPU_MASK: %s", err.text);
        return USPH_EXIT_USAGE;
    }
    if (argc < 2) {
        print_help(stderr);
        return USPH_EXIT_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
        strcmp(word, "-?") == 0 || strcmp(word, "help") == 0)
        return print_help(stdout);
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        return print_version();
    for (size_t c = 0; c < COUNT; c++)
        if (strcmp(word, COMMANDS[c].name) == 0)
            return run(&COMMANDS[c], argc - 1, argv + 1);
    return complain_unknown(word);
}
