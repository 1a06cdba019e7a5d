#!/bin/sh
# The program as a user meets it: every subcommand, every format, every class of error
# with its exit code and message, as the contract of the command line has them.
#
# Usage: tests/cli.sh PROGRAM SOURCE_ROOT
#
# The last line is in the form of Check, so that tests/run can add it up.
set -u
LC_ALL=C
export LC_ALL
unset NO_COLOR

if [ $# -ne 2 ]; then
    echo "usage: $0 PROGRAM SOURCE_ROOT" >&2
    exit 2
fi
prog=$(realpath "$1") || exit 2
root=$(realpath "$2") || exit 2
python=$(python3 -c 'import sys; print(sys.executable)') || exit 2

tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$tmp/work"
cd "$tmp/work" || exit 2

out=$tmp/out
err=$tmp/err
formats='text md csv json latex'
checks=0
failures=0
section=
cmd=
code=0

# ---- counting -------------------------------------------------------------------------

pass() {
    checks=$((checks + 1))
}

# fail WANTED: with what was run and what came
fail() {
    checks=$((checks + 1))
    failures=$((failures + 1))
    {
        printf 'FAIL [%s]\n  run:    %s\n  wanted: %s\n  exit:   %s\n' \
            "$section" "$cmd" "$1" "$code"
        for stream in out err; do
            head -c 800 "$tmp/$stream" | head -n 8 | sed "s/^/  $stream:    /; \$a\\"
        done
    } | tr -d '\000'
}

# verdict STATUS WANTED
verdict() {
    if [ "$1" -eq 0 ]; then
        pass
    else
        fail "$2"
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

# ---- running and expecting ------------------------------------------------------------

# run ARGUMENT...: standard input is empty
run() {
    cmd="usphere $*"
    "$prog" "$@" >"$out" 2>"$err" </dev/null
    code=$?
}

# run_from INPUT ARGUMENT...
run_from() {
    input=$1
    shift
    cmd="usphere $* < $input"
    "$prog" "$@" >"$out" 2>"$err" <"$input"
    code=$?
}

# run_into OUTPUT ARGUMENT...: standard output goes there
run_into() {
    target=$1
    shift
    cmd="usphere $* > $target"
    : >"$out"
    "$prog" "$@" >"$target" 2>"$err" </dev/null
    code=$?
}

expect_code() {
    [ "$code" -eq "$1" ]
    verdict $? "exit code $1"
}

expect_out() {
    grep -qF -e "$1" "$out"
    verdict $? "on standard output: $1"
}

expect_err() {
    grep -qF -e "$1" "$err"
    verdict $? "on standard error: $1"
}

expect_err_like() {
    grep -qE -e "$1" "$err"
    verdict $? "on standard error, as a pattern: $1"
}

expect_no_out() {
    [ ! -s "$out" ]
    verdict $? 'nothing on standard output'
}

expect_no_err() {
    [ ! -s "$err" ]
    verdict $? 'nothing on standard error'
}

# expect_file FILE / expect_no_file FILE
expect_file() {
    [ -s "$1" ]
    verdict $? "a file $1 that is not empty"
}

expect_no_file() {
    [ ! -e "$1" ]
    verdict $? "no file $1"
}

# expect_same A B
expect_same() {
    cmp -s "$1" "$2"
    verdict $? "$1 and $2 have the same bytes"
}

# No temporary file of a writer is left in the folder.
expect_tidy() {
    left=$(find . -name '.usphere-*' | head -n 3)
    [ -z "$left" ]
    verdict $? "no temporary file left behind, there is: $left"
}

# expect_json EXPRESSION...: each true of the documents of standard output. doc is the
# first, docs are all, m the metrics of an eval document by spec.
expect_json() {
    expect_json_in "$out" "$@"
}

expect_json_in() {
    file=$1
    shift
    "$python" -I -S "$tmp/json_check.py" "$file" "$@" >"$tmp/verdicts"
    while IFS= read -r line; do
        [ "$line" = ok ]
        verdict $? "$line"
    done <"$tmp/verdicts"
}

# expect_form FORMAT: the output is well formed
expect_form() {
    cp "$out" "$tmp/form.$1"
    expect_forms "$1:$tmp/form.$1"
}

# expect_forms FORMAT:FILE...: outputs that were kept are well formed
expect_forms() {
    "$python" -I -S "$tmp/form_check.py" "$tmp/fields" "$@" >"$tmp/verdicts" 2>&1
    while IFS= read -r line; do
        [ "$line" = ok ]
        verdict $? "well formed $line"
    done <"$tmp/verdicts"
}

# refuse CODE MESSAGE ARGUMENT...: the run ends so, says so and prints nothing else
refuse() {
    wanted_code=$1
    message=$2
    shift 2
    run "$@"
    expect_code "$wanted_code"
    expect_err "$message"
    grep -q '^usphere' "$err"
    verdict $? 'a message that begins with the name of the program'
    expect_no_out
}

# near A B TOLERANCE: numbers that differ by no more than that
near() {
    awk -v a="$1" -v b="$2" -v t="$3" \
        'BEGIN { d = a - b; exit !((d < 0 ? -d : d) <= t) }'
}

# ---- programs of the tests ------------------------------------------------------------

write_json_check() {
    cat >"$tmp/json_check.py" <<'END'
"""json_check.py FILE EXPRESSION...: one line each, ok or what is wrong."""
import json, math, sys

def refuse(word):
    raise ValueError('JSON has no ' + word)

def has(obj, fields):
    missing = [f for f in fields.split() if f not in obj]
    if missing:
        raise ValueError('fields are missing: ' + ' '.join(missing))
    return True

def close(a, b, tolerance=1e-9):
    return abs(a - b) <= tolerance * max(1, abs(b))

def walk(value):
    yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from walk(part)

def marked(document):
    """A field F that is not finite is null, with F_nonfinite beside it."""
    for part in walk(document):
        for key in part if isinstance(part, dict) else []:
            if key.endswith('_nonfinite'):
                if part[key] not in ('inf', '-inf', 'nan') or part[key[:-10]] is not None:
                    raise ValueError(key + ' is wrong')
    return True

def q_of(r):
    best = r['best_known'] if r['best'] == 'known' else r['bound']
    return (r['expected_iid'] - r['value']) / (r['expected_iid'] - best)

IID = ('exact', 'quadrature', 'monte_carlo', 'median', None)
BEST = ('tight', 'known', 'bound', None)
KIND = ('exact', 'lower_bound', 'upper_bound', 'estimate')
REASON = ('gradient', 'value', 'target', 'schedule', 'stalled', 'max_steps', 'max_evals',
          'max_seconds', 'interrupted')
MEASURE = ('metric value unit better kind expected_iid bound bound_status bound_method '
           'bound_slack gap best_known q iid best p_value p_lower p_upper p_method '
           'coincident extra')

def sound(r):
    """A measured record has its fields, and its words are those of the contract."""
    has(r, MEASURE)
    return (r['iid'] in IID and r['best'] in BEST and r['kind'] in KIND and
            r['better'] in ('lower', 'higher') and isinstance(r['extra'], dict))

text = open(sys.argv[1], encoding='utf-8').read()
try:
    docs = [json.loads(line, parse_constant=refuse) for line in text.splitlines()]
    doc = docs[0]
    m = {r['metric']: r for r in doc.get('metrics', [])} if isinstance(doc, dict) else {}
except (ValueError, IndexError) as wrong:
    print('valid JSON: %r' % wrong)
    sys.exit()
for expression in sys.argv[2:]:
    shown = ' '.join(expression.split())
    try:
        print('ok' if eval(shown) is True else 'JSON: ' + shown)
    except Exception as wrong:
        print('JSON: %s (%r)' % (shown, wrong))
END
}

write_form_check() {
    cat >"$tmp/form_check.py" <<'END'
"""form_check.py FIELDS FORMAT:FILE...: one line each, ok or what is wrong with it."""
import csv, json, re, sys

def check_text(text):
    if '\033' in text:
        yield 'an escape sequence, though no terminal'
    if any(line != line.rstrip('\r') for line in text.split('\n')):
        yield 'a carriage return'

def check_md(text):
    """Each table: rule below the head, the same number of columns in every line."""
    tables, columns = 0, None
    lines = text.split('\n')
    for number, line in enumerate(lines, 1):
        if not line.startswith('|'):
            columns = None
            continue
        count = len(re.sub(r'\\.', '', line).split('|')) - 2
        if columns is None:
            columns, tables = count, tables + 1
            if not re.fullmatch(r'\|( --- \|)+', lines[number]):
                yield 'line %d: no rule below the head' % number
        elif count != columns:
            yield 'line %d has %d columns, the head %d' % (number, count, columns)
    if tables == 0:
        yield 'no table'

def check_csv(text):
    rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
    fields = open(sys.argv[1]).read().split()
    if rows[0][0] == 'objective' and rows[0] != fields:
        yield 'the header is not the field list: ' + ','.join(rows[0])
    if rows[0][0] not in ('objective', 'name', 'points', 'metric'):
        yield 'header ' + ','.join(rows[0])
    if len(rows) < 2:
        yield 'no record'
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            yield 'record %d has %d fields, the header %d' % (number, len(row), len(rows[0]))

def check_json(text):
    def refuse(word):
        raise ValueError('JSON has no ' + word)
    for line in text.splitlines():
        document = json.loads(line, parse_constant=refuse)
        if not re.fullmatch(r'usphere\.(list|points|eval|solve|table|compare|bound)/1', document['schema']):
            yield 'schema ' + document['schema']
    if not text.endswith('\n'):
        yield 'no newline at the end'

PLAIN = r'\\[_%&#${}]|\\text(asciicircum|asciitilde|backslash|less|greater|bar)\{\}'

def check_latex(text):
    """No special character is left once the escapes are taken out."""
    columns = None
    row = ''
    for number, line in enumerate(text.split('\n'), 1):
        begin = re.fullmatch(r'\\begin\{tabular\}\{([lrc]+)\}', line)
        if begin:
            columns = len(begin.group(1))
        elif line == r'\end{tabular}':
            columns = None
        elif columns is not None and line not in (r'\toprule', r'\midrule', r'\bottomrule'):
            row += line + '\n' # a cell may hold line breaks: a row goes on to its \\
            if not line.endswith(r' \\'):
                continue
            cells = re.sub(PLAIN, '', row[:-4]).split('&')
            row = ''
            if len(cells) != columns:
                yield 'line %d has %d cells, not %d' % (number, len(cells), columns)
            if re.search(r'[_%#${}^~\\<>|]', ''.join(cells)):
                yield 'line %d: not escaped' % number
        else:
            caption = re.fullmatch(r'\\caption\{(.*)\}|\\par\\footnotesize (.*)', line)
            if caption and re.search(r'[_%&#${}^~\\<>|]', re.sub(
                    PLAIN, '', caption.group(1) or caption.group(2) or '')):
                yield 'line %d: not escaped' % number
    if row:
        yield 'a row that does not end in \\\\'
    if text.count(r'\begin{') != text.count(r'\end{'):
        yield 'environments do not match'

for word in sys.argv[2:]:
    form, path = word.split(':', 1)
    try:
        text = open(path, encoding='utf-8', newline='').read()
        wrong = list(globals()['check_' + form](text)) if text.strip() else ['it is empty']
    except Exception as failure:
        wrong = [repr(failure)]
    print('; '.join([word] + wrong[:3]) if wrong else 'ok')
END
}

# All input files that a shell cannot write easily.
write_data() {
    "$python" - <<'END'
import struct

def npy(name, shape, values, descr='<f8', fortran=False, cut=None):
    head = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (descr, fortran, shape)
    head += ' ' * (-(len(head) + 11) % 64) + '\n'
    code = {'<f8': '<d', '>f8': '>d', '<f4': '<f', '<i4': '<i', '|O': '<d'}[descr]
    data = b'\x93NUMPY\x01\x00' + struct.pack('<H', len(head)) + head.encode()
    data += b''.join(struct.pack(code, v) for v in values)
    open(name, 'wb').write(data[:cut])

nan, inf = float('nan'), float('inf')
cross = [1, 0, 0, 0, 1, 0, 0, 0, 1, -1, 0, 0, 0, -1, 0, 0, 0, -1]
npy('cross.npy', (6, 3), cross)
npy('big_endian.npy', (6, 3), cross, '>f8')
npy('float32.npy', (6, 3), cross, '<f4')
npy('int32.npy', (6, 3), cross, '<i4')
npy('fortran.npy', (6, 3), [cross[3 * i + k] for k in range(3) for i in range(6)],
    fortran=True)
npy('nan.npy', (2, 3), [1, 0, 0, 0, 1, nan])
npy('inf.npy', (2, 3), [1, 0, 0, inf, 1, 0])
npy('cut.npy', (6, 3), cross, cut=-5)
npy('cut_head.npy', (6, 3), cross, cut=40)
npy('more.npy', (6, 3), cross + [7])
npy('rank1.npy', (6,), cross[:6])
npy('rank3.npy', (2, 3, 3), cross)
npy('huge.npy', (2 ** 61, 8), cross)
npy('none.npy', (0, 3), [])
npy('line.npy', (3, 1), [1, 2, 3])
npy('objects.npy', (6, 3), cross, '|O')
open('nul.txt', 'wb').write(b'1 0 0\n0 1 \x000\n')
END
    printf '1 0 0\n0 1 0\n0 0 1\n-1 0 0\n0 -1 0\n0 0 -1\n' >cross.txt
    printf 'x,y,z\n2,0,0\n0,3,0\n0,0,4\n-5,0,0\n0,-6,0\n0,0,-7\n' >long.csv
    printf '1 0 0\n0 1 nan\n' >nan.txt
    printf '1 0 0\n-inf 1 0\n' >inf.txt
    printf '1 0 0\n0 1 0\n0 0' >cut.txt
    printf '1 0 0\n0 1 0 0\n' >wide.txt
    printf '1 0 0\n0 one 0\n' >word.txt
    printf '1 0 0\n0 0 0\n0 1 0\n0 0 0\n' >zero.txt
    printf '0 0 0\n0 0 0\n' >zeros.txt
    printf '1\n2\n' >line.txt
    printf '# no numbers\n' >comment.txt
    printf '1 0 0\n1 0 0\n0 1 0\n' >twice.txt
    printf '0 0 1\n' >one.txt
    : >empty.txt
}

# ---- sections -------------------------------------------------------------------------

test_help() {
    section='help'
    run --help
    expect_code 0
    for word in list points eval solve table compare bound; do
        expect_out "  $word "
    done
    run --version
    expect_code 0
    expect_out 'usphere '
    expect_out 'BLAS: '
    run
    expect_code 2
    expect_err 'Usage: usphere'
    expect_no_out
    help_names list format output quiet verbose color
    help_names points points n d seed output
    help_names eval metric drop-zero explain draws accuracy bounds format output
    help_names solve objective solver n d points start starts grad-tol max-evals \
        max-seconds trace accuracy output seed threads format
    help_names table suite objective metric solver n d seeds rows cols score seed threads
    help_names compare kernel d n seeds timing seed threads
    help_names bound metric d n bounds format output
}

# help_names COMMAND OPTION...
help_names() {
    sub=$1
    shift
    run "$sub" --help
    expect_code 0
    for option in "$@"; do
        expect_out "--$option"
    done
}

# The options that the contract calls common are taken by every subcommand.
test_common() {
    section='common options'
    common_of list
    common_of points --points icosahedron
    common_of eval --metric separation cross.txt
    common_of solve --objective energy/log --n 3 --d 2
    common_of table --suite smoke --metric separation
    common_of compare --kernel log --n 3 --d 2
    common_of bound --metric separation --n 3 --d 2
    for sub in list points eval solve table compare bound; do
        run "$sub" --version
        expect_out 'usphere '
    done
}

common_of() {
    for option in --seed=2 --threads=1 --format=text --output=common.txt -q -v \
        --progress=never --color=never; do
        run "$@" "$option"
        expect_code 0
    done
    rm -f common.txt
}

test_usage() {
    section='usage'
    refuse 2 "unknown command 'lst', did you mean 'list'?" lst
    refuse 2 "unknown command 'evl', did you mean 'eval'?" evl
    refuse 2 "unknown command '--versio', did you mean '--version'?" --versio
    refuse 2 "unknown command 'xyzzyxyzzy'" xyzzyxyzzy
    refuse 2 "unknown kind 'metrixs', did you mean 'metrics'?" list metrixs
    refuse 2 "solvers" list kernels solvers
    refuse 2 "unexpected argument 'more'" points --n 4 --d 3 more
    refuse 2 "unexpected argument 'more'" solve --objective energy/log --n 4 --d 3 more
    refuse 2 'eval needs a file' eval
    refuse 2 'solve needs one --objective' solve --n 4 --d 3
    refuse 2 'needs --n' solve --objective energy/log --d 3
    refuse 2 'needs --d' points --n 4
    refuse 2 '--n is relative to d: give --d too' points --n 2d
    refuse 2 'only one --n and one --d' points --n 4,5 --d 3
    refuse 2 'only one --n and one --d' solve --objective energy/log --n 4 --d 3,4
    refuse 2 "takes one --solver" \
        solve --objective energy/log --solver gd --solver lbfgs --n 4 --d 3
    refuse 2 'not both' solve --objective energy/log --start cross.txt --points uniform
    refuse 2 "'--seed' requires an argument" points --n 4 --d 3 --seed
    refuse 2 'requires an argument' points --n 4 --d 3 -o
    refuse 2 "doesn't allow an argument" eval --drop-zero=1 cross.txt
    refuse 2 'invalid option' points --n 4 --d 3 -x
    refuse 2 '--rows and --cols are both n' table --suite smoke --rows n --cols n
}

# Abbreviations break scripts as soon as an option is added: each is refused, and the
# option that was meant is named.
test_abbreviations() {
    section='abbreviations'
    refuse 2 'did you mean --seed?' points --n 4 --d 3 --see 1
    refuse 2 'did you mean --metric?' eval --metri separation cross.txt
    refuse 2 'did you mean --metric?' eval --met separation cross.txt
    refuse 2 'did you mean --objective?' solve --objectiv energy/log --n 4 --d 3
    refuse 2 'did you mean --objective?' solve --obj energy/log --n 4 --d 3
    refuse 2 'did you mean --max-evals?' \
        solve --objective energy/log --n 4 --d 3 --max-eval 3
    refuse 2 'did you mean --suite?' table --suit smoke
    refuse 2 'did you mean --kernel?' compare --kernl log
    refuse 2 'did you mean --help?' eval --hel
    refuse 2 'did you mean --drop-zero?' eval --drop-zer cross.txt
}

test_words() {
    section='unknown words'
    refuse 2 "'seperation', did you mean 'separation'?" eval --metric seperation cross.txt
    refuse 2 "'rietz', did you mean 'riesz'?" eval --metric energy/rietz cross.txt
    refuse 2 "'lg', did you mean 'log'?" compare --kernel lg
    refuse 2 "'gdd', did you mean 'gd'?" solve --objective energy/log --solver gdd
    refuse 2 "'rul', did you mean 'rule'?" solve --objective energy/log --solver gd:rul=bb
    refuse 2 "'icosahedrn', did you mean 'icosahedron'?" points --points icosahedrn
    refuse 2 "'kapa', did you mean 'kappa'?" points --points vmf:kapa=1 --n 4 --d 3
    refuse 2 "'jsn', did you mean 'json'?" list --format jsn
    refuse 2 "'smok', did you mean 'smoke'?" table --suite smok
    refuse 2 'nofilexyzzy' table --suite nofilexyzzy
    refuse 2 "'objectve' is not one of" table --suite smoke --rows objectve
    expect_err "did you mean 'objective'?"
    refuse 2 "did you mean 'raw'?" table --suite smoke --score rw
    refuse 2 "did you mean 'always'?" list --color alway
    refuse 2 "did you mean 'never'?" eval --progress nevr cross.txt
    refuse 2 'is not one of armijo|' solve --objective energy/log --solver gd:rule=zzz
    refuse 2 'energy needs a kernel' eval --metric energy cross.txt
    refuse 2 'separation takes no kernel' eval --metric separation/log cross.txt
    refuse 2 'nothing follows the colon' eval --metric energy/riesz: cross.txt
    refuse 2 'nothing follows the last comma' eval --metric energy/riesz:s=1, cross.txt
    refuse 2 'riesz.s is given twice' eval --metric energy/riesz:s=1,s=2 cross.txt
    refuse 2 'expected key=value' eval --metric energy/riesz:s cross.txt
    refuse 2 'riesz.s needs a number' eval --metric energy/riesz:s=one cross.txt
    refuse 2 'energy.half needs a whole number' eval --metric energy:half=0.5/log cross.txt
    refuse 2 "log takes no parameters, got 's'" eval --metric energy/log:s=1 cross.txt
}

test_ranges() {
    section='ranges'
    refuse 2 'riesz.s = -3 is outside (-2, 1000000]' eval --metric energy/riesz:s=-3 one.txt
    refuse 2 'riesz.s = -3 is outside (-2, 1000000]' compare --kernel riesz:s=-3
    refuse 2 'use the kernel log' eval --metric energy/riesz:s=0 one.txt
    refuse 2 'gauss.t = 0 is outside (0, 1000000]' eval --metric energy/gauss:t=0 one.txt
    refuse 2 'energy.half = 2 is outside [0, 1]' eval --metric energy:half=2/log one.txt
    refuse 2 'vmf.kappa = -1 is outside [0, ' points --points vmf:kappa=-1 --n 4 --d 3
    refuse 2 "'0' is not a whole number in [1, " solve --objective energy/log --starts 0
    refuse 2 "'0' is not a whole number in [1, " table --seeds 0
    refuse 2 "'0' is not a whole number in [1, " compare --seeds 0
    refuse 2 "'0' is not a whole number in [1, " solve --objective energy/log --max-evals 0
    refuse 2 "'0' is not a whole number in [1, 1024]" eval --threads 0 cross.txt
    refuse 2 "'-1' is not a whole number in [0, " points --seed -1 --n 4 --d 3
    refuse 2 "'9223372036854775808' is not a whole number in [0, " \
        points --seed 9223372036854775808 --n 4 --d 3
    refuse 2 "'x' is not a whole number" points --seed x --n 4 --d 3
    refuse 2 "'0' is not a number above 0" solve --objective energy/log --grad-tol 0
    refuse 2 "'nan' is not a number above 0" solve --objective energy/log --grad-tol nan
    refuse 2 "'-1' is not a number above 0" solve --objective energy/log --max-seconds -1
}

test_shapes() {
    section='shapes'
    refuse 2 'at least 1' points --n 0 --d 3
    refuse 2 'd = 1: the dimension must be at least 2' points --n 3 --d 1
    refuse 2 'd = 1: the dimension must be at least 2' solve --objective energy/log --n 3 --d 1
    refuse 2 'at least 2' table --suite smoke --d 1
    refuse 2 'at least 2' compare --kernel log --n 3 --d 1
    refuse 2 "'-3' is not a list of sizes" points --n -3 --d 3
    refuse 2 "'3.5' is not a list of sizes" points --n 3.5 --d 3
    refuse 2 "'9..' is not a list of sizes" table --suite smoke --n 9..
    refuse 2 '9..3 goes down' table --suite smoke --n 9..3
    refuse 2 'does not fit in memory' points --n 999999999999 --d 999999999999
    refuse 2 'does not fit in memory' \
        solve --objective energy/log --n 999999999999 --d 999999999999
    refuse 2 'does not fit in memory' points --n d^4 --d 999999999999
    refuse 2 "'99999999999999999999' is not a list of sizes" \
        points --n 99999999999999999999 --d 3
    refuse 2 'simplex makes only n = d + 1' points --points simplex --n 5 --d 3
    refuse 2 'icosahedron makes only' points --points icosahedron --n 13
    refuse 2 'not defined for n = 1' solve --objective energy/log --n 1 --d 3
    refuse 2 'has n = 6, d = 3' solve --objective energy/log --start cross.txt --n 7
}

test_bad_files() {
    section='bad files'
    refuse 4 'nofile.txt: No such file or directory' eval nofile.txt
    refuse 4 'nofile.txt: No such file or directory' \
        solve --objective energy/log --start nofile.txt
    refuse 4 'Is a directory' eval .
    refuse 3 'empty.txt: the file is empty' eval empty.txt
    refuse 3 'comment.txt: no row of numbers' eval comment.txt
    refuse 3 'cut.txt:3:4: row has 2 numbers, the first row has 3' eval cut.txt
    refuse 3 'wide.txt:2:7: row has 4 numbers, the first row has 3' eval wide.txt
    refuse 3 'word.txt:2:3: "one" is not a number' eval word.txt
    refuse 3 'nan.txt:2:5: value at row 2, column 3 is nan' eval nan.txt
    refuse 3 'inf.txt:2:1: value at row 2, column 1 is -inf' eval inf.txt
    refuse 3 'nul.txt:2:5: NUL byte' eval nul.txt
    refuse 3 'line.txt: d = 1' eval line.txt
    refuse 3 'nan.txt:2:5: ' solve --objective energy/log --start nan.txt
    refuse 3 'value at row 2, column 3 is nan' eval nan.npy
    expect_err_like 'nan\.npy:[0-9]+: '
    refuse 3 'value at row 2, column 1 is inf' eval inf.npy
    expect_err_like 'inf\.npy:[0-9]+: '
    refuse 3 'the data are cut off' eval cut.npy
    expect_err_like 'cut\.npy:[0-9]+: '
    refuse 3 'cut_head.npy:' eval cut_head.npy
    refuse 3 '8 bytes follow' eval more.npy
    refuse 3 'shape (6,) has rank 1' eval rank1.npy
    refuse 3 'shape (2, 3, 3) has rank 3' eval rank3.npy
    refuse 3 'shape (2305843009213693952, 8) has more bytes than fit' eval huge.npy
    refuse 3 'none.npy: n = 0' eval none.npy
    refuse 3 'line.npy: d = 1' eval line.npy
    refuse 3 'Python objects are never unpickled' eval objects.npy
    run eval cross.txt nan.txt
    expect_code 3
    expect_err 'nan.txt:2:5: '
}

test_zero_rows() {
    section='zero rows'
    refuse 3 'zero.txt: row 2 is zero' eval zero.txt
    expect_err '--drop-zero'
    run eval --drop-zero --metric separation --format json zero.txt
    expect_code 0
    expect_json 'doc["n"] == 2' 'close(m["separation"]["value"], math.pi / 2)'
    expect_err '2 zero and left out'
    refuse 3 'zeros.txt: all 2 rows are zero' eval --drop-zero zeros.txt
    refuse 3 'zero.txt: row 2 is zero' solve --objective energy/log --start zero.txt
    run solve --objective energy/log --start zero.txt --drop-zero --format json
    expect_code 0
    expect_json 'doc["n"] == 2'
}

test_one_point() {
    section='one point'
    run eval --format json one.txt
    expect_code 0
    expect_json 'm["energy/log"]["value"] is None' 'm["energy/log"]["q"] is None' \
        'm["energy/riesz:s=1"]["value"] is None' 'm["energy/riesz:s=1"]["sum"] is None' \
        '"n = 1" in m["energy/gauss:t=2"]["note"]' \
        'not any("value_nonfinite" in r for r in doc["metrics"])' \
        'close(m["separation"]["value"], math.pi, 1e-15)' \
        'm["frame_potential"]["value"] == 1' 'm["gram_logdet"]["value"] == 0' \
        'all((r["value"] is None) == (r["note"] is not None) for r in doc["metrics"])'
    for metric in energy/log energy/riesz:s=1 separation_soft gaussian_uniformity; do
        run eval --metric "$metric" --format json one.txt
        expect_code 3
        expect_err 'not defined for n = 1'
        expect_json 'doc["metrics"][0]["value"] is None'
    done
    for metric in separation frame_potential gram_logdet cap_discrepancy; do
        run eval --metric "$metric" one.txt
        expect_code 0
    done
    run eval --metric all one.txt # names none of them
    expect_code 0
}

test_coincident() {
    section='coincident points'
    run eval --format json twice.txt
    expect_code 0
    expect_json 'marked(doc)' 'm["energy/log"]["value"] is None' \
        'm["energy/log"]["value_nonfinite"] == "inf"' \
        'm["energy/log"]["sum_nonfinite"] == "inf"' \
        'm["energy/riesz:s=1"]["value_nonfinite"] == "inf"' \
        'm["energy/log"]["coincident"] == 1' 'm["separation"]["value"] == 0' \
        'm["gram_logdet"]["value_nonfinite"] == "-inf"' \
        'math.isfinite(m["energy/gauss:t=2"]["value"])' \
        'close(m["energy/gauss:t=2"]["value"], (1 + 2 * math.exp(-4)) / 3)'
    expect_err '1 equal to an earlier row'
    run eval --metric energy/log twice.txt
    expect_code 0
    expect_out ' inf '
    run solve --objective energy/log --start twice.txt
    expect_code 3
    expect_err 'coincident'
    run solve --objective energy/log --points duplicates --n 4 --d 3 -o no.npy
    expect_code 3
    expect_no_file no.npy
}

# in_formats ARGUMENT...: the run, in every format, is well formed; leaves the JSON
in_formats() {
    for form in $formats; do
        run "$@" --format "$form"
        expect_code 0
        cp "$out" "$tmp/form.$form"
    done
    expect_forms "text:$tmp/form.text" "md:$tmp/form.md" "csv:$tmp/form.csv" \
        "json:$tmp/form.json" "latex:$tmp/form.latex"
    cp "$tmp/form.json" "$out"
}

test_list() {
    section='list'
    for kind in kernels metrics bounds solvers generators suites formats; do
        in_formats list "$kind"
        expect_json 'doc["schema"] == "usphere.list/1"' 'len(doc["entries"]) > 0' \
            "all(e['kind'] == '$kind' for e in doc['entries'])" \
            'all(has(e, "name title formula parameters source") for e in doc["entries"])'
    done
    run list
    expect_code 0
    for word in riesz energy lbfgs icosahedron npy latex smoke; do
        expect_out "$word"
    done
    run list kernels
    expect_out 'riesz'
    expect_out '(-2, 1000000], default 1'
    run list --format json
    expect_json '{e["kind"] for e in doc["entries"]} >= {"kernels", "metrics", "solvers",
        "generators", "suites", "formats"}'
    run list metrics --format md -o list.md
    expect_code 0
    expect_no_out
    expect_file list.md
}

test_points() {
    section='points'
    run points --points icosahedron
    expect_code 0
    awk 'NF != 3 { exit 1 } END { exit NR != 12 }' "$out"
    verdict $? '12 rows of 3 numbers'
    awk '{ r = $1 * $1 + $2 * $2 + $3 * $3 - 1; if (r > 1e-15 || r < -1e-15) exit 1 }' "$out"
    verdict $? 'rows of norm 1'
    for name in x.npy x.txt x.csv x.tsv; do
        run points --points uniform --n 9 --d 4 --seed 3 -o "$name"
        expect_code 0
        expect_file "$name"
        run eval --metric energy/log --format json "$name"
        expect_json 'doc["n"] == 9 and doc["d"] == 4 and doc["normalized"] in (0, False)'
        cp "$out" "$name.json"
        # the same numbers, to the last bit, from each format
        sed "s/$name/x.npy/" "$name.json" >"$name.same"
        expect_same x.npy.same "$name.same"
    done
    refuse 2 'vec is read only' points --n 4 --d 3 -o x.vec
    expect_no_file x.vec
    run points --n 4 --d 3 --seed 5 -o -
    expect_code 0
    cp "$out" seed5.txt
    run points --n 4 --d 3 --seed 5
    expect_same "$out" seed5.txt
    run points --n 4 --d 3 --seed 6
    ! cmp -s "$out" seed5.txt
    verdict $? 'other points from another seed'
    run points --n d^2 --d 4
    [ "$(wc -l <"$out")" -eq 16 ]
    verdict $? '16 rows for n = d^2'
    points_report
    generators_run
}

# -o takes the point set; the report goes to standard output, or out of its way.
points_report() {
    in_formats points --points icosahedron --seed 4 -o x.npy
    expect_json 'doc["schema"] == "usphere.points/1"' \
        'doc["points"] == "icosahedron" and doc["seed"] == 4' 'doc["n"] == 12 and doc["d"] == 3'
    run points --n 4 --d 3 -o x.npy
    expect_out 'uniform'
    expect_no_err
    run points --n 4 --d 3 -o -
    [ "$(wc -l <"$out")" -eq 4 ]
    verdict $? 'only the 4 points on standard output'
    expect_err 'uniform'
}

# Every generator makes points of norm 1, given a shape where it needs one.
generators_run() {
    run list generators --format csv
    awk -F, 'NR > 1 { print $1 }' "$out" >generators
    while read -r name; do
        run points --points "$name" -o g.npy
        [ "$code" -eq 0 ] || run points --points "$name" --n 12 --d 3 -o g.npy
        [ "$code" -eq 0 ] || run points --points "$name" --n 4 --d 3 -o g.npy
        [ "$code" -eq 0 ] || run points --points "$name" --n 5 --d 2 -o g.npy
        [ "$code" -eq 0 ] || run points --points "$name" --d 3 -o g.npy
        expect_code 0
        run eval --metric separation --format json g.npy
        expect_json 'doc["normalized"] in (0, False)'
        rm -f g.npy
    done <generators
}

test_eval() {
    section='eval'
    in_formats eval cross.txt twice.txt
    run eval --format json cross.npy
    expect_code 0
    expect_no_err
    expect_json 'has(doc, "schema file n d normalized metrics")' \
        'doc["schema"] == "usphere.eval/1"' 'doc["file"] == "cross.npy"' \
        'doc["n"] == 6 and doc["d"] == 3' 'all(sound(r) for r in doc["metrics"])' \
        '{"energy/log", "energy/riesz:s=1", "energy/riesz:s=2", "energy/gauss:t=2"} <= set(m)' \
        'len(m) == len(doc["metrics"])' \
        'close(m["energy/riesz:s=1"]["sum"], 12 / 2 ** .5 + 3 / 2, 1e-14)' \
        'close(m["energy/log"]["value"] * 15, m["energy/log"]["sum"], 1e-15)' \
        'm["separation"]["unit"] == "rad" and m["separation"]["better"] == "higher"' \
        'close(m["separation"]["value"], math.pi / 2, 1e-15)' \
        'close(m["frame_potential"]["value"], 12, 1e-15)' \
        'm["energy/log"]["iid"] == "exact" and m["energy/riesz:s=2"]["iid"] == "median"' \
        'all(close(r["q"], q_of(r)) for r in doc["metrics"] if r["q"] is not None)' \
        'close(m["energy/riesz:s=1"]["q"], 1)' 'close(m["cap_discrepancy"]["q"], 1)'
    cp "$out" cross.json
    run list metrics --format json
    expect_json "{r['metric'].split('/')[0].split(':')[0] for r in json.load(open('cross.json'))['metrics']}
        == {e['name'] for e in doc['entries']}"
    eval_inputs
    eval_words
}

# One point set in many files is one set of numbers.
eval_inputs() {
    run eval --format json --metric energy/riesz:s=1 --metric separation cross.npy
    cp "$out" cross2.json
    for name in cross.txt big_endian.npy float32.npy int32.npy fortran.npy; do
        run eval --format json --metric energy/riesz:s=1 --metric separation "$name"
        expect_code 0
        sed "s/$name/cross.npy/" "$out" >other.json
        expect_same cross2.json other.json
    done
    run eval --format json --metric separation long.csv
    expect_code 0
    expect_err '6 not of norm 1 and normalized'
    expect_json 'doc["n"] == 6' 'doc["normalized"] not in (0, False)' \
        'close(m["separation"]["value"], math.pi / 2)'
    run eval --format json --metric separation cross.txt long.csv cross.npy
    expect_code 0
    expect_json 'len(docs) == 3' \
        '[d["file"] for d in docs] == ["cross.txt", "long.csv", "cross.npy"]' \
        'all(d["schema"] == "usphere.eval/1" for d in docs)'
    for name in cross.npy cross.txt; do
        run_from "$name" eval --format json --metric separation -
        expect_code 0
        expect_json 'doc["file"] == "-"' 'doc["n"] == 6'
    done
    run_from cut.npy eval -
    expect_code 3
    expect_err '<stdin>:'
    run_from empty.txt eval -
    expect_code 3
    run_from cross.npy solve --objective energy/log --start - --format json
    expect_code 0
    expect_json 'doc["points"] == "-"'
    name=$(printf '\377.txt') # a name that is no UTF-8
    cp cross.txt "$name"
    run eval --format json --metric separation "$name"
    expect_code 0
    expect_json 'doc["n"] == 6'
    run solve --objective energy/log --start "$name" --format json
    expect_json 'has(doc, "points")'
    cp cross.txt ./-dash.txt
    run eval --metric separation -- -dash.txt
    expect_code 0
}

eval_words() {
    run eval --explain --metric energy/log --metric separation cross.txt
    expect_code 0
    expect_out 'K(r) = -log r'
    expect_out 'lower is more uniform'
    expect_out 'higher is more uniform'
    run eval --metric separation -q twice.txt
    expect_no_err
    run eval --metric separation -v cross.txt
    expect_err '6 rows of 3 numbers'
    run eval --metric separation --color always cross.txt
    grep -q "$(printf '\033')" "$out"
    verdict $? 'bold heads with --color always'
    run eval --metric energy:half=1/log --metric energy/log --format csv cross.txt -o eval.csv
    expect_code 0
    expect_no_out
    expect_file eval.csv
    run eval --metric energy/riesz:s=1 --format csv cross.txt
    cp "$out" value.csv
    run eval --metric energy/riesz:s=1 --format json cross.txt
    # 17 digits: both formats read back to the same double
    expect_json 'float(list(__import__("csv").DictReader(open("value.csv")))[0]["sum"])
        == doc["metrics"][0]["sum"]'
    # shellcheck disable=SC2016 # the dollar is a dollar
    name='a_b%c&d#e$f{g}h^i~j\k<l>m|n.txt'
    cp cross.txt "$name"
    run eval --metric separation --format latex "$name"
    expect_code 0
    expect_form latex
    # shellcheck disable=SC2016
    expect_out 'a\_b\%c\&d\#e\$f\{g\}h\textasciicircum{}i\textasciitilde{}j\textbackslash{}k'
    run eval --metric separation --format md "$name"
    expect_form md
    name='a,"b".txt'
    cp cross.txt "$name"
    run eval --metric separation --format csv "$name"
    expect_form csv
    expect_out '"a,""b"".txt"'
}

test_solve() {
    section='solve'
    in_formats solve --objective energy/riesz:s=1 --n 12 --d 3
    run solve --objective energy/riesz:s=1 --n 12 --d 3 --starts 3 --format json
    expect_code 0
    expect_no_err
    expect_json 'has(doc, "schema objective solver points n d seed starts value sum grad_norm
            min_hessian steps evals grads seconds reason best_known gap hits starts_detail")' \
        'doc["schema"] == "usphere.solve/1"' 'doc["objective"] == "energy/riesz:s=1"' \
        'doc["n"] == 12 and doc["d"] == 3 and doc["starts"] == 3' \
        'close(doc["sum"], 49.165253058, 1e-9)' 'close(doc["value"] * 66, doc["sum"], 1e-14)' \
        'doc["reason"] == "gradient"' 'close(doc["best_known"], 49.165253058, 1e-9)' \
        'abs(doc["gap"]) < 1e-9' 'doc["grad_norm"] <= 1e-10 * doc["sum"] / 12' \
        'doc["solver"] != "" and doc["points"] == "uniform"' 'doc["seconds"] >= 0' \
        'len(doc["starts_detail"]) == 3' \
        'all(has(s, "start value grad_norm reason evals seconds") for s in doc["starts_detail"])' \
        '[s["start"] for s in doc["starts_detail"]] == [0, 1, 2]' \
        'all(s["reason"] in REASON for s in doc["starts_detail"])' \
        'doc["value"] == min(s["value"] for s in doc["starts_detail"])' \
        'doc["hits"] == sum(abs(s["value"] - doc["value"]) * 66 <= 1e-9 * doc["sum"]
            for s in doc["starts_detail"])' 'marked(doc)'
    run solve --objective energy/riesz:s=1 --n 12 --d 3
    expect_out '49.165253'
    expect_out 'search with basin'
    expect_out 'target after 5 starts'
    near "$(awk '$1 == "sum" { print $2 }' "$out")" 49.165253058 1e-8
    verdict $? 'the sum 49.165253058'
    run solve --objective separation --n 4 --d 3 --solver anneal --format json
    expect_code 0
    expect_json 'doc["reason"] == "schedule"' 'close(doc["value"], math.acos(-1 / 3), 1e-5)' \
        'doc["sum"] is None' 'doc["gap"] > -1e-9'
    run solve --objective energy/riesz:s=1.7 --n 9 --d 5 --format json
    expect_code 0
    expect_json 'doc["best_known"] is None and doc["gap"] is None'
    solve_reasons
    solve_search
    solve_files
}

