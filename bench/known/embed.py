"""Turn the tables of known values into C initializers, one row per (quantity, d, n).

Usage: embed.py OUTPUT TABLE.csv...

Where tables overlap, a proved value wins over a published one and that over one of our own
searches; then the more precise one. The build fails on a malformed row.
"""

import csv
import sys

RANK = {"proved": 0, "best_known": 1, "computed": 2}


def read(paths):
    best = {}
    for path in paths:
        with open(path, newline="", encoding="utf-8") as table:
            for row in csv.DictReader(table):
                value, precision = float(row["value"]), float(row["precision"])
                key = (row["quantity"].encode(), int(row["d"]), int(row["n"]))
                rank = (RANK[row["status"]], precision)
                if key not in best or rank < best[key][0]:
                    best[key] = (rank, value, precision, row)
    return best


def text(word):
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(output, paths):
    with open(output, "w", encoding="utf-8") as out:
        for (quantity, d, n), (_, value, precision, row) in sorted(read(paths).items()):
            words = ", ".join(text(row[key]) for key in ("status", "source", "note"))
            out.write(
                f"{{ {text(quantity.decode())}, {n}, {d}, {value!r}, {precision!r}, "
                f"{words} }},\n"
            )


main(sys.argv[1], sys.argv[2:])
