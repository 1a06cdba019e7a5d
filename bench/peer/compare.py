#!/usr/bin/python3
"""Times energy and gradient (Riesz s = 1, float64, one thread) against NumPy and PyTorch.

Usage: bench/peer/compare.py [BUILD] [REPETITIONS]

The peer is what people write by hand when memory matters: rows in blocks of 256, their
inner products with all points, the closed form of the gradient, in place where that is
possible. Both sides are timed in turn in one run, in CPU time; a ratio is minimum over
minimum, and median over median beside it. Needs python3-numpy; python3-torch if there.
"""
import json
import os
import statistics
import subprocess
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402  (reads the environment when it is loaded)

try:
    import torch

    torch.set_num_threads(1)
except ImportError:
    torch = None

SHAPES = [(1000, 3), (4096, 3), (1000, 64), (4096, 128), (8192, 512)]
BLOCK = 256


def numpy_energy(x):
    n = len(x)
    energy = 0.0
    grad = np.empty_like(x)
    for i in range(0, n, BLOCK):
        rows = x[i : i + BLOCK]
        k = rows @ x.T
        k *= -2
        k += 2
        k[np.arange(len(rows)), np.arange(i, i + len(rows))] = np.inf
        np.sqrt(k, out=k)
        np.reciprocal(k, out=k)
        energy += k.sum()
        k *= k * k
        grad[i : i + BLOCK] = k @ x - k.sum(axis=1)[:, None] * rows
    return energy / 2, grad


def torch_energy(x):
    n = len(x)
    energy = 0.0
    grad = torch.empty_like(x)
    for i in range(0, n, BLOCK):
        rows = x[i : i + BLOCK]
        k = (rows @ x.T).mul_(-2).add_(2)
        at = torch.arange(len(rows))
        k[at, at + i] = float("inf")
        k.rsqrt_()
        energy += float(k.sum())
        k = k * k * k
        grad[i : i + BLOCK] = k @ x - k.sum(1)[:, None] * rows
    return energy / 2, grad


def timed(function, x):
    start = time.process_time()
    result = function(x)
    return time.process_time() - start, result


def ours(build, n, d):
    name = f"metric/energy/riesz:s=1/grad/n={n}/d={d}"
    command = [
        os.path.join(build, "bench/timing/usphere-bench"),
        f"--benchmark_filter=^{name}$",
        "--benchmark_format=json",
        "--benchmark_min_time=0.05",
    ]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(out)["benchmarks"][0]["cpu_time"] * 1e-9


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 9
    peers = {"numpy": (numpy_energy, lambda x: x)}
    if torch is not None:
        peers["torch"] = (torch_energy, torch.from_numpy)
    print(f"{'n':>5} {'d':>4} {'usphere ms':>11} " + "".join(
        f"{name + ' ms':>10} {'ratio':>6} {'median':>6} " for name in peers))
    rng = np.random.default_rng(1)
    for n, d in SHAPES:
        x = rng.standard_normal((n, d))
        x /= np.linalg.norm(x, axis=1)[:, None]
        mine = []
        theirs = {name: [] for name in peers}
        energies = []
        for _ in range(repetitions):
            mine.append(ours(build, n, d))
            for name, (function, convert) in peers.items():
                data = convert(x)
                seconds, (energy, _) = timed(function, data)
                for _ in range(int(0.02 / seconds)):  # short ones: the best of some
                    seconds = min(seconds, timed(function, data)[0])
                theirs[name].append(seconds)
                energies.append(energy)
        assert max(energies) - min(energies) < 1e-9 * max(energies), "peers disagree"
        line = f"{n:5} {d:4} {1e3 * min(mine):11.3f} "
        for name in peers:
            least = min(theirs[name]) / min(mine)
            middle = statistics.median(theirs[name]) / statistics.median(mine)
            line += f"{1e3 * min(theirs[name]):10.3f} {least:6.2f} {middle:6.2f} "
        print(line, flush=True)


if __name__ == "__main__":
    main()