solve_search() {
    run solve --objective energy/riesz:s=1 --n 4..9 --d 3 --format json
    expect_code 0
    expect_json '[x["n"] for x in docs] == [4, 5, 6, 7, 8, 9]' \
        'all(x["strategy"] == "search" and x["reason"] == "target" for x in docs)' \
        'all(x["hits"] == 5 and x["distinct"] >= 1 and x["starts"] >= 5 for x in docs)' \
        'not any(x["missed"] or x["candidate"] for x in docs)'
    run solve --objective energy/riesz:s=1 --n 4..9 --d 3
    expect_out '6 of 6 known values reached'
    run solve --objective energy/riesz:s=1 --n 30,32 --d 3 --solver lbfgs --max-evals 9
    expect_code 5
    expect_out 'missed: n = 30, d = 3, 1 starts'
    expect_out '0 of 2 known values reached'
    run solve --objective energy/log --n 24 --d 3 --target none --format json
    expect_code 0
    expect_json 'doc["reason"] == "schedule"' 'doc["hits"] > 5'
    refuse 2 'not of a list' solve --objective energy/log --n 4,5 --d 3 -o x.npy
}

# reason CODE REASON ARGUMENT...: the run writes its points and ends so
reason() {
    wanted_code=$1
    wanted=$2
    shift 2
    rm -f reason.txt
    run solve "$@" --format json -o reason.txt
    expect_code "$wanted_code"
    expect_json "doc['reason'] == '$wanted'"
    expect_file reason.txt
}

