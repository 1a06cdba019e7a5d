#!/bin/sh
# Runs benchmarks for a moment each, so that none can rot; the largest shapes are left
# out. Closes like a Check program.
set -u

bench=$1
out=$("$bench" --benchmark_min_time=0.0001 \
    --benchmark_filter='-.*n=(2304|3072|4096|8192|1000000)/.*' 2>/dev/null)
code=$?
ran=$(printf '%s\n' "$out" | grep -c '^[a-z]*/')
bad=$(printf '%s\n' "$out" | grep -c '^[a-z]*/.*ERROR OCCURRED')
[ "$code" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1

# a filter that matches nothing must not look green
ran=$((ran + 1))
if "$bench" --benchmark_filter=nothing_has_this_name >/dev/null 2>&1; then
    echo 'a filter that matches nothing exits with 0'
    bad=$((bad + 1))
fi

[ "$bad" -eq 0 ] || printf '%s\n' "$out"
echo "$((100 * (ran - bad) / ran))%: Checks: $ran, Failures: $bad, Errors: 0"
[ "$bad" -eq 0 ]
