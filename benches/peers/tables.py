"""Markdown tables from the measurements."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from competitors import N_SEEDS

# One measurement: network, competitor, what, variant, and what `launch` returned.
Measurement = dict[str, Any]

NETWORKS = {1: "784-64-10", 10: "ten hidden layers of 64"}
MISSING = "-"


@dataclass(frozen=True)
class Times:
    """All rounds of one competitor's best variant."""

    fastest: float
    median: float
    variant: str


def table(measurements: Sequence[Measurement], names: Sequence[str], hidden_layers: int, epochs: int) -> str:
    """The table of one network: a row per competitor of `names`, ours first."""
    header = [
        NETWORKS[hidden_layers],
        "step, us",
        "evaluation of 30,000 images, ms",
        f"run of {epochs} epochs, s",
        "peak memory of the run, MB",
        f"{N_SEEDS} seeds x {epochs} epochs, s",
        f"validation accuracy (mean of {N_SEEDS} seeds)",
    ]
    here = [one for one in measurements if one["hidden_layers"] == hidden_layers]
    own = {name: [one for one in here if one["competitor"] == name] for name in names}
    rows = ([name, *cells(own[name], own[names[0]] if name != names[0] else [])] for name in names)
    lines = [header, ["---", *["---:"] * 6], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cells(own: Sequence[Measurement], base: Sequence[Measurement]) -> list[str]:
    """The cells of a row after its name; `base` are our measurements, `None` in our own row."""
    step, evaluation, run, seeds = (
        time_cell(best(own, what), best(base, what), digits)
        for what, digits in (("step", 0), ("evaluation", 1), ("run", 2), ("seeds", 2))
    )
    return [step, evaluation, run, memory_cell(own, base), seeds, accuracy_cell(own)]


def best(measurements: Iterable[Measurement], what: str) -> Times | None:
    """The variant with the fastest time, `None` if nothing was measured."""
    variants: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for measurement in measurements:
        if measurement["what"] == what and "outputs" in measurement:
            variants[measurement["variant"]].append(fastest_and_median(measurement))
    times = (
        Times(min(low for low, _ in rounds), statistics.median(middle for _, middle in rounds), variant)
        for variant, rounds in variants.items()
    )
    return min(times, key=lambda times: times.fastest, default=None)


def fastest_and_median(measurement: Measurement) -> tuple[float, float]:
    """The time of one round: what the process measured itself, else its wall time."""
    key = {"step": "us_per_step", "evaluation": "ms_per_evaluation"}.get(measurement["what"])
    if key is None:
        return measurement["seconds"], measurement["seconds"]
    return measurement["outputs"][0][key]["fastest"], measurement["outputs"][0][key]["median"]


def time_cell(own: Times | None, base: Times | None, digits: int) -> str:
    """`fastest (median), variant, ratio`."""
    if own is None:
        return MISSING
    ratio = f", {own.fastest / base.fastest:.2f}x" if base else ""
    return f"{own.fastest:.{digits}f} ({own.median:.{digits}f}), {own.variant}{ratio}"


def memory_cell(own: Sequence[Measurement], base: Sequence[Measurement]) -> str:
    """Peak memory of the run's best variant: the median of the rounds."""
    own_memory, base_memory = memory(own), memory(base)
    if own_memory is None:
        return MISSING
    ratio = f", {own_memory / base_memory:.2f}x" if base_memory else ""
    return f"{own_memory:.0f}{ratio}"


def memory(measurements: Sequence[Measurement]) -> float | None:
    run = best(measurements, "run")
    values = [one["memory_mb"] for one in finished(measurements, "run") if run and one["variant"] == run.variant]
    return statistics.median(values) if values else None


def accuracy_cell(own: Sequence[Measurement]) -> str:
    """The accuracy of seed 1's run, and the mean of the seeds."""
    run, seeds = (mean_accuracy(finished(own, what)) for what in ("run", "seeds"))
    if run is None:
        return MISSING
    return f"{run:.4f}" + (f" ({seeds:.4f})" if seeds is not None else "")


def finished(measurements: Sequence[Measurement], what: str) -> list[Measurement]:
    return [one for one in measurements if one["what"] == what and "outputs" in one]


def mean_accuracy(measurements: Sequence[Measurement]) -> float | None:
    """The mean over the outputs of the first round: a peer prints an object, our program a list of records."""
    if not measurements:
        return None
    return statistics.fmean(accuracy for output in measurements[0]["outputs"] for accuracy in accuracies(output))


def accuracies(output: Any) -> list[float]:
    if isinstance(output, list):
        return [record["validations"][-1]["validation_accuracy"] for record in output]
    return [output["validation_accuracy"]]


def compilation(measurements: Sequence[Measurement], hidden_layers: int) -> list[str]:
    """The time of a run whose code is not yet in the compiler's cache."""
    return [
        f"- {one['competitor']}, {one['variant']}: {one['seconds']:.1f} s"
        for one in finished(measurements, "cold run")
        if one["hidden_layers"] == hidden_layers
    ]