solve_reasons() {
    reason 0 gradient --objective energy/log --n 20 --d 3 --solver lbfgs
    reason 0 target --objective energy/log --n 20 --d 3 --target -0.1
    reason 0 value --objective energy/log --n 20 --d 3 --value-tol 1e-3
    reason 5 max_evals --objective energy/log --n 20 --d 3 --max-evals 5
    [ "$(wc -l <reason.txt)" -eq 20 ]
    verdict $? '20 points written though not converged'
    expect_json 'doc["evals"] <= 6' 'doc["grad_norm"] > 1e-6'
    reason 5 max_steps --objective energy/log --n 20 --d 3 --max-steps 3
    expect_json 'doc["steps"] == 3'
    reason 5 max_seconds --objective energy/log --n 200 --d 3 --max-seconds 1e-9
    run solve --objective energy/log --n 20 --d 3 --starts 1 --grad-tol 1e-2 --format json
    expect_code 0
    expect_json 'doc["reason"] == "gradient"' '1e-9 < doc["grad_norm"] <= 1e-2'
    run solve --objective energy/log --n 20 --d 3 --max-evals 5
    expect_code 5
    expect_out 'max_evals'
}

solve_files() {
    run solve --objective energy/riesz:s=1 --n 12 --d 3 -o best.npy
    expect_code 0
    expect_out '49.165253'
    run eval --metric energy/riesz:s=1 --format json best.npy
    expect_json 'close(m["energy/riesz:s=1"]["sum"], 49.165253058, 1e-9)' \
        'doc["normalized"] in (0, False)'
    run solve --objective energy/log --start best.npy --format json
    expect_code 0
    expect_json 'doc["points"] == "best.npy"' 'doc["n"] == 12 and doc["d"] == 3' \
        'doc["steps"] < 10'
    run solve --objective energy/log --start best.npy --starts 2 --format json
    expect_json 'len(doc["starts_detail"]) == 2' \
        'doc["starts_detail"][1]["evals"] > doc["starts_detail"][0]["evals"]'
    for form in text json; do
        run solve --objective energy/log --n 5 --d 3 --starts 1 -o - --format "$form"
        expect_code 0
        awk 'NF != 3 { exit 1 } END { exit NR != 5 }' "$out"
        verdict $? 'only the 5 points on standard output'
        expect_err 'gradient'
    done
    expect_json_in "$err" 'doc["schema"] == "usphere.solve/1"'
    run solve --objective energy/log --n 9 --d 3 --trace trace.jsonl --format json
    expect_code 0
    cp "$out" traced.json
    expect_json_in trace.jsonl 'len(docs) > 3' \
        'all(has(t, "step evals value grad_norm") for t in docs)' \
        '[t["step"] for t in docs] == list(range(docs[0]["step"], docs[-1]["step"] + 1))' \
        'docs[-1]["step"] == json.load(open("traced.json"))["steps"]' \
        'docs[-1]["value"] == json.load(open("traced.json"))["value"]' \
        'docs[-1]["value"] < docs[0]["value"]'
}

