"""PyTorch: batches gathered by index from resident tensors, eager or with the whole step and evaluation compiled."""

from __future__ import annotations

from options import parse

OPTIONS = parse(modes=("eager", "compile"))  # before the libraries

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import Tensor  # noqa: E402
from torch.nn import functional  # noqa: E402

import common  # noqa: E402
from common import LEARNING_RATE, MOMENTUM, TANH_SCALE, TANH_SLOPE, Images, Score  # noqa: E402

Parameters = list[Tensor]
Set = tuple[Tensor, Tensor]

# Images evaluated at a time.
EVALUATION_BATCH = 1_000


# Calls of compiled code come from C++, not from Python.
COMPILE = {"fullgraph": True, "dynamic": False, "options": {"cpp_wrapper": True}}


def initial_parameters(seed: int) -> Parameters:
    """The bias of the first layer, then a matrix `[inputs, outputs]` for each layer."""
    first, *others = map(torch.from_numpy, common.initial_weights(OPTIONS.hidden_layers, seed))
    return [first[-1].clone(), first[:-1].clone(), *others]


def logits(parameters: Parameters, pixels: Tensor) -> Tensor:
    """`[images, 10]`."""
    bias, first, *others = parameters
    hidden = torch.addmm(bias, pixels, first)
    for weight in others:
        hidden = TANH_SCALE * torch.tanh(TANH_SLOPE * hidden) @ weight
    return hidden


def batch_loss(parameters: Parameters, pixels: Tensor, labels: Tensor) -> Tensor:
    return functional.cross_entropy(logits(parameters, pixels), labels)


def functional_step(parameters: Parameters, velocities: Parameters, images: Set, indices: Tensor) -> None:
    """Batch, gradient and update in one graph, in place: v = g + 0.9 v; w -= lr v."""
    pixels, labels = (array[indices] for array in images)
    gradients = torch.func.grad(batch_loss)(parameters, pixels, labels)
    for parameter, velocity, gradient in zip(parameters, velocities, gradients):
        velocity.mul_(MOMENTUM).add_(gradient)
        parameter.sub_(velocity, alpha=LEARNING_RATE)


def batch_score(parameters: Parameters, pixels: Tensor, labels: Tensor) -> Tensor:
    """Sum of the losses and number of right answers, `[2]`."""
    outputs = logits(parameters, pixels)
    n_correct = (outputs.argmax(dim=1) == labels).sum()
    return torch.stack([functional.cross_entropy(outputs, labels, reduction="sum"), n_correct])


class EagerTrainer:
    """Autograd and the fused SGD."""

    batch_score = staticmethod(batch_score)

    def __init__(self, sets: tuple[Set, Set], seed: int) -> None:
        self.sets = sets
        self.parameters = [parameter.requires_grad_() for parameter in initial_parameters(seed)]
        self.optimizer = torch.optim.SGD(self.parameters, lr=LEARNING_RATE, momentum=MOMENTUM, fused=True)

    def train(self, batches: np.ndarray) -> None:
        pixels, labels = self.sets[0]
        for indices in torch.from_numpy(batches):
            self.optimizer.zero_grad(set_to_none=True)
            batch_loss(self.parameters, pixels[indices], labels[indices]).backward()
            self.optimizer.step()

    @torch.inference_mode()
    def evaluate(self) -> tuple[Score, Score]:
        return self.score(self.sets[0]), self.score(self.sets[1])

    def score(self, images: Set) -> Score:
        """Mean loss and accuracy, in large batches."""
        parts = zip(*(array.split(EVALUATION_BATCH) for array in images))
        sums = sum(self.batch_score(self.parameters, *part).double() for part in parts)
        return Score(*(sums / len(images[1])).tolist())

    def synchronize(self) -> None:
        """PyTorch computes at once on a CPU."""


class CompiledTrainer(EagerTrainer):
    """A step is one compiled graph, gradient and update included; so is the evaluation of a batch."""

    step = staticmethod(torch.compile(functional_step, **COMPILE))
    batch_score = staticmethod(torch.compile(batch_score, **COMPILE))

    def __init__(self, sets: tuple[Set, Set], seed: int) -> None:
        self.sets = sets
        self.parameters = initial_parameters(seed)
        self.velocities = [torch.zeros_like(parameter) for parameter in self.parameters]

    @torch.inference_mode()
    def train(self, batches: np.ndarray) -> None:
        for indices in torch.from_numpy(batches):
            self.step(self.parameters, self.velocities, self.sets[0], indices)


def tensors(images: Images) -> Set:
    return torch.from_numpy(images.pixels), torch.from_numpy(images.labels)


def main() -> None:
    torch.set_num_threads(OPTIONS.threads)
    splits = common.load()
    sets = tensors(splits.train), tensors(splits.validation)
    trainer = CompiledTrainer if OPTIONS.mode == "compile" else EagerTrainer
    common.measure(OPTIONS, lambda seed: trainer(sets, seed))


main()
