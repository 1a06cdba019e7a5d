#!/bin/sh
# docs/reference/*.md are what `usphere list KIND --format md` prints, docs/axioms.md what
# the program AXIOMS does. With --renew as the last argument they are written anew. Closes
# like a Check program.
#
# Usage: tests/reference_pages.sh USPHERE ROOT AXIOMS [--renew]
set -u

usphere=$1
root=$2
axioms=$3
bad=0
count=0
say_how() {
    echo "  tests/reference_pages.sh build/bench/cli/usphere . build/tests/axioms --renew"
}
for kind in kernels metrics bounds solvers generators formats suites records; do
    page=$root/docs/reference/$kind.md
    if [ "${4:-}" = --renew ]; then
        "$usphere" list "$kind" --format md -o "$page" || exit 1
    fi
    count=$((count + 1))
    if ! "$usphere" list "$kind" --format md | cmp -s - "$page"; then
        echo "$page is not what the program prints; renew it with"
        say_how
        bad=$((bad + 1))
    fi
done
page=$root/docs/axioms.md
if [ "${4:-}" = --renew ]; then
    "$axioms" >"$page" || exit 1
fi
count=$((count + 1))
if ! "$axioms" | cmp -s - "$page"; then
    echo "$page is not what the program prints; renew it with"
    say_how
    bad=$((bad + 1))
fi
echo "$((100 * (count - bad) / count))%: Checks: $count, Failures: $bad, Errors: 0"
[ "$bad" -eq 0 ]
