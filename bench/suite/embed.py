"""Turn suites (files of options) into C initializers { "NAME", "TEXT" }.

Usage: embed.py OUTPUT SUITE.txt...
"""

import pathlib
import sys


def quoted(line):
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '\\n"'


def main(output, paths):
    with open(output, "w", encoding="utf-8") as out:
        for path in map(pathlib.Path, paths):
            lines = path.read_text(encoding="utf-8").splitlines()
            text = "\n      ".join(quoted(line) for line in lines)
            out.write(f'    {{ "{path.stem}",\n      {text} }},\n')


main(sys.argv[1], sys.argv[2:])