test_table() {
    section='table'
    in_formats table --suite smoke
    run table --suite smoke --format json
    expect_code 0
    expect_no_err
    expect_json 'has(doc, "schema version suite blas cpu threads records")' \
        'doc["schema"] == "usphere.table/1"' 'doc["suite"] == "smoke"' \
        'all(has(r, "objective solver n d seed metric") for r in doc["records"])' \
        'all(sound(r) for r in doc["records"])' \
        'all(r["reason"] in REASON for r in doc["records"])' \
        'len({r["metric"] for r in doc["records"]}) == len(doc["records"])' 'marked(doc)'
    table_sizes
    table_keys
    table_suites
    run table --suite smoke --points duplicates --metric energy/log --format json
    expect_code 0 # a failed item is a record that says so, never a lost row
    expect_json 'len(doc["records"]) == 1' 'doc["records"][0]["value"] is None' \
        'bool(doc["records"][0]["note"])'
    run table --suite smoke -o table.md --format md
    expect_code 0
    expect_no_out
    expect_file table.md
}

table_sizes() {
    run table --suite smoke --metric separation --d 3,2 --n d+1,2d,4d,d^2,5..6 --seeds 2 \
        --seed 7 --format json
    expect_code 0
    expect_json 'len(doc["records"]) == 2 * 6 * 2' \
        '[r["n"] for r in doc["records"] if r["d"] == 3][::2] == [4, 6, 12, 9, 5, 6]' \
        '[r["n"] for r in doc["records"] if r["d"] == 2][::2] == [3, 4, 8, 4, 5, 6]' \
        '{r["seed"] for r in doc["records"]} == {7, 8}' \
        'all(r["metric"] == "separation" for r in doc["records"])'
    run table --suite smoke --objective energy/riesz:s=1 --objective gram_logdet \
        --solver gd --solver lbfgs --metric separation --metric energy/log --format json
    expect_code 0
    expect_json 'len(doc["records"]) == 8' \
        '{r["objective"] for r in doc["records"]} == {"energy/riesz:s=1", "gram_logdet"}' \
        '{r["solver"] for r in doc["records"]} == {"gd", "lbfgs"}'
    run table --suite smoke --metric separation --cols n --n 2..70 --score raw
    expect_code 0
    expect_out ' 70'
}

