#!/bin/sh
# What `meson install` puts down serves a program that is not ours: headers, library,
# pkg-config file, and one BLAS whatever else is on the machine.
#
# Usage: tests/install.sh BUILD SOURCE_ROOT
#
# The last line is in the form of Check, so that tests/run can add it up.
set -u
LC_ALL=C
export LC_ALL

if [ $# -ne 2 ]; then
    echo "usage: $0 BUILD SOURCE_ROOT" >&2
    exit 2
fi
build=$(realpath "$1") || exit 2
root=$(realpath "$2") || exit 2

tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
dest=$tmp/dest
checks=0
failures=0

# verdict STATUS WANTED [FILE]: the file is shown on failure
verdict() {
    checks=$((checks + 1))
    [ "$1" -ne 0 ] || return 0
    failures=$((failures + 1))
    printf 'FAIL %s\n' "$2"
    if [ $# -gt 2 ]; then
        head -n 12 "$3" | sed 's/^/  /'
    fi
}

closing_line() {
    percent=0
    if [ "$checks" -gt 0 ]; then
        percent=$((100 * (checks - failures) / checks))
    fi
    echo "$percent%: Checks: $checks, Failures: $failures, Errors: 0"
    [ "$failures" -eq 0 ]
}

# Sanitized libraries want the sanitizer loaded first, which a foreign program does not.
instrumented() {
    nm -D "$1" | grep -qE ' (__asan_|__tsan_|__ubsan_|__gcov_)'
}

install_tree() {
    # meson keeps a list of what it installs in the build folder; that is all it changes
    meson install -C "$build" --no-rebuild --destdir "$dest" >"$tmp/log" 2>&1
    verdict $? 'meson install' "$tmp/log"
    pc=$(find "$dest" -name usph.pc)
    [ -n "$pc" ]
    verdict $? 'a pkg-config file is installed'
    library=$(find "$dest" -name libusph.so)
    [ -n "$library" ]
    verdict $? 'a shared library is installed'
    program=$(find "$dest" -path '*/bin/usphere')
    [ -x "$program" ]
    verdict $? 'the program is installed'
    headers=$(find "$dest" -path '*/include/usph/metrics/metric.h')
    [ -n "$headers" ]
    verdict $? 'headers are installed'
}

# flags OPTION...: of pkg-config, with the prefix moved into DESTDIR. PKG_CONFIG_SYSROOT_DIR
# would move the paths of OpenBLAS too, which are not installed there.
flags() {
    prefix=$(sed -n 's/^prefix=//p' "$pc")
    PKG_CONFIG_PATH=$(dirname "$pc") pkg-config --define-variable=prefix="$dest$prefix" \
        "$@" usph
}

check_flags() {
    flags --exists --print-errors >"$tmp/log" 2>&1
    verdict $? 'pkg-config knows usph' "$tmp/log"
    version=$(flags --modversion)
    [ "usphere $version" = "$("$program" --version | head -n 1)" ]
    verdict $? "pkg-config and the program have one version: $version"
    flags --cflags --libs >"$tmp/flags" 2>"$tmp/log"
    verdict $? 'pkg-config gives flags' "$tmp/log"
    grep -qF -e '-lusph' "$tmp/flags"
    verdict $? 'the flags link the library' "$tmp/flags"
    ! grep -qE -e "-I$root( |/|\$)|-L$build" "$tmp/flags"
    verdict $? 'the flags name neither source nor build folder' "$tmp/flags"
}

write_example() {
    cat >"$tmp/example.c" <<'END'
#include <stdio.h>

#include "core/points.h"
#include "metrics/metric.h"
#include "points/generator.h"

int main(void)
{
    usph_spec spec;
    usph_metric_spec m;
    usph_measure measure;
    usph_error err = { "" };
    usph_shape shape = { 0, 0 };
    usph_points points = { 0 };
    usph_workspace ws = { 0 };
    usph_rng rng;
    if (usph_spec_parse(&usph_generators, "icosahedron", &spec, &err) != USPH_OK ||
        usph_metric_parse("energy/riesz:s=1", &m, &err) != USPH_OK ||
        usph_generator_shape(&spec, &shape, &err) != USPH_OK ||
        usph_points_alloc(shape, &points, &err) != USPH_OK ||
        usph_workspace_reserve(&ws, usph_metric_scratch(&m, shape, 1)) != USPH_OK)
        return 1;
    usph_rng_init(&rng, 1, 0, USPH_FOR_POINTS);
    usph_generate(&spec, shape, &rng, points.x);
    if (usph_metric_eval(&m, shape, points.x, &ws, &measure, NULL) != USPH_OK)
        return 1;
    printf("%zu %.12f\n", shape.n, measure.value * usph_metric_pairs(&m, shape));
    usph_points_free(&points);
    usph_workspace_free(&ws);
    return 0;
}
END
}

check_example() {
    write_example
    cd "$tmp" || exit 2 # nothing of the source folder is in reach
    # shellcheck disable=SC2046 # flags are words
    cc -std=c11 -Wall -Wextra -Werror -o example example.c $(flags --cflags --libs) \
        >"$tmp/log" 2>&1
    verdict $? 'a program compiles with the installed headers and flags' "$tmp/log"
    LD_LIBRARY_PATH=$(dirname "$library") ./example >"$tmp/out" 2>"$tmp/log"
    verdict $? 'that program runs' "$tmp/log"
    awk '{ d = $2 - 49.165253057629; exit !($1 == 12 && d < 1e-9 && d > -1e-9) }
         END { if (NR != 1) exit 1 }' "$tmp/out"
    verdict $? 'it finds the energy 49.165253 of 12 points' "$tmp/out"
    check_blas ./example
}

# Every installed header compiles by itself, with the installed ones only.
check_headers() {
    include=$(dirname "$(dirname "$headers")")
    find "$include" -name '*.h' | sort >"$tmp/headers"
    while read -r header; do
        printf '#include "%s"\n' "${header#"$include"/}" >"$tmp/alone.c"
        # shellcheck disable=SC2046 # flags are words
        cc -std=c11 -Wall -Werror -fsyntax-only $(flags --cflags) "$tmp/alone.c" \
            >"$tmp/log" 2>&1
        verdict $? "${header#"$include"/} compiles as installed" "$tmp/log"
    done <"$tmp/headers"
}

# check_blas PROGRAM: one OpenBLAS is loaded, and what is called libblas or liblapack is in
# its folder
check_blas() {
    LD_LIBRARY_PATH=$(dirname "$library") ldd "$1" >"$tmp/ldd" 2>&1
    verdict $? "ldd $1" "$tmp/ldd"
    ! grep -q 'not found' "$tmp/ldd"
    verdict $? "all libraries of $1 are found" "$tmp/ldd"
    awk '$1 ~ /^(libopenblas|libblas|liblapack)[.-]/ && $1 !~ /^liblapacke/ { print $3 }' \
        "$tmp/ldd" | while read -r file; do
        real=$(realpath "$file")
        echo "$(dirname "$real") $(basename "$real")"
    done | sort -u >"$tmp/blas"
    [ "$(grep -c '/.* libopenblas' "$tmp/blas")" -eq 1 ]
    verdict $? "one libopenblas in $1" "$tmp/ldd"
    [ "$(awk '{ print $1 }' "$tmp/blas" | sort -u | wc -l)" -eq 1 ]
    verdict $? "libblas and liblapack of $1 are in the folder of OpenBLAS" "$tmp/ldd"
    ! grep -qF "$build" "$tmp/ldd"
    verdict $? "$1 loads nothing from the build folder" "$tmp/ldd"
}

check_program() {
    check_blas "$program"
    cd "$tmp" || exit 2
    "$program" --version >"$tmp/out" 2>"$tmp/log"
    verdict $? 'the installed program runs' "$tmp/log"
    "$program" points --points icosahedron -o x.npy 2>"$tmp/log" >"$tmp/out"
    verdict $? 'it makes points' "$tmp/log"
    "$program" eval --metric energy/riesz:s=1 x.npy >"$tmp/out" 2>"$tmp/log"
    verdict $? 'it measures them' "$tmp/log"
    grep -qF '49.165253' "$tmp/out"
    verdict $? 'it finds 49.165253' "$tmp/out"
}

main() {
    install_tree
    if [ "$failures" -gt 0 ]; then
        closing_line
        return
    fi
    if instrumented "$library"; then
        echo 'note: an instrumented build; only the installation is checked'
        closing_line
        return
    fi
    check_flags
    check_headers
    check_example
    check_program
    closing_line
}

main
