#!/bin/sh
# A value beyond its bound is an error of the program: exit 1 with a message, shown with
# a build whose metrics are wrong on purpose. Closes like a Check program.
#
# Usage: tests/broken.sh USPHERE USPHERE_BROKEN
set -u

usphere=$1
broken=$2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
count=0
bad=0

# expect CODE TEXT COMMAND...: its exit code, and TEXT in what it says
expect() {
    want=$1
    text=$2
    shift 2
    count=$((count + 1))
    "$@" >"$tmp/out" 2>&1
    code=$?
    if [ "$code" -ne "$want" ] || ! grep -q "$text" "$tmp/out"; then
        echo "exit $code instead of $want, or no '$text': $*"
        bad=$((bad + 1))
    fi
}

"$usphere" points --points icosahedron -o "$tmp/x.npy" || exit 2
for metric in energy/riesz:s=1 separation cap_discrepancy gaussian_uniformity; do
    expect 0 "$metric" "$usphere" eval --metric "$metric" "$tmp/x.npy"
done
for metric in energy/riesz:s=1 separation cap_discrepancy; do
    expect 1 'better than a proved bound' "$broken" eval --metric "$metric" "$tmp/x.npy"
    expect 0 "$metric" "$broken" eval --bounds off --metric "$metric" "$tmp/x.npy"
done
expect 1 'better than a proved bound' "$broken" table --objective energy/log \
    --metric energy/riesz:s=1 --n 12 --d 3
expect 1 'better than a proved bound' "$broken" eval --bounds lp \
    --metric energy/log_angle "$tmp/x.npy"
echo "$((100 * (count - bad) / count))%: Checks: $count, Failures: $bad, Errors: 0"
[ "$bad" -eq 0 ]
