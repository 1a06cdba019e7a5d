#!/usr/bin/env python3
"""Hit rates of solvers: how often a start ends at the best known value.

Usage: bench/success.py PROGRAM > docs/results/solver_success.md

Runs `PROGRAM solve` for every solver and instance below and prints a Markdown table.
A hit is a start that ends within 1e-9 (relative) of the best known sum. The evaluations
for one hit are the mean evaluations of a start over the hit rate, and their interval
comes from the exact (Clopper-Pearson) 90 % interval of the rate. The numbers are those
of evaluations, so they do not depend on the machine; only roundings could change them.
"""

import json
import math
import subprocess
import sys

# Objective, d, n, starts of a descent. The other solvers get a share of the starts.
INSTANCES = [
    ("energy/riesz:s=1", 3, 72, 200),
    ("energy/riesz:s=1", 3, 105, 200),
    ("energy/log", 3, 61, 200),
    ("energy/riesz:s=2", 6, 27, 200),
    ("energy/riesz:s=1", 5, 16, 200),
    ("energy/log", 7, 56, 200),
]

# Solver, starts (generator), share of the starts that it is given.
SOLVERS = [
    ("lbfgs", "uniform", 1),
    ("lbfgs", "symmetric", 1),
    ("basin", "uniform", 0.25),
    ("basin", "symmetric:share=0.5", 0.25),
    ("basin:move=shake,size=0.15", "uniform", 0.25),
    ("basin:move=reinsert", "uniform", 0.25),
    ("basin:patience=60", "uniform", 0.1),
    ("langevin", "uniform", 0.2),
    ("tempering", "uniform", 0.1),
]

OPTIONS = "--seed 1 --threads 1 --format json"


def binomial_tail(hits, starts, p):
    """Probability of at least `hits` of `starts`."""
    if p <= 0 or p >= 1:
        return 1.0 if p >= 1 or hits == 0 else 0.0
    log = [math.lgamma(starts + 1) - math.lgamma(k + 1) - math.lgamma(starts - k + 1)
           + k * math.log(p) + (starts - k) * math.log1p(-p)
           for k in range(hits, starts + 1)]
    return sum(math.exp(v) for v in log)


def solve_rate(condition):
    """Where an increasing condition of the rate turns true."""
    lo, hi = 0.0, 1.0
    for _ in range(60):
        mid = (lo + hi) / 2
        lo, hi = (lo, mid) if condition(mid) else (mid, hi)
    return hi


def rate_interval(hits, starts):
    lo = 0.0 if hits == 0 else solve_rate(
        lambda p: binomial_tail(hits, starts, p) >= 0.05)
    hi = 1.0 if hits == starts else solve_rate(
        lambda p: 1 - binomial_tail(hits + 1, starts, p) <= 0.05)
    return lo, hi


def number(x):
    return "-" if math.isinf(x) else f"{float(f'{x:.3g}'):.0f}"


def run(program, objective, d, n, solver, points, starts):
    command = [program, "solve", "--objective", objective, "--d", str(d), "--n", str(n),
               "--solver", solver, "--points", points, "--starts", str(starts)]
    done = subprocess.run(command + OPTIONS.split(), capture_output=True, text=True,
                          check=False)
    doc = json.loads(done.stdout)
    pairs = n * (n - 1) / 2
    known = doc["best_known"]
    if known is None:
        sys.exit(f"no value is known for {objective}, d = {d}, n = {n}")
    good = [s for s in doc["starts_detail"] if "value" in s]
    hits = sum(abs(s["value"] * pairs - known) <= 1e-9 * abs(known) for s in good)
    return hits, len(good), sum(s["evals"] for s in good) / len(good)


def main():
    program = sys.argv[1]
    print(__doc__.split("\n")[0].replace("Hit rates of solvers: h", "# Hit rates of "
                                         "solvers\n\nH") + "\n")
    print("\n".join(__doc__.split("\n")[5:]).strip() + "\n")
    print("Each row is")
    print("`usphere solve --objective O --d D --n N --solver S --points P --starts K "
          f"{OPTIONS}`;\nthe file was made by `bench/success.py build/bench/cli/usphere`."
          "\n")
    print("| instance | solver | points | hits / starts | rate | evaluations a start | "
          "evaluations a hit | 90 % interval |")
    print("|---|---|---|---|---|---|---|---|")
    for objective, d, n, starts in INSTANCES:
        for solver, points, share in SOLVERS:
            hits, count, evals = run(program, objective, d, n, solver, points,
                                     max(10, round(share * starts)))
            lo, hi = rate_interval(hits, count)
            cells = [f"{objective} d={d} n={n}", f"`{solver}`", f"`{points}`",
                     f"{hits} / {count}", f"{hits / count:.3f}", number(evals),
                     number(evals * count / hits) if hits else "-",
                     f"{number(evals / hi)} to "
                     + (number(evals / lo) if lo > 0 else "unbounded")]
            print("| " + " | ".join(cells) + " |", flush=True)


main()