table_keys() {
    : >"$tmp/form.keys"
    for rows in objective solver metric n d; do
        for cols in objective solver metric n d; do
            [ "$rows" != "$cols" ] || continue
            run table --suite smoke --metric separation --rows "$rows" --cols "$cols" \
                --format md
            expect_code 0
            expect_out "| $rows | "
            cat "$out" >>"$tmp/form.keys"
        done
    done
    expect_forms "md:$tmp/form.keys"
    run table --suite smoke --metric separation --score raw
    expect_out 'Raw values'
    ! grep -q 'Score Q' "$out"
    verdict $? 'raw values only'
    run table --suite smoke --metric separation --score q
    expect_out 'Score Q'
    ! grep -q 'Raw values' "$out"
    verdict $? 'scores only'
}

table_suites() {
    printf '%s\n' '# a comment' '--objective energy/log' '' '--metric separation' \
        '--d 2,3' '--n d+1' >mine.suite
    run table --suite mine.suite --format json
    expect_code 0
    expect_json 'doc["suite"].endswith("mine.suite")' 'len(doc["records"]) == 2'
    run table --suite="$tmp/work/mine.suite" --metric energy/log --format json
    expect_code 0
    expect_json 'all(r["metric"] == "energy/log" for r in doc["records"])'
    for name in "$root"/bench/suite/suites/*.txt; do
        run table --suite "$name" --objective energy/log --metric separation --d 2 --n 3
        expect_code 0
    done
    printf '%s\n' '--objectiv energy/log' >bad.suite
    refuse 2 'did you mean --objective?' table --suite bad.suite
    expect_err 'bad.suite'
    printf '%s\n' '--objective energy/lg' >bad.suite
    refuse 2 "did you mean 'log'?" table --suite bad.suite
    printf '%s\n' '--objective energy/log' >part.suite
    refuse 2 'table needs --objective, --n and --d' table --suite part.suite
    refuse 3 'empty.txt' table --suite empty.txt
}

test_compare() {
    section='compare'
    in_formats compare --d 3 --n 6
    run compare --kernel log --kernel riesz:s=2 --d 2,3 --n 2d,5 --seeds 2 --format json
    expect_code 0
    expect_no_err
    expect_json 'doc["schema"] == "usphere.compare/1"' \
        'len(doc["rows"]) == 2 * 2 * 2' \
        'all(has(r, "kernel n d q") for r in doc["rows"])' \
        'all(has(r["q"], "energy/log energy/riesz:s=2 separation cap_discrepancy")
            for r in doc["rows"])' \
        '{r["kernel"] for r in doc["rows"]} == {"log", "riesz:s=2"}' \
        'not any("ns_per_pair" in r for r in doc["rows"])' \
        'all(sound(r) for r in doc["records"])' 'marked(doc)'
    run compare --kernel gauss --d 3 --n 6 --timing --format json
    expect_code 0
    expect_json 'all(r["ns_per_pair"] > 0 for r in doc["rows"])'
    run compare --kernel gauss --d 3 --n 6 --format md -o compare.md
    expect_code 0
    expect_no_out
    expect_file compare.md
    run compare --kernel all --d 2 --n 3
    expect_code 0
}

test_bound() {
    section='bound'
    in_formats bound --metric all --d 2,3 --n 4,2d
    run bound --metric energy/riesz:s=1 --metric separation --bounds lp --d 3 --n 7,12 \
        --format json
    expect_code 0
    expect_no_err
    expect_json 'doc["schema"] == "usphere.bound/1"' \
        'all(has(b, "metric n d better bound sum bound_method bound_status bound_slack level
                     improvable_from best") for b in doc["bounds"])' \
        'sum(b["best"] for b in doc["bounds"]) == 4' \
        '{b["bound_method"] for b in doc["bounds"]} ==
            {"closed_form", "ulb", "lp", "levenshtein", "fejes_toth", "delsarte"}' \
        'all(abs(b["sum"] - 14.40091) < 1e-5 for b in doc["bounds"]
            if b["bound_method"] == "lp" and b["n"] == 7)' 'marked(doc)'
    run bound --metric energy/log --d 3
    expect_code 2
    run bound --metric energy/log --d 1 --n 3
    expect_code 2
    run eval --metric energy/riesz:s=1 --bounds off cross.txt --format json
    expect_code 0
    expect_json 'm["energy/riesz:s=1"]["bound"] is None' \
        'm["energy/riesz:s=1"]["gap"] is None'
    run eval --metric energy/riesz:s=1 cross.txt --format json
    expect_json 'm["energy/riesz:s=1"]["bound_status"] == "tight"' \
        'abs(m["energy/riesz:s=1"]["gap"]) < 1e-14'
    run solve --objective energy/riesz:s=1 --n 7 --d 3 --bounds lp --format json
    expect_json 'doc["bound_method"] == "lp"' '0.003 < doc["bound_gap"] < 0.004'
}

# refuse_output ARGUMENT...: whatever the place that cannot be written
refuse_output() {
    run "$@" -o missing/x.txt
    expect_code 4
    expect_err 'missing/x.txt'
    expect_no_file missing
    run "$@" -o folder
    expect_code 4
    expect_err 'Is a directory'
    run "$@" -o /dev/full
    expect_code 4
    expect_err '/dev/full: No space left on device'
    run_into /dev/full "$@"
    expect_code 4
    expect_err 'No space left on device'
    # LLVM's OpenMP keeps a file of its own, and dies where files have no room
    if ldd "$prog" | grep -q libomp; then
        return
    fi
    echo old >kept.txt
    (
        trap '' XFSZ
        ulimit -f 0
        "$prog" "$@" -o kept.txt >"$out" 2>"$err"
    ) 2>/dev/null
    code=$?
    cmd="usphere $* -o kept.txt (no room for files)"
    expect_code 4
    [ "$(cat kept.txt)" = old ]
    verdict $? 'the old file is untouched'
    expect_tidy
}

test_output() {
    section='output'
    mkdir -p folder
    refuse_output list
    refuse_output points --n 4 --d 3
    refuse_output eval --metric separation cross.txt
    refuse_output solve --objective energy/log --n 4 --d 3
    refuse_output table --suite smoke --metric separation
    refuse_output compare --kernel log --n 4 --d 3
    for word in --help --version; do
        run_into /dev/full "$word"
        expect_code 4
    done
    run_into /dev/full list --help
    expect_code 4
    rm -f no.npy
    run solve --objective energy/log --n 4 --d 3 --trace missing/t.jsonl -o no.npy
    expect_code 4
    expect_err 'missing/t.jsonl'
    expect_no_file no.npy
    run solve --objective energy/log --n 4 --d 3 --trace /dev/full
    expect_code 4
    expect_err '/dev/full: No space left on device'
    run eval nan.txt -o no.txt
    expect_code 3
    expect_no_file no.txt
    ln -s real.txt link.txt
    run points --n 4 --d 3 -o link.txt
    [ -h link.txt ] && [ -s real.txt ]
    verdict $? 'a link is followed, not replaced'
    if [ "$(id -u)" -ne 0 ]; then # root may write anything
        echo old >locked.txt
        chmod a-w locked.txt
        run points --n 4 --d 3 -o locked.txt
        expect_code 4
        expect_err 'Permission denied'
    fi
    expect_tidy
}

# same_over_threads NAME ARGUMENT...: apart from seconds and threads
same_over_threads() {
    name=$1
    shift
    for threads in 1 2 3; do
        run "$@" --threads "$threads" --format json
        expect_code 0
        sed 's/"seconds":[^,}]*//g; s/"threads":[^,}]*//g' "$out" >"$name.$threads"
    done
    expect_same "$name.1" "$name.2"
    expect_same "$name.1" "$name.3"
}

