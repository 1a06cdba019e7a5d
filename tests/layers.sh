#!/bin/sh
# The rules that keep the layers apart, checked on the sources and on what was built from
# them: includes, headers that stand alone, symbols, memory, lists of names, sources.
#
# Usage: tests/layers.sh SOURCE_ROOT BUILD
#
# The last line is in the form of Check, so that tests/run can add it up.
set -u
LC_ALL=C
export LC_ALL

if [ $# -ne 2 ]; then
    echo "usage: $0 SOURCE_ROOT BUILD" >&2
    exit 2
fi
root=$(realpath "$1") || exit 2
build=$(realpath "$2") || exit 2
cd "$root" || exit 2

tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

layers='core points io metrics solvers'
checks=0
failures=0

# verdict LIST WANTED: passes if the list of offences is empty
verdict() {
    checks=$((checks + 1))
    [ -n "$1" ] || return 0
    failures=$((failures + 1))
    printf 'FAIL %s\n' "$2"
    printf '%s\n' "$1" | head -n 6 | sed 's/^/  /'
}

closing_line() {
    percent=0
    if [ "$checks" -gt 0 ]; then
        percent=$((100 * (checks - failures) / checks))
    fi
    echo "$percent%: Checks: $checks, Failures: $failures, Errors: 0"
    [ "$failures" -eq 0 ]
}

# ---- includes -------------------------------------------------------------------------

# sources_of FOLDER: its C files and headers
sources_of() {
    find "$1" -name '*.[ch]' | sort
}

# quoted FOLDER: lines "FILE INCLUDED" of its quoted includes
quoted() {
    sources_of "$1" | while read -r file; do
        sed -n "s|^[ \t]*#[ \t]*include[ \t]*\"\([^\"]*\)\".*|$file \1|p" "$file"
    done
}

# A layer reaches into core and itself; never sideways, never upwards.
check_reach() {
    for layer in $layers; do
        quoted "$layer" >"$tmp/quoted"
        verdict "$(awk -v own="$layer" '{
            split($2, part, "/")
            if (part[1] != own && part[1] != "core") print $1 " includes " $2
        }' "$tmp/quoted")" "$layer includes only core and itself"
    done
}

# Quoted includes are from the root, so that each names the layer it reaches into.
check_from_root() {
    for folder in $layers bench tests; do
        quoted "$folder" | while read -r file included; do
            case $included in *_data.h | */entries.h) continue ;; esac # the build makes them
            [ -f "$included" ] ||
                echo "$file: no file $included from the root"
        done >"$tmp/lost"
        verdict "$(cat "$tmp/lost")" "quoted includes of $folder are from the root"
    done
}

# The project's own headers are quoted: angle brackets would take installed ones.
check_brackets() {
    for folder in $layers bench tests; do
        verdict "$(sources_of "$folder" | xargs grep -nE \
            '#[ \t]*include[ \t]*<(core|points|io|metrics|solvers|bench|tests)/' \
            /dev/null)" "no header of the project in angle brackets in $folder"
    done
}

check_no_source_included() {
    verdict "$(for folder in $layers bench tests; do quoted "$folder"; done |
        grep -E '\.(c|cc)$')" 'no source file is included'
}

# ---- headers --------------------------------------------------------------------------

guard_of() {
    printf 'USPH_%s' "$1" | tr 'a-z/.' 'A-Z__'
}

# Each header compiles alone, after no other.
check_headers() {
    for folder in $layers bench; do
        # a template of a file's parts is no header of its own
        find "$folder" -name '*.h' ! -path metrics/pairs/instantiate.h | sort >"$tmp/headers"
        while read -r header; do
            printf '#include "%s"\n' "$header" >"$tmp/alone.c"
            verdict "$(cc -std=c11 -D_GNU_SOURCE -Wall -Werror -Wno-psabi -fsyntax-only \
                -I "$root" -I "$build" "$tmp/alone.c" 2>&1)" "$header compiles alone"
            verdict "$(grep -q "^#ifndef $(guard_of "$header")\$" "$header" ||
                echo "the guard is not $(guard_of "$header")")" "$header has its guard"
        done <"$tmp/headers"
    done
}

check_header_names() {
    verdict "$(for folder in $layers bench tests; do sources_of "$folder"; done |
        grep -E '/(util|utils|common|misc|types)\.h$')" 'no header of a name that says nothing'
}

