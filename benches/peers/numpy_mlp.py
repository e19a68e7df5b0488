"""NumPy: forward and backward by hand, in float32, into buffers that are allocated once."""

from __future__ import annotations

from options import parse

OPTIONS = parse()  # before the libraries

import numpy as np  # noqa: E402

import common  # noqa: E402
from common import BATCH_SIZE, LEARNING_RATE, MOMENTUM, N_CLASSES, TANH_SCALE, TANH_SLOPE, Images, Score, Splits  # noqa: E402

# Images evaluated at a time: their hidden layer (256 KiB) stays in a core's cache.
EVALUATION_BATCH = 1_000


class NumpyTrainer:
    """One array holds all weights, one all momenta, one all gradients, so that an update is three calls."""

    def __init__(self, splits: Splits, hidden_layers: int, seed: int) -> None:
        self.splits = splits
        initial = common.initial_weights(hidden_layers, seed)
        self.weights = np.concatenate([weight.reshape(-1) for weight in initial])
        self.steps, self.gradients = np.zeros_like(self.weights), np.empty_like(self.weights)
        self.layers, self.layer_gradients = views(self.weights, initial), views(self.gradients, initial)
        self.activations = activation_buffers(initial, BATCH_SIZE)
        self.deltas = [np.empty_like(buffer) for buffer in self.activations[1:]]
        self.slopes = [np.empty_like(buffer) for buffer in self.activations[1:-1]]
        self.rows = np.arange(BATCH_SIZE)

    def train(self, batches: np.ndarray) -> None:
        labels = self.splits.train.labels[batches]
        for indices, batch_labels in zip(batches, labels):
            np.take(self.splits.train.pixels, indices, axis=0, out=self.activations[0], mode="clip")
            self.forward()
            self.backward(batch_labels)
            self.update()

    def forward(self) -> None:
        """Fills `activations`; the last of them are the softmax probabilities."""
        hidden = self.activations
        for layer, weight in enumerate(self.layers[:-1]):
            output = np.dot(hidden[layer], weight, out=hidden[layer + 1])
            output *= TANH_SLOPE
            np.tanh(output, out=output)
            output *= TANH_SCALE
        probabilities = np.dot(hidden[-2], self.layers[-1], out=hidden[-1])
        probabilities -= probabilities.max(axis=1, keepdims=True)
        np.exp(probabilities, out=probabilities)
        probabilities /= probabilities.sum(axis=1, keepdims=True)

    def backward(self, labels: np.ndarray) -> None:
        """Fills `gradients`, each already times the learning rate."""
        delta = self.deltas[-1]
        self.activations[-1][self.rows, labels] -= 1
        np.multiply(self.activations[-1], LEARNING_RATE / BATCH_SIZE, out=delta)
        for layer in reversed(range(len(self.layers))):
            np.dot(self.activations[layer].T, delta, out=self.layer_gradients[layer])
            if layer > 0:
                delta = np.dot(delta, self.layers[layer].T, out=self.deltas[layer - 1])
                delta *= self.slope(layer)

    def slope(self, layer: int) -> np.ndarray:
        """f'(x) = 2/3 (1.7159 - f(x)^2 / 1.7159)."""
        slope = np.square(self.activations[layer], out=self.slopes[layer - 1])
        slope *= -TANH_SLOPE / TANH_SCALE
        slope += TANH_SLOPE * TANH_SCALE
        return slope

    def update(self) -> None:
        """v = g + 0.9 v; w -= lr v, where `steps` is lr v."""
        self.steps *= MOMENTUM
        self.steps += self.gradients
        self.weights -= self.steps

    def evaluate(self) -> tuple[Score, Score]:
        folded = fold_activation(self.layers)
        return score(folded, self.splits.train), score(folded, self.splits.validation)

    def synchronize(self) -> None:
        """NumPy computes at once."""


def views(flat: np.ndarray, like: list[np.ndarray]) -> list[np.ndarray]:
    """Views of the layers' matrices, which lie one after another in `flat`."""
    ends = np.cumsum([weight.size for weight in like])
    return [flat[end - weight.size : end].reshape(weight.shape) for weight, end in zip(like, ends)]


def activation_buffers(weights: list[np.ndarray], n_images: int) -> list[np.ndarray]:
    """Buffers for the inputs and every layer's outputs, for `n_images`."""
    widths = [weights[0].shape[0]] + [weight.shape[1] for weight in weights]
    return [np.empty((n_images, width), dtype=np.float32) for width in widths]


def fold_activation(weights: list[np.ndarray]) -> list[np.ndarray]:
    """Weights of the same network with the plain tanh: the two constants are multiplied into the matrices."""
    first, *hidden, last = weights
    slope, scale = np.float32(TANH_SLOPE), np.float32(TANH_SCALE)
    return [first * slope, *(weight * (scale * slope) for weight in hidden), last * scale]


def score(folded: list[np.ndarray], images: Images) -> Score:
    """Mean loss and accuracy, in large batches; an image is right if no logit is above its label's."""
    buffers = activation_buffers(folded, EVALUATION_BATCH)
    columns = np.arange(EVALUATION_BATCH)
    loss, n_correct = 0.0, 0
    for start in range(0, len(images.labels), EVALUATION_BATCH):
        part = slice(start, start + EVALUATION_BATCH)
        logits = logits_of(folded, images.pixels[part], buffers)
        logits -= logits.max(axis=0)
        chosen = logits[images.labels[part], columns]
        n_correct += np.count_nonzero(chosen == 0)
        log_sums = np.log(np.exp(logits, out=logits).sum(axis=0))
        loss += float((log_sums - chosen).sum(dtype=np.float64))
    return Score(loss / len(images.labels), n_correct / len(images.labels))


def logits_of(folded: list[np.ndarray], pixels: np.ndarray, buffers: list[np.ndarray]) -> np.ndarray:
    """The last layer's outputs `[10, images]`: NumPy reduces the first axis many times faster than the last."""
    output = pixels
    for weight, buffer in zip(folded[:-1], buffers[1:]):
        output = np.dot(output, weight, out=buffer)
        np.tanh(output, out=output)
    return np.dot(folded[-1].T, output.T, out=buffers[-1].reshape(N_CLASSES, -1))


def with_ones(images: Images) -> Images:
    """The bias trick: a 785th input that is 1."""
    ones = np.ones((len(images.labels), 1), dtype=np.float32)
    return Images(np.hstack([images.pixels, ones]), images.labels)


def main() -> None:
    splits = common.load()
    splits = Splits(with_ones(splits.train), with_ones(splits.validation))
    common.measure(OPTIONS, lambda seed: NumpyTrainer(splits, OPTIONS.hidden_layers, seed))


main()
