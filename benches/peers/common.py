"""The protocol of task 3c, the data and the measurements: all that the peers share."""

from __future__ import annotations

import gzip
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from options import Options

N_TRAIN = 20_000
N_VALIDATION = 10_000
N_INPUTS, N_HIDDEN, N_CLASSES = 784, 64, 10
BATCH_SIZE = 32
LEARNING_RATE = 0.02
MOMENTUM = 0.9
VALIDATIONS_PER_EPOCH = 5
STEPS_PER_EPOCH = N_TRAIN // BATCH_SIZE
STEPS_PER_VALIDATION = STEPS_PER_EPOCH // VALIDATIONS_PER_EPOCH
# f(x) = 1.7159 tanh(2x/3)
TANH_SCALE, TANH_SLOPE = 1.7159, 2 / 3

STEP_REPETITIONS = 12
EVALUATION_REPETITIONS = 12


@dataclass(frozen=True)
class Images:
    """Standardised pixels `[images, 784]`, float32, and labels `[images]`, int64."""

    pixels: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Splits:
    """The first 20,000 training images; MNIST's 10,000 test images."""

    train: Images
    validation: Images


@dataclass(frozen=True)
class Score:
    """Mean loss and accuracy on one set."""

    loss: float
    accuracy: float


class Trainer(Protocol):
    """A network in training, written with one library."""

    def train(self, batches: np.ndarray) -> None:
        """One step for each row of `batches` `[steps, 32]`, which holds indices of training images."""

    def evaluate(self) -> tuple[Score, Score]:
        """Scores on the training images and on the validation images."""

    def synchronize(self) -> None:
        """Waits until all steps are computed."""


# Makes the network of a seed.
MakeTrainer = Callable[[int], Trainer]


def load() -> Splits:
    """MNIST from `MNIST_DIR`, standardised with one mean and one standard deviation of the training pixels."""
    train, validation = read_images("train", N_TRAIN), read_images("t10k", N_VALIDATION)
    mean, std = mean_and_std(train)
    standardised = ((np.arange(256) - mean) / std).astype(np.float32)
    return Splits(
        Images(np.take(standardised, train), read_labels("train", N_TRAIN)),
        Images(np.take(standardised, validation), read_labels("t10k", N_VALIDATION)),
    )


def read_images(prefix: str, count: int) -> np.ndarray:
    """The first `count` images, uint8 `[count, 784]`."""
    return read_idx(f"{prefix}-images-idx3-ubyte.gz", 16, count * N_INPUTS).reshape(count, N_INPUTS)


def read_labels(prefix: str, count: int) -> np.ndarray:
    """The first `count` labels."""
    return read_idx(f"{prefix}-labels-idx1-ubyte.gz", 8, count).astype(np.int64)


def read_idx(name: str, n_header: int, n_bytes: int) -> np.ndarray:
    """The first `n_bytes` after the header of an IDX file; no more than those are decompressed."""
    with gzip.open(Path(os.environ["MNIST_DIR"]) / name) as file:
        file.read(n_header)
        return np.frombuffer(file.read(n_bytes), dtype=np.uint8)


def mean_and_std(images: np.ndarray) -> tuple[float, float]:
    """Mean and population standard deviation of all pixels, from their histogram."""
    share = np.bincount(images.reshape(-1), minlength=256) / images.size
    values = np.arange(256)
    mean = float(share @ values)
    return mean, float(share @ (values - mean) ** 2) ** 0.5


def initial_weights(hidden_layers: int, seed: int) -> list[np.ndarray]:
    """A matrix `[inputs, outputs]` for each layer, float32, normal with standard deviation 1/sqrt(fan-in).

    The last row of the first matrix is the network's only bias, drawn like the weights and counted in the fan-in.
    """
    rng = np.random.default_rng(seed)
    widths = [N_INPUTS + 1] + [N_HIDDEN] * hidden_layers + [N_CLASSES]
    return [
        (rng.standard_normal((fan_in, fan_out)) / fan_in**0.5).astype(np.float32) for fan_in, fan_out in zip(widths, widths[1:])
    ]


def batches(seed: int) -> Iterator[np.ndarray]:
    """Yields the batches between two validations, `[125, 32]`, endlessly: every epoch in a new order."""
    rng = np.random.default_rng([seed, 1])
    while True:
        order = rng.permutation(N_TRAIN)[: STEPS_PER_EPOCH * BATCH_SIZE]
        yield from order.reshape(VALIDATIONS_PER_EPOCH, STEPS_PER_VALIDATION, BATCH_SIZE)


def measure(options: Options, make_trainer: MakeTrainer, train_seeds: Callable[[], list[Score]] | None = None) -> None:
    """Measures and prints what `options` ask for; without `train_seeds`, trains one seed after another."""
    if options.what == "step":
        result = {"us_per_step": time_steps(make_trainer(options.seed), options.seed)}
    elif options.what == "evaluation":
        result = {"ms_per_evaluation": time_evaluations(make_trainer(options.seed))}
    elif options.what == "run":
        result = report(*train(make_trainer(options.seed), options.seed, options.epochs))
    else:
        scores = train_seeds() if train_seeds else one_by_one(options, make_trainer)
        result = {"validation_accuracy": statistics.fmean(score.accuracy for score in scores)}
    print(json.dumps(result))


def train(trainer: Trainer, seed: int, epochs: int) -> tuple[Score, Score]:
    """Trains with a validation before the first step and five per epoch; returns the last score."""
    scores = trainer.evaluate()
    for _, segment in zip(range(epochs * VALIDATIONS_PER_EPOCH), batches(seed)):
        trainer.train(segment)
        scores = trainer.evaluate()
    return scores


def one_by_one(options: Options, make_trainer: MakeTrainer) -> list[Score]:
    """The last validation score of every seed."""
    return [train(make_trainer(seed), seed, options.epochs)[1] for seed in options.seeds]


def report(train_score: Score, validation_score: Score) -> dict[str, float]:
    """What a run prints."""
    return {
        "train_accuracy": train_score.accuracy,
        "validation_accuracy": validation_score.accuracy,
        "validation_loss": validation_score.loss,
    }


def time_steps(trainer: Trainer, seed: int) -> dict[str, float]:
    """Microseconds per step, including gathering the batch and updating the weights, in repetitions of 250 steps."""
    segments = batches(seed)

    def repetition() -> None:
        for _ in range(2):
            trainer.train(next(segments))
        trainer.synchronize()

    return summary(repetition, STEP_REPETITIONS, 1e6 / (2 * STEPS_PER_VALIDATION))


def time_evaluations(trainer: Trainer) -> dict[str, float]:
    """Milliseconds per evaluation of 30,000 images."""
    return summary(trainer.evaluate, EVALUATION_REPETITIONS, 1e3)


def summary(work: Callable[[], object], repetitions: int, scale: float) -> dict[str, float]:
    """Median and fastest time of `work` after two warm-up calls, in seconds times `scale`."""
    for _ in range(2):
        work()
    times = sorted(seconds(work) * scale for _ in range(repetitions))
    return {"median": statistics.median(times), "fastest": times[0]}


def seconds(work: Callable[[], object]) -> float:
    """Wall time of `work`."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
