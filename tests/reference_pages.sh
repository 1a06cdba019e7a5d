#!/bin/sh
# docs/reference/*.md are what `usphere list KIND --format md` prints. With --renew as the
# third argument they are written anew. Closes like a Check program.
set -u

usphere=$1
root=$2
bad=0
count=0
for kind in kernels metrics solvers generators formats suites records; do
    page=$root/docs/reference/$kind.md
    if [ "${3:-}" = --renew ]; then
        "$usphere" list "$kind" --format md -o "$page" || exit 1
    fi
    count=$((count + 1))
    if ! "$usphere" list "$kind" --format md | cmp -s - "$page"; then
        echo "$page is not what the program prints; renew it with"
        echo "  tests/reference_pages.sh build/bench/cli/usphere . --renew"
        bad=$((bad + 1))
    fi
done
echo "$((100 * (count - bad) / count))%: Checks: $count, Failures: $bad, Errors: 0"
[ "$bad" -eq 0 ]
