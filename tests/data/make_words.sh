#!/bin/sh
# Make words.vec: 1000 real word vectors in 50 dimensions, trained on the
# definitions of WordNet with fastText.  Text format of word2vec and GloVe:
# a line "1000 50", then one line per word, the word and its 50 numbers.
#
# usage: make_words.sh [OUTPUT]      (default: words.vec beside this script)
# needs: the Debian packages fasttext and wordnet-base
# WORDNET_DIR names another folder that holds data.adj, data.adv, data.noun
# and data.verb (default /usr/share/wordnet).

set -eu

# Bytes, not characters: sorting, case and "letter" must not depend on the
# locale of the machine.
LC_ALL=C
export LC_ALL

words=1000
dim=50

here=$(dirname -- "$0")
out=${1:-$here/words.vec}
wordnet=${WORDNET_DIR:-/usr/share/wordnet}

if ! command -v fasttext >/dev/null 2>&1; then
    echo "make_words.sh: fasttext not found (Debian package fasttext)" >&2
    exit 1
fi
for part in adj adv noun verb; do
    if [ ! -r "$wordnet/data.$part" ]; then
        echo "make_words.sh: cannot read $wordnet/data.$part" \
            "(Debian package wordnet-base)" >&2
        exit 1
    fi
done

# fastText wants a real file to train on and writes two files of its own.
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# The order of the files is written out because the result depends on it.
# Lines that begin with a blank are the licence text at the head of each
# file, not entries.  The gloss is what follows the first "|".  Everything
# that is not a letter becomes one blank, so that "house;" and "house" are
# the same word; newlines stay, a gloss is a sentence to fastText.
for part in adj adv noun verb; do
    sed -n -e '/^ /d' -e 's/^[^|]*|//p' "$wordnet/data.$part"
done | tr '[:upper:]' '[:lower:]' | tr -cs 'a-z\n' ' ' >"$tmp/glosses.txt"

# -thread 1: with more threads the order of the updates is left to chance.
# -seed: written out, though it is the default, because the bytes depend on it.
# -minn 0 -maxn 0: no vectors for parts of words, so the rows are word vectors
#   in the plain sense; -bucket 1 then saves the table nobody would use (2
#   million rows).
# -minCount 30: rarer words are too little trained to mean much.
fasttext skipgram -input "$tmp/glosses.txt" -output "$tmp/model" \
    -dim "$dim" -epoch 5 -minCount 30 -minn 0 -maxn 0 -bucket 1 \
    -seed 0 -thread 1 -verbose 0 >&2

# fastText writes the words by falling frequency, so the first ones are the
# most frequent; "</s>" is its mark for the end of a line, not a word.  The
# blank at the end of each line goes too.  Written to a temporary file first:
# a broken run must not leave half a file under the final name.
awk -v words="$words" -v dim="$dim" '
    NR == 1 {
        if ($2 != dim) { print "unexpected dimension " $2 >"/dev/stderr"; bad = 1; exit 1 }
        print words, dim
        next
    }
    $1 == "</s>" { next }
    kept < words { sub(/ +$/, ""); print; kept++ }
    END {
        if (!bad && kept < words) { print "only " kept+0 " words" >"/dev/stderr"; exit 1 }
    }
' "$tmp/model.vec" >"$tmp/words.vec"

cp "$tmp/words.vec" "$out"