# A header that an installed one includes is installed.
check_installed_headers() {
    for folder in $layers; do
        awk '/_headers = files\(/ { inside = 1 }
             inside { print }
             /\)/ { inside = 0 }' "$folder/meson.build" |
            grep -o "'[a-z0-9_/]*\.h'" | tr -d "'" | sed "s|^|$folder/|"
    done | sort -u >"$tmp/installed"
    verdict "$([ -s "$tmp/installed" ] || echo none)" 'headers are installed'
    xargs sed -n 's|^#include "\(.*\)"|\1|p' <"$tmp/installed" | sort -u >"$tmp/needed"
    comm -13 "$tmp/installed" "$tmp/needed" >"$tmp/missing"
    verdict "$(cat "$tmp/missing")" 'what installed headers include is installed'
}

# ---- symbols --------------------------------------------------------------------------

archive_of() {
    echo "$build/$1/libusph-$1.a"
}

# Lines "MEMBER SYMBOL" of what the objects of a layer leave undefined.
undefined_of() {
    nm -A -u "$(archive_of "$1")" 2>/dev/null |
        awk '{ member = $1; sub(/:$/, "", member); sub(/.*[:\/]/, "", member)
               print member, $NF }'
}

# Lines "MEMBER SYMBOL CLASS SECTION" of what they define.
defined_of() {
    nm -A -f sysv --defined-only "$(archive_of "$1")" 2>/dev/null |
        awk -F'|' 'NF >= 7 {
            for (i = 1; i <= NF; i++) gsub(/^ +| +$/, "", $i)
            member = $1; symbol = member
            sub(/.*:/, "", symbol); sub(/:[^:]*$/, "", member); sub(/.*[:\/]/, "", member)
            print member, symbol, $3, $7
        }'
}

check_archives() {
    for layer in $layers; do
        verdict "$([ -f "$(archive_of "$layer")" ] || archive_of "$layer")" \
            "the archive of $layer is built"
        defined_of "$layer" >"$tmp/defined.$layer"
        undefined_of "$layer" >"$tmp/undefined.$layer"
        verdict "$([ -s "$tmp/defined.$layer" ] || echo none)" "$layer defines symbols"
        verdict "$([ -s "$tmp/undefined.$layer" ] || echo none)" "$layer uses symbols"
    done
}

# Libraries never print, exit, abort or read the environment. What assert calls is fine,
# and so is snprintf, which prints into memory.
check_manners() {
    pattern='^(__)?(v?f?printf|v?dprintf|puts|fputs|putc|putchar|fputc|fwrite|perror|psignal'
    pattern="$pattern|_?exit|_Exit|quick_exit|atexit|abort|(secure_)?getenv|[sp]etenv"
    pattern="$pattern|(new|use|set)locale|system|signal|sigaction)(_chk)?\$|^(stdout|stderr)\$"
    for layer in $layers; do
        verdict "$(awk -v pattern="$pattern" '$2 ~ pattern { print $1 ": " $2 }' \
            "$tmp/undefined.$layer")" \
            "$layer does not print, exit or read the environment"
    done
}

# Memory comes from three files only.
check_memory() {
    for layer in $layers; do
        verdict "$(awk '
            $2 ~ /^(malloc|calloc|realloc|reallocarray|aligned_alloc|posix_memalign|memalign|valloc|strdup|strndup|v?asprintf|getline|getdelim|mmap|alloca)$/ &&
            $1 !~ /^(workspace|points|buffer)\.c\.o$/ { print $1 ": " $2 }
            ' "$tmp/undefined.$layer")" "$layer takes no memory of its own"
    done
    verdict "$(awk '$2 == "malloc" || $2 == "aligned_alloc" || $2 == "realloc"' \
        "$tmp/undefined.core" | grep -q . || echo none)" 'the test sees allocations'
}

# Upper case classes of nm are global.
check_prefix() {
    for layer in $layers; do
        verdict "$(awk '$3 ~ /^[A-Z]$/ && $2 !~ /^usph_/ && $2 !~ /^\.gomp_critical_user_usph_/ {
            print $1 ": " $2
        }' "$tmp/defined.$layer")" "symbols of $layer begin with usph_"
    done
}

# No data that can change. Relocated constants (.data.rel.ro) cannot, once loaded.
# Exceptions, with the reason:
#   limit of core/cpu.c    the instruction set that a program asks for before it begins
#   .gomp_critical_user_*  locks of named OpenMP critical sections, made by the compiler
check_constant() {
    for layer in $layers; do
        verdict "$(awk '
            $4 ~ /^(\.data|\.bss|\.tdata|\.tbss|\.sdata|\.sbss|\*COM\*|COMMON)/ || $3 == "C" {
                if ($4 ~ /^\.data\.rel\.ro/ || $2 ~ /^\.gomp_critical_user_/) next
                if ($1 == "cpu.c.o" && $2 == "limit") next
                print $1 ": " $2 " in " $4
            }' "$tmp/defined.$layer")" "$layer has no data that can change"
    done
}

