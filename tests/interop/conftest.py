"""The real program with short runs of every kind of network, for tests with the programs that read what it writes."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy
import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "target/release/experiments"
MEASURE = ROOT / "target/release/measure"
SHORT = ["data.train_images=4000", "data.validation_images=1000", "data.test_images=0", "training.max_epochs=2"]

# Every activation, every depth, every kind of network, with and without biases and standardisation.
NETWORKS = {
    "sigmoid": ("task2c", []),
    "improved-sigmoid": ("task3c", []),
    "tanh": ("task3c", ["model.activation=tanh", "model.bias=all"]),
    "relu": ("task4f", []),
    "ten-layers": ("task4e", []),
    "no-hidden-layer": ("task3c", ["model.hidden_units=[]", "model.bias=none"]),
    "no-standardisation": ("no_normalization", ["optimizer.learning_rate=0.0001"]),
    "adam": ("adam", []),
    "lenet": ("lenet", ["training.max_epochs=1"]),
}


def program(*arguments, runs, code=0):
    """Runs the program and returns its stdout and stderr."""
    data = [] if os.environ.get("MNIST_DIR") else ["--dataset", "made-up"]
    command = [PROGRAM, *map(str, arguments), "--runs-dir", str(runs), "--offline", *data]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"NO_COLOR": "1"})
    assert ended.returncode == code, f"{command}: {ended}"
    return ended.stdout, ended.stderr


def settings(overrides):
    return [word for override in SHORT + overrides for word in ("--set", override)]


@dataclass
class Trained:
    """A run of the program, and what its best network computes."""

    name: str
    experiment: str
    overrides: list
    runs: Path
    folder: Path
    record: dict
    images: numpy.ndarray  # [n, 1, rows, columns], 0 to 255
    classes: numpy.ndarray
    logits: numpy.ndarray

    def export(self, format, place, *more):
        return program("export", self.experiment, *settings(self.overrides), "--to", format, place, *more, runs=self.runs)

    def check(self, logits, probabilities=None):
        """The logits are ours to 1e-5 of their size, and name the same classes."""
        size = max(1.0, numpy.abs(self.logits).max())
        assert numpy.abs(logits - self.logits).max() <= 1e-5 * size
        accuracy = lambda logits: (logits.argmax(1) == self.classes).mean()
        assert accuracy(logits) == accuracy(self.logits) > 0.2
        if probabilities is not None:
            assert numpy.allclose(probabilities.sum(1), 1, atol=1e-5)
            assert (probabilities.argmax(1) == logits.argmax(1)).all()


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """A folder with one run of every network."""
    folder = tmp_path_factory.mktemp("interop") / "runs"
    for experiment, overrides in NETWORKS.values():
        program("run", experiment, "--no-baseline", "--no-tui", "--quiet", *settings(overrides), runs=folder)
    return folder


@pytest.fixture(scope="session", params=NETWORKS)
def trained(request, runs, tmp_path_factory):
    experiment, overrides = NETWORKS[request.param]
    for folder in sorted(runs.glob(f"{experiment}-seed1-*")):
        record = json.loads((folder / "record.json").read_text())
        if record["overrides"] == SHORT + overrides:
            break
    else:
        raise AssertionError(f"no run of {experiment} with {overrides}")
    out = tmp_path_factory.mktemp("logits") / "logits.npz"
    subprocess.run([MEASURE, "logits", folder, out], cwd=ROOT, check=True)
    arrays = numpy.load(out)
    images = arrays["images"].astype("float32")[:, None]
    return Trained(request.param, experiment, overrides, runs, folder, record, images, arrays["classes"], arrays["logits"])