test_threads() {
    section='threads'
    same_over_threads solve solve --objective energy/riesz:s=1 --n 40 --d 3 --starts 7
    same_over_threads big solve --objective energy/log --n 200 --d 4
    same_over_threads anneal solve --objective separation --n 5 --d 3 --starts 3 \
        --solver anneal:sweeps=50
    same_over_threads table table --suite smoke --seeds 3 --n 4,6 --metric separation \
        --metric energy/riesz:s=2 --metric cap_discrepancy
    same_over_threads compare compare --d 3 --n 5,6 --seeds 2
    same_over_threads eval eval --metric separation --metric energy/riesz:s=2 cross.txt
    for threads in 1 2 3; do
        run solve --objective energy/riesz:s=1 --n 40 --d 3 --starts 7 \
            --threads "$threads" -o "threads$threads.npy"
        expect_code 0
    done
    expect_same threads1.npy threads2.npy
    expect_same threads1.npy threads3.npy
    run solve --objective energy/riesz:s=1 --n 40 --d 3 --starts 7 --seed 2 -o seed2.npy
    ! cmp -s threads1.npy seed2.npy
    verdict $? 'other points from another seed'
}

test_accuracy() {
    section='accuracy'
    refuse 2 "'sloppy' is not one of fine|exact|medium|coarse|single" \
        eval --accuracy sloppy cross.txt
    run points --points uniform --n 30000 --d 3 -o many.npy
    run eval --metric energy/riesz:s=1 --accuracy exact --format json many.npy
    expect_code 0
    expect_json 'doc["metrics"][0]["accuracy"] is None'
    cp "$out" exact.json
    for word in fine medium coarse; do
        run eval --metric energy/riesz:s=1 --accuracy "$word" --format json many.npy
        expect_code 0
        expect_json "doc['metrics'][0]['accuracy'] == {'fine': 1e-8, 'medium': 1e-5, 'coarse': 1e-3}['$word']" \
            "close(json.load(open('exact.json'))['metrics'][0]['value'], doc['metrics'][0]['value'],
                {'fine': 1e-12, 'medium': 1e-9, 'coarse': 1e-6}['$word'])"
    done
    run eval --metric energy/riesz:s=1 many.npy
    expect_out 'summed to 1e-08 in the gradient'
    run solve --objective energy/log --start many.npy --max-evals 2 --format json
    expect_code 5
    expect_json 'doc["accuracy"] == 1e-8'
}