# A layer links to core and itself, whatever its includes say.
check_links() {
    for layer in $layers; do
        awk '{ print $2 }' "$tmp/defined.core" "$tmp/defined.$layer" | sort -u >"$tmp/may"
        verdict "$(awk '$2 ~ /^usph_/ { print $2 }' "$tmp/undefined.$layer" | sort -u |
            comm -23 - "$tmp/may")" "$layer uses symbols of core and itself only"
    done
}

# Sanitizers and coverage add allocations, data and calls of their own.
instrumented() {
    grep -qE ' (__asan_|__ubsan_|__tsan_|__gcov_|__sanitizer_)' "$tmp"/undefined.*
}

check_symbols() {
    check_archives
    check_links
    check_manners
    check_prefix
    if instrumented; then
        echo 'note: an instrumented build; memory and data are not checked'
    else
        check_memory
        check_constant
    fi
}

# ---- lists ----------------------------------------------------------------------------

# names_of MESON_FILE: lines "LIST NAME" of its lists LIST_names = [...]
names_of() {
    awk -v q="'" '
        /^[a-z]+_names = \[/ { list = $1; next }
        /^\]/ { list = "" }
        list != "" { name = $1; gsub(q "|,", "", name); print list, name }
    ' "$1"
}

# file_of FOLDER LIST NAME
file_of() {
    case $2 in
    suite_names) echo "bench/suite/suites/$3.txt" ;;
    writer_names) echo "bench/table/write_$3.c" ;;
    *) echo "$1/$3.c" ;;
    esac
}

# entry_word FILE FIELD: the text of .FIELD = "..." in it
entry_word() {
    sed -n "s/.*\.$2 = \"\([^\"]*\)\".*/\1/p" "$1" | head -n 1
}

check_lists() {
    for folder in points io metrics metrics/kernels metrics/bounds solvers bench; do
        names_of "$folder/meson.build" >"$tmp/names"
        verdict "$([ -s "$tmp/names" ] || echo none)" "$folder/meson.build has a list of names"
        verdict "$(sort "$tmp/names" | uniq -d)" "each name of $folder is listed once"
        verdict "$(awk '$2 !~ /^([a-z0-9_]+\/)?[a-z0-9_]+$/' "$tmp/names")" \
            "names of $folder are [a-z0-9_]+, in a room or not"
        while read -r list name; do
            file=$(file_of "$folder" "$list" "$name")
            verdict "$([ -f "$file" ] || echo "no file $file")" "$name has its file"
            if [ "$list" = suite_names ] || [ ! -f "$file" ]; then
                continue
            fi
            verdict "$([ "$(entry_word "$file" name)" = "${name##*/}" ] ||
                entry_word "$file" name)" "$file is called $name"
        done <"$tmp/names"
    done
}

# A file with a descriptor that no list names would never be built.
check_forgotten() {
    for folder in points io metrics metrics/kernels metrics/bounds solvers bench/table; do
        list=$folder/meson.build
        [ "$folder" != bench/table ] || list=bench/meson.build
        find "$folder" -name '*.c' | sort >"$tmp/files"
        while read -r file; do
            case $folder:$file in metrics:metrics/kernels/* | metrics:metrics/bounds/*) continue ;; esac # its own list
            grep -qE '^const usph_[a-z]+ usph_[a-z0-9_]+ = \{' "$file" || continue
            grep -q '^const usph_registry' "$file" && continue
            name=$(entry_word "$file" name)
            room=${file#"$folder"/}
            name=${room%"${room##*/}"}$name
            verdict "$(grep -qx "  '$name'," "$list" || echo "$name is not in $list")" \
                "$file is listed"
        done <"$tmp/files"
    done
}

# Every source that a descriptor names is in the bibliography.
check_references() {
    for folder in $layers bench; do
        sources_of "$folder" | xargs grep -hoE '\.source = "[^"]*"'
    done | sed 's/.*"\(.*\)"/\1/; s/[,;] */\n/g' | sort -u >"$tmp/keys"
    verdict "$([ -s "$tmp/keys" ] || echo none)" 'descriptors name sources'
    while read -r key; do
        verdict "$(grep -qF "{$key," docs/references.bib 2>"$tmp/grep" ||
            { cat "$tmp/grep"; echo "no {$key, in docs/references.bib"; })" "source $key"
    done <"$tmp/keys"
}

main() {
    check_reach
    check_from_root
    check_brackets
    check_no_source_included
    check_headers
    check_header_names
    check_installed_headers
    check_symbols
    check_lists
    check_forgotten
    check_references
    closing_line
}

main
