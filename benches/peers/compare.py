"""Compares our program with its peers: every competitor in turn, round after round, in one session."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import tables
from competitors import CORES, HERE, Competitor, competitors, write_experiments
from launch import Failed, launch

ROOT = HERE.parent.parent
DATA_FILES = [f"{part}-ubyte.gz" for part in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")]
MEASUREMENTS = ("step", "evaluation", "run", "seeds")
CAPTION = (
    "Each cell: fastest (median) of all rounds, the best variant, and the ratio of the fastest to ours. "
    "A run is from process start to exit, with compiled code in the compiler's cache; memory is the largest process's."
)


def main() -> None:
    arguments = parse()
    require_data()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        write_experiments(ROOT / "experiments", scratch)
        rivals = competitors(arguments.measure, arguments.experiments, scratch)
        able = [rival for rival in rivals if can_import(rival)]
        environment = {**os.environ, **compiler_caches(scratch)}
        measurements = list(measure_all(able, arguments, environment))
    markdown = report(arguments, [rival.name for rival in able], measurements)
    print(markdown)
    if arguments.markdown:
        arguments.markdown.write_text(markdown + "\n")
    if arguments.json:
        arguments.json.write_text(json.dumps({"host": host(arguments), "measurements": measurements}, indent=1) + "\n")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=10, help="of a run, and of each seed")
    parser.add_argument("--hidden-layers", type=int, nargs="+", choices=(1, 10), default=[1, 10])
    parser.add_argument("--quick", action="store_true", help="one round, one network, 2 epochs")
    parser.add_argument("--json", type=Path, help="write the raw measurements to this file")
    parser.add_argument("--markdown", type=Path, help="write the tables to this file as well")
    parser.add_argument("--measure", type=Path, default=ROOT / "target/release/measure")
    parser.add_argument("--experiments", type=Path, default=ROOT / "target/release/experiments")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.epochs, arguments.hidden_layers = 1, 2, [1]
    return arguments


def require_data() -> None:
    """Exits with code 2 if files of MNIST are missing."""
    folder = os.environ.get("MNIST_DIR")
    missing = [name for name in DATA_FILES if not (folder and (Path(folder) / name).is_file())]
    if missing:
        say(f"error: MNIST_DIR is {repr(folder) if folder else 'not set'}; it must name a folder with {', '.join(missing)}")
        sys.exit(2)


def can_import(rival: Competitor) -> bool:
    """Whether the peer's library is installed; if not, a line says that the peer is left out."""
    if rival.module is None:
        return True
    result = subprocess.run([sys.executable, "-c", f"import {rival.module}"], capture_output=True, text=True)
    if result.returncode != 0:
        say(f"{rival.name} is left out: {result.stderr.strip().splitlines()[-1]}")
    return result.returncode == 0


def compiler_caches(scratch: Path) -> dict[str, str]:
    """Caches of compiled code, empty at the start of the session; JAX uses one only if configured."""
    return {
        "TORCHINDUCTOR_CACHE_DIR": str(scratch / "torch"),
        "JAX_COMPILATION_CACHE_DIR": str(scratch / "jax"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }


def measure_all(
    rivals: Sequence[Competitor], arguments: argparse.Namespace, environment: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """First the runs that fill the compilers' caches; then the rounds, so that noise affects all alike."""
    for hidden_layers in arguments.hidden_layers:
        for rival in (rival for rival in rivals if rival.compiles):
            for one in measure(rival, "run", hidden_layers, arguments.epochs, environment):
                yield {**one, "what": "cold run", "round": 0}
    for number in range(1, arguments.rounds + 1):
        for hidden_layers in arguments.hidden_layers:
            for what in MEASUREMENTS:
                for rival in rivals:
                    for one in measure(rival, what, hidden_layers, arguments.epochs, environment):
                        yield {**one, "round": number}


def measure(
    rival: Competitor, what: str, hidden_layers: int, epochs: int, environment: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Measures every variant once; a failure is recorded with its error."""
    for variant, commands in rival.variants(what, hidden_layers, epochs).items():
        name = {"hidden_layers": hidden_layers, "competitor": rival.name, "what": what, "variant": variant}
        try:
            result = launch(commands, environment)
            say(f"{hidden_layers:2} x 64, {what}, {rival.name}, {variant}: {result['seconds']:.1f} s")
            yield {**name, **result, "outputs": [without_curves(output) for output in result["outputs"]]}
        except Failed as error:
            say(f"{hidden_layers:2} x 64, {what}, {rival.name}, {variant}: failed: {error}")
            yield {**name, "error": str(error)}


def without_curves(output: Any) -> Any:
    """Keeps only the last validation of our program's records."""
    if not isinstance(output, list):
        return output
    return [{"seed": record["seed"], "validations": record["validations"][-1:]} for record in output]


def report(arguments: argparse.Namespace, names: Sequence[str], measurements: Sequence[dict[str, Any]]) -> str:
    """What the numbers were measured on, then a table for each network."""
    lines = [f"- {name}: {value}" for name, value in host(arguments).items()]
    lines += ["", CAPTION]
    for hidden_layers in arguments.hidden_layers:
        lines += ["", tables.table(measurements, names, hidden_layers, arguments.epochs)]
        cold = tables.compilation(measurements, hidden_layers)
        lines += ["", "The same run with empty caches of compiled code:", "", *cold] if cold else []
    return "\n".join(lines)


def host(arguments: argparse.Namespace) -> dict[str, str]:
    """Date, processor and versions."""
    return {
        "date": datetime.date.today().isoformat(),
        "processor": processor(),
        "cores": str(CORES),
        "rounds": str(arguments.rounds),
        "ours": our_version(arguments.experiments),
        "Python": platform.python_version(),
        **{package: package_version(package) for package in ("numpy", "torch", "jax", "jaxlib")},
    }


def processor() -> str:
    """The processor's name, and which wide vector instructions it has."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    wide = [flag for flag in ("avx2", "avx512f") if flag in fields.get("flags", "").split()]
    return f"{fields.get('model name', platform.machine())} ({', '.join(wide) or 'neither avx2 nor avx512f'})"


def our_version(experiments: Path) -> str:
    try:
        return subprocess.run([experiments, "--version"], capture_output=True, text=True).stdout.strip()
    except OSError as error:
        return f"not found ({error.strerror})"


def package_version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def say(message: str) -> None:
    """Prints progress to stderr: stdout has only the tables."""
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
