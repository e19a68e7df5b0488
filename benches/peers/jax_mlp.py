"""JAX: all steps between two validations are one compiled scan; many seeds go one by one or as one compiled vmap."""

from __future__ import annotations

from collections.abc import Sequence

from options import parse

OPTIONS = parse(modes=("loop", "vmap"))  # before the libraries

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from jax import Array, lax  # noqa: E402

import common  # noqa: E402
from common import LEARNING_RATE, MOMENTUM, TANH_SCALE, TANH_SLOPE, Images, Score  # noqa: E402

Weights = list[Array]
State = tuple[Weights, Weights]
Set = tuple[Array, Array]

# Images evaluated at a time.
EVALUATION_BATCH = 500


def logits(weights: Weights, pixels: Array) -> Array:
    """`[images, 10]`; the last row of the first matrix is the bias."""
    hidden = pixels @ weights[0][:-1] + weights[0][-1]
    for weight in weights[1:]:
        hidden = TANH_SCALE * jnp.tanh(TANH_SLOPE * hidden) @ weight
    return hidden


def losses(logits: Array, labels: Array) -> Array:
    """Cross-entropy of every image."""
    chosen = jnp.take_along_axis(logits, labels[:, None], axis=1)[:, 0]
    return jax.nn.logsumexp(logits, axis=1) - chosen


def batch_loss(weights: Weights, pixels: Array, labels: Array) -> Array:
    return losses(logits(weights, pixels), labels).mean()


def train_steps(state: State, images: Set, batches: Array) -> State:
    """One step for each row of `batches` `[steps, 32]`: v = g + 0.9 v; w -= lr v."""
    pixels, labels = images

    def step(state: State, indices: Array) -> tuple[State, None]:
        weights, velocities = state
        gradients = jax.grad(batch_loss)(weights, pixels[indices], labels[indices])
        velocities = [gradient + MOMENTUM * velocity for gradient, velocity in zip(gradients, velocities)]
        weights = [weight - LEARNING_RATE * velocity for weight, velocity in zip(weights, velocities)]
        return (weights, velocities), None

    return lax.scan(step, state, batches)[0]


def score(weights: Weights, images: Set) -> tuple[Array, Array]:
    """Mean loss and number of right answers, in large batches."""
    pixels, labels = (array.reshape(-1, EVALUATION_BATCH, *array.shape[1:]) for array in images)

    def part(images: Set) -> tuple[Array, Array]:
        outputs = logits(weights, images[0])
        return losses(outputs, images[1]).mean(), (outputs.argmax(axis=1) == images[1]).sum()

    loss, n_correct = lax.map(part, (pixels, labels))
    return loss.mean(), n_correct.sum()


def scores(weights: Weights, train: Set, validation: Set) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    return score(weights, train), score(weights, validation)


class JaxTrainer:
    """One network; `train` only enqueues the steps."""

    train_steps = staticmethod(jax.jit(train_steps, donate_argnums=0))
    scores = staticmethod(jax.jit(scores))

    def __init__(self, sets: tuple[Set, Set], state: State) -> None:
        self.sets, self.state = sets, state

    def train(self, batches: np.ndarray) -> None:
        self.state = self.train_steps(self.state, self.sets[0], jnp.asarray(batches, dtype=jnp.int32))

    def evaluate(self) -> tuple[Score, Score]:
        train, validation = self.scores(self.state[0], *self.sets)
        return on_host(*train, common.N_TRAIN), on_host(*validation, common.N_VALIDATION)

    def synchronize(self) -> None:
        jax.block_until_ready(self.state)


def on_host(loss: Array, n_correct: Array, n_images: int) -> Score:
    """Waits for the values."""
    return Score(float(loss), int(n_correct) / n_images)


def initial_state(seed: int) -> State:
    weights = [jnp.asarray(weight) for weight in common.initial_weights(OPTIONS.hidden_layers, seed)]
    return weights, [jnp.zeros_like(weight) for weight in weights]


def train_seeds(sets: tuple[Set, Set], seeds: Sequence[int]) -> list[Score]:
    """The last validation score of every seed; all are trained at once."""
    train_all = jax.jit(jax.vmap(train_steps, in_axes=(0, None, 0)), donate_argnums=0)
    score_all = jax.jit(jax.vmap(scores, in_axes=(0, None, None)))
    state = jax.tree.map(lambda *arrays: jnp.stack(arrays), *map(initial_state, seeds))
    validation = score_all(state[0], *sets)[1]
    orders = zip(*(common.batches(seed) for seed in seeds))
    for _, segments in zip(range(OPTIONS.epochs * common.VALIDATIONS_PER_EPOCH), orders):
        state = train_all(state, sets[0], jnp.asarray(np.stack(segments), dtype=jnp.int32))
        validation = jax.block_until_ready(score_all(state[0], *sets))[1]
    return [on_host(loss, n_correct, common.N_VALIDATION) for loss, n_correct in zip(*validation)]


def on_device(images: Images) -> Set:
    return jnp.asarray(images.pixels), jnp.asarray(images.labels, dtype=jnp.int32)


def main() -> None:
    splits = common.load()
    sets = on_device(splits.train), on_device(splits.validation)
    all_at_once = (lambda: train_seeds(sets, OPTIONS.seeds)) if OPTIONS.mode == "vmap" else None
    common.measure(OPTIONS, lambda seed: JaxTrainer(sets, initial_state(seed)), all_at_once)


main()
