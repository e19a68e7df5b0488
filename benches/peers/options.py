"""The command line that all peers share.

Imports no numerical library: each reads the thread count when it is imported, so `parse` must be called first.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass

MEASUREMENTS = ("step", "evaluation", "run", "seeds")


@dataclass(frozen=True)
class Options:
    """What to measure, and on which network."""

    hidden_layers: int
    threads: int
    what: str
    epochs: int
    seeds: range
    seed: int
    mode: str | None


def parse(modes: Sequence[str] = ()) -> Options:
    """Reads the command line and limits the threads of every library imported after it."""
    parser = argparse.ArgumentParser(description="Measures one peer and prints one JSON object.")
    parser.add_argument("--what", choices=MEASUREMENTS, required=True)
    parser.add_argument("--hidden-layers", type=int, choices=(1, 10), default=1, help="hidden layers of 64 units")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=10, help="of `run` and `seeds`")
    parser.add_argument("--seeds", type=seed_range, default=seed_range("8"), help="of `seeds`: `8` is 1 to 8, `5-8` is 5 to 8")
    parser.add_argument("--seed", type=int, default=1, help="of all the others")
    if modes:
        parser.add_argument("--mode", choices=modes, default=modes[0])
    arguments = vars(parser.parse_args())
    options = Options(**{"mode": None, **arguments})
    limit_threads(options.threads)
    return options


def seed_range(text: str) -> range:
    """`8` is 1 to 8 and `5-8` is 5 to 8, both ends included."""
    first, _, last = text.rpartition("-")
    return range(int(first or 1), int(last) + 1)


def limit_threads(threads: int) -> None:
    """OpenMP, OpenBLAS, MKL and XLA take the size of their thread pools from the environment."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC"):
        os.environ[name] = str(threads)
    if threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
