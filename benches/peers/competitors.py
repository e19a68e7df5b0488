"""The commands that measure each competitor."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CORES = len(os.sched_getaffinity(0))
N_SEEDS = 8
# The declared experiment that has this many hidden layers of 64.
EXPERIMENTS = {1: "task3c", 10: "task4e"}

Command = list[str]
# Commands that run at the same time, by the name of the variant, such as `2 threads`.
Variants = dict[str, list[Command]]
# From `what` to measure, the number of hidden layers and the number of epochs to the variants that measure it.
MakeVariants = Callable[[str, int, int], Variants]


@dataclass(frozen=True)
class Competitor:
    """A row of the tables; `module` is the Python module that it needs."""

    name: str
    variants: MakeVariants
    module: str | None = None
    compiles: bool = False


def competitors(measure: Path, experiments: Path, scratch: Path) -> list[Competitor]:
    """Our program, then those that are compared with it."""
    return [
        Competitor("ours", ours(measure, experiments, scratch)),
        Competitor("hand-written bound", bound(measure)),
        Competitor("NumPy", peer("numpy_mlp.py"), "numpy"),
        Competitor("PyTorch, eager", peer("torch_mlp.py", "--mode", "eager"), "torch"),
        Competitor("PyTorch, compiled", peer("torch_mlp.py", "--mode", "compile"), "torch", compiles=True),
        Competitor("JAX", jax(), "jax", compiles=True),
    ]


def thread_counts() -> dict[str, int]:
    """One thread, and one per core."""
    return {f"{threads} thread{'s' * (threads > 1)}": threads for threads in sorted({1, CORES})}


def peer(script: str, *mode: str) -> MakeVariants:
    """A script of this folder; one single-threaded process per core trains a part of the seeds."""

    def variants(what: str, hidden_layers: int, epochs: int) -> Variants:
        network = ["--hidden-layers", str(hidden_layers), "--epochs", str(epochs)]
        command = [sys.executable, str(HERE / script), *mode, "--what", what, *network]
        if what == "seeds":
            return {f"{CORES} processes": [[*command, "--threads", "1", "--seeds", part] for part in seed_parts()]}
        return {label: [[*command, "--threads", str(threads)]] for label, threads in thread_counts().items()}

    return variants


def seed_parts() -> list[str]:
    """Seeds 1 to 8 in one part per core, such as `1-4` and `5-8`."""
    ends = [N_SEEDS * part // CORES for part in range(CORES + 1)]
    return [f"{start + 1}-{end}" for start, end in zip(ends, ends[1:]) if start < end]


def jax() -> MakeVariants:
    """Like the other peers, and all seeds at once; if an option is repeated, its last value counts."""
    one_by_one, at_once = peer("jax_mlp.py", "--mode", "loop"), peer("jax_mlp.py", "--mode", "vmap")

    def variants(what: str, hidden_layers: int, epochs: int) -> Variants:
        result = one_by_one(what, hidden_layers, epochs)
        if what == "seeds":
            (parts,) = at_once(what, hidden_layers, epochs).values()
            result["vmap"] = [[*parts[0], "--threads", str(CORES), "--seeds", str(N_SEEDS)]]
        return result

    return variants


def bound(measure: Path) -> MakeVariants:
    """A loop in Rust for only this network: it has steps and evaluations, but no runs."""
    return lambda what, hidden_layers, _: (
        rust_parts(measure, "bound", what, hidden_layers) if what in ("step", "evaluation") else {}
    )


def ours(measure: Path, experiments: Path, scratch: Path) -> MakeVariants:
    """Steps and evaluations from `measure`; whole runs from the program that users run."""

    def variants(what: str, hidden_layers: int, epochs: int) -> Variants:
        if what in ("step", "evaluation"):
            return rust_parts(measure, "ours", what, hidden_layers)
        run = run_command(experiments, scratch, hidden_layers, epochs)
        if what == "seeds":
            return {f"{CORES} jobs": [[*run, "--seed", f"1..{N_SEEDS}", "--jobs", str(CORES)]]}
        return {label: [with_rayon(threads, run)] for label, threads in thread_counts().items()}

    return variants


def rust_parts(measure: Path, who: str, what: str, hidden_layers: int) -> Variants:
    """A step, ours through the learner, or an evaluation."""
    command = [str(measure), "json", "--who", who, "--what", what, "--hidden-layers", str(hidden_layers)]
    return {label: [[*command, "--threads", str(threads)]] for label, threads in thread_counts().items()}


def with_rayon(threads: int, command: Command) -> Command:
    return ["env", f"RAYON_NUM_THREADS={threads}", *command]


def run_command(experiments: Path, scratch: Path, hidden_layers: int, epochs: int) -> Command:
    """Trains only the experiment, without early stopping; `launch` replaces `{runs}` by an empty folder."""
    settings = {"training.max_epochs": epochs, "training.patience_validations": 1_000_000}
    sets = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    file = scratch / f"{EXPERIMENTS[hidden_layers]}.toml"
    return [str(experiments), "run", str(file), *"--offline --quiet --no-tui --json --runs-dir {runs}".split(), *sets]


def write_experiments(source: Path, scratch: Path) -> None:
    """Writes the experiments without baseline and claims, so that no other experiment is trained with them."""
    for name in EXPERIMENTS.values():
        settings = (source / f"{name}.toml").read_text().partition("[[claim]]")[0]
        alone = [line for line in settings.splitlines() if not line.startswith("baseline")]
        (scratch / f"{name}.toml").write_text("\n".join(alone) + "\n")
