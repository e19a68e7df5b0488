"""A small network in NumPy whose validation loss depends on the settings that are searched."""
import gzip
import os
from pathlib import Path

import numpy as np

TRAIN, VALIDATION = 2_000, 1_000
#: Steps between two validations, and validations of a whole training.
STEPS, VALIDATIONS = 20, 9


def read(name, header):
    folder = Path(os.environ["MNIST_DIR"])
    path = folder / name
    data = path.read_bytes() if path.exists() else gzip.decompress((folder / f"{name}.gz").read_bytes())
    return np.frombuffer(data, dtype=np.uint8, offset=header)


def load():
    images = read("train-images-idx3-ubyte", 16).reshape(-1, 784)[: TRAIN + VALIDATION].astype(np.float32)
    labels = read("train-labels-idx1-ubyte", 8)[: TRAIN + VALIDATION]
    images = (images - images[:TRAIN].mean()) / images[:TRAIN].std()
    return images, np.eye(10, dtype=np.float32)[labels]


IMAGES, TARGETS = load()
ACTIVATIONS = {
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda a: a * (1 - a)),
    "improved_sigmoid": (lambda z: 1.7159 * np.tanh(2 / 3 * z), lambda a: 2 / 3 * (1.7159 - a * a / 1.7159)),
    "relu": (lambda z: np.maximum(z, 0), lambda a: (a > 0).astype(np.float32)),
}


class Training:
    """One training, which can be continued."""

    def __init__(self, settings):
        rng = np.random.default_rng(1)
        width = int(settings["training.patience_validations"])
        self.rate, self.momentum = settings["optimizer.learning_rate"], settings["optimizer.momentum"]
        self.batch = int(settings["training.batch_size"])
        self.activate, self.slope = ACTIVATIONS[settings["model.activation"]]
        shapes = [(784, width), (width, 10)]
        self.weights = [(rng.standard_normal(shape) / shape[0] ** 0.5).astype(np.float32) for shape in shapes]
        self.velocity = [np.zeros(shape, np.float32) for shape in shapes]
        self.order = np.random.default_rng(2)
        self.best, self.validations = np.inf, 0

    def step(self):
        chosen = self.order.integers(0, TRAIN, self.batch)
        inputs, targets = IMAGES[chosen], TARGETS[chosen]
        hidden = self.activate(inputs @ self.weights[0])
        delta = (softmax(hidden @ self.weights[1]) - targets) / self.batch
        back = (delta @ self.weights[1].T) * self.slope(hidden)
        for weights, velocity, gradient in zip(self.weights, self.velocity, (inputs.T @ back, hidden.T @ delta)):
            velocity *= self.momentum
            velocity += gradient
            weights -= np.float32(self.rate) * velocity

    def until(self, validations):
        """The lowest validation loss after this number of validations."""
        with np.errstate(all="ignore"):
            while self.validations < min(validations, VALIDATIONS):
                for _ in range(STEPS):
                    self.step()
                scores = softmax(self.activate(IMAGES[TRAIN:] @ self.weights[0]) @ self.weights[1])
                loss = float(-np.log((scores * TARGETS[TRAIN:]).sum(1) + 1e-30).mean())
                self.best = min(self.best, loss) if np.isfinite(loss) else self.best
                self.validations += 1
        return self.best if np.isfinite(self.best) else 100.0


def softmax(scores):
    raised = np.exp(scores - scores.max(1, keepdims=True))
    return raised / raised.sum(1, keepdims=True)