# A program that is told to use less of the machine finds the same numbers.
test_instruction_sets() {
    section='instruction sets'
    USPH_CPU_MASK=sse9
    export USPH_CPU_MASK
    refuse 2 "USPH_CPU_MASK: no instruction set 'sse9': base, avx2 or avx512" list
    for level in base avx2 avx512; do
        USPH_CPU_MASK=$level
        run eval --metric energy/log --accuracy exact --format json many.npy
        expect_code 0
        cp "$out" "level.$level"
        expect_json "close(json.load(open('level.base'))['metrics'][0]['value'],
            doc['metrics'][0]['value'], 1e-12)"
    done
    USPH_CPU_MASK=base
    run --version
    expect_out 'loops of level base'
    unset USPH_CPU_MASK
}

write_signal() {
    cat >"$tmp/send.py" <<'END'
"""send.py NAME SECONDS OUT ERR COMMAND...: signal it so long after it catches that."""
import signal, subprocess, sys, time

number = getattr(signal, sys.argv[1])
child = subprocess.Popen(sys.argv[5:], stdin=subprocess.DEVNULL,
                         stdout=open(sys.argv[3], 'wb'), stderr=open(sys.argv[4], 'wb'))
for _ in range(50):
    status = open('/proc/%d/status' % child.pid).read()
    caught = int(status.split('SigCgt:')[1].split()[0], 16)
    if caught >> (number - 1) & 1 or child.poll() is not None:
        break
    time.sleep(0.01)
time.sleep(float(sys.argv[2]))
if child.poll() is None:
    child.send_signal(number)
try:
    code = child.wait(timeout=3)
except subprocess.TimeoutExpired:
    child.kill()
    print('killed: it did not stop', file=open(sys.argv[4], 'a'))
    code = child.wait()
sys.exit(128 - code if code < 0 else code)
END
}

# interrupt SIGNAL SECONDS ARGUMENT...
interrupt() {
    name=$1
    delay=$2
    shift 2
    cmd="usphere $* ($name)"
    "$python" -I -S "$tmp/send.py" "$name" "$delay" "$out" "$err" "$prog" "$@"
    code=$?
}

test_signals() {
    section='signals'
    write_signal
    # long enough for the bar, which comes after a second
    interrupt SIGINT 1.2 solve --objective energy/log --n 100 --d 3 --starts 9999 \
        --progress always -o interrupted.npy
    expect_code 130
    expect_file interrupted.npy
    expect_err_like '/9999 starts, .*/s, .* left'
    run eval --metric separation --format json interrupted.npy
    expect_code 0
    expect_json 'doc["n"] == 100'
    interrupt SIGINT 0.1 solve --objective energy/log --n 2000 --d 3 --threads 1 \
        --grad-tol 1e-300 -o one.npy --format json --trace one.jsonl
    expect_code 130
    expect_json 'doc["reason"] == "interrupted"' 'doc["starts_detail"][0]["value"] is not None'
    expect_file one.npy
    expect_json_in one.jsonl 'len(docs) >= 0'
    interrupt SIGTERM 0.1 solve --objective energy/log --n 2000 --d 3 --threads 1 \
        --grad-tol 1e-300 -o term.npy
    expect_code 143
    expect_file term.npy
    # the starts that are left are not begun
    cmd='usphere solve --max-seconds 0.1 --starts 200000, stopped after 3 seconds'
    timeout -s KILL 3 "$prog" solve --objective energy/log --n 200 --d 3 --starts 200000 \
        --max-seconds 0.1 >"$out" 2>"$err"
    code=$?
    [ "$code" -eq 0 ] || [ "$code" -eq 5 ]
    verdict $? 'an end soon after --max-seconds'
    interrupt SIGINT 0.1 table --suite standard --seeds 100 -o interrupted.md
    expect_code 130
    expect_no_file interrupted.md
    expect_tidy
}

main() {
    write_json_check
    write_form_check
    write_data
    run list records --format csv
    awk -F, 'NR > 1 { print $1 }' "$out" >"$tmp/fields"
    test_help
    test_common
    test_usage
    test_abbreviations
    test_words
    test_ranges
    test_shapes
    test_bad_files
    test_zero_rows
    test_one_point
    test_coincident
    test_list
    test_points
    test_eval
    test_solve
    test_table
    test_compare
    test_bound
    test_output
    test_threads
    test_accuracy
    test_instruction_sets
    test_signals
    closing_line
}

main
