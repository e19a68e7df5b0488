"""Task 3c of the assignment in NumPy, as a student writes it, with one mistake at will. It shares no code with the program.

    python3 student.py curve MISTAKE SEED > mine.csv              a training's curve; MNIST_DIR names the folder of the images
    python3 student.py trace MISTAKE trace.npz mine.npz           the arrays of a trace's steps

`python3 fixtures.py` runs it for every mistake and stores what the tests of `compare` read.
"""

import gzip
import os
import sys

import numpy as np

MISTAKES = [
    "averaged_velocity", "dampening", "every_set_by_itself", "gradient_sum", "images_without_labels", "learning_rate_kept",
    "mean_of_all_images", "missing_bias", "missing_two_thirds", "no_derivative", "no_momentum", "no_shuffling", "patience_one_less",
    "patience_one_more", "pixels_by_255", "plain_sigmoid", "raw_pixels", "sigmoid_derivative", "sigmoid_output",
    "small_weights", "uniform_weights", "updated_weights_backward", "validation_on_training",
]


def read_idx(name):
    folder = os.environ["MNIST_DIR"]
    for path, reader in [(name, open), (name + ".gz", gzip.open)]:
        path = os.path.join(folder, path)
        if os.path.exists(path):
            data = reader(path, "rb").read()
            dimensions = data[3]
            return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions)
    raise SystemExit(f"{folder} lacks {name}")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Student:
    """The network, its images and its optimizer."""

    def __init__(self, mistake, dtype=np.float32, train=20_000, validation=10_000, batch=32, hidden=64):
        self.mistake, self.dtype, self.batch, self.hidden = mistake, dtype, batch, hidden
        everything = read_idx("train-images-idx3-ubyte").reshape(-1, 784)
        self.y_train = read_idx("train-labels-idx1-ubyte")[:train].astype(int)
        self.y_val = read_idx("t10k-labels-idx1-ubyte")[:validation].astype(int)
        train_pixels = everything[:train].astype(np.float64)
        val_pixels = read_idx("t10k-images-idx3-ubyte").reshape(-1, 784)[:validation].astype(np.float64)
        self.mean, self.std = train_pixels.mean(), train_pixels.std()
        if mistake == "mean_of_all_images":
            self.mean, self.std = everything.mean(), everything.std()
        if mistake == "pixels_by_255":
            self.mean, self.std = 0.0, 255.0
        if mistake == "raw_pixels":
            self.mean, self.std = 0.0, 1.0
        self.x_train = ((train_pixels - self.mean) / self.std).astype(dtype)
        mean, std = self.mean, self.std
        if mistake == "every_set_by_itself":
            mean, std = val_pixels.mean(), val_pixels.std()
        self.x_val = ((val_pixels - mean) / std).astype(dtype)
        if mistake == "validation_on_training":
            self.x_val, self.y_val = self.x_train[:validation], self.y_train[:validation]
        self.rate = 0.1 if mistake == "learning_rate_kept" else 0.02
        self.momentum = 0.0 if mistake == "no_momentum" else 0.9
        self.patience = 50 + {"patience_one_more": 1, "patience_one_less": -1}.get(mistake, 0)

    def draw(self, rng):
        def weights(n_in, n_out, fan_in):
            if self.mistake == "uniform_weights":
                return rng.uniform(-1, 1, (n_in, n_out))
            return rng.normal(0, 1 / fan_in if self.mistake == "small_weights" else 1 / np.sqrt(fan_in), (n_in, n_out))

        w1 = weights(785, self.hidden, 785)
        self.start(w1[:784], w1[784], weights(self.hidden, 10, self.hidden))

    def start(self, w1, b1, w2):
        self.w1, self.b1, self.w2 = (np.array(w, self.dtype) for w in (w1, b1, w2))
        if self.mistake == "missing_bias":
            self.b1 = np.zeros_like(self.b1)
        self.v1, self.vb, self.v2 = (np.zeros_like(w) for w in (self.w1, self.b1, self.w2))

    def forward(self, x):
        z1 = x @ self.w1 + self.b1
        a1 = sigmoid(z1) if self.mistake == "plain_sigmoid" else self.dtype(1.7159) * np.tanh(self.dtype(2 / 3) * z1)
        z2 = a1 @ self.w2
        if self.mistake == "sigmoid_output":
            return z1, a1, z2, sigmoid(z2)
        powers = np.exp(z2 - z2.max(1, keepdims=True))
        return z1, a1, z2, powers / powers.sum(1, keepdims=True)

    def slope(self, a1):
        if self.mistake in ("plain_sigmoid", "sigmoid_derivative"):
            return a1 * (1 - a1)
        if self.mistake == "no_derivative":
            return np.ones_like(a1)
        slope = self.dtype(1.7159) - a1 * a1 / self.dtype(1.7159)
        return slope if self.mistake == "missing_two_thirds" else self.dtype(2 / 3) * slope

    def move(self, velocity, gradient):
        if self.mistake == "dampening":
            gradient = self.dtype(0.9) * gradient
        if self.mistake == "averaged_velocity":
            gradient = self.dtype(1 - self.momentum) * gradient
        return gradient + self.dtype(self.momentum) * velocity

    def step(self, x, y):
        """One update; returns every array of it under the names of a trace."""
        z1, a1, z2, output = self.forward(x)
        loss = -np.log(output[np.arange(len(y)), y]).mean()
        d2 = output.copy()
        d2[np.arange(len(y)), y] -= 1
        n = 1 if self.mistake == "gradient_sum" else len(y)
        g2 = a1.T @ d2 / n
        if self.mistake == "updated_weights_backward":
            self.v2 = self.move(self.v2, g2)
            self.w2 = self.w2 - self.dtype(self.rate) * self.v2
        d1 = d2 @ self.w2.T * self.slope(a1)
        g1, gb = x.T @ d1 / n, d1.sum(0) / n
        self.v1 = self.move(self.v1, g1)
        self.w1 = self.w1 - self.dtype(self.rate) * self.v1
        if self.mistake != "missing_bias":
            self.vb = self.move(self.vb, gb)
            self.b1 = self.b1 - self.dtype(self.rate) * self.vb
        if self.mistake != "updated_weights_backward":
            self.v2 = self.move(self.v2, g2)
            self.w2 = self.w2 - self.dtype(self.rate) * self.v2
        arrays = {
            "loss": loss, "layer_1/pre_activation": z1, "layer_1/activation": a1, "layer_2/pre_activation": z2,
            "layer_2/activation": output, "layer_2/delta": d2, "layer_2/gradient_weight": g2, "layer_1/delta": d1,
            "layer_1/gradient_weight": g1, "layer_1/velocity_weight": self.v1, "layer_2/velocity_weight": self.v2,
            "layer_1/weight": self.w1, "layer_2/weight": self.w2,
        }
        if self.mistake != "missing_bias":
            arrays |= {"layer_1/gradient_bias": gb, "layer_1/velocity_bias": self.vb, "layer_1/bias": self.b1}
        return arrays

    def scores(self, x, y):
        output = self.forward(x)[3]
        return -np.log(output[np.arange(len(y)), y]).mean(dtype=np.float64), (output.argmax(1) == y).mean()

    def curve(self, seed, epochs=50, validations=251):
        """Rows of step, train_loss, validation_loss, validation_accuracy, until early stopping or this many."""
        np.seterr(all="ignore")
        rng = np.random.default_rng(seed)
        self.draw(rng)
        rows, best, waited, step = [], np.inf, 0, 0

        def validate(train_loss):
            nonlocal best, waited
            loss, accuracy = self.scores(self.x_val, self.y_val)
            rows.append((step, train_loss, loss, accuracy))
            best, waited = (loss, 0) if loss < best else (best, waited + 1)
            return waited < self.patience and len(rows) < validations

        validate(np.nan)
        for _ in range(epochs):
            order = rng.permutation(len(self.x_train))
            if self.mistake == "no_shuffling":
                order = np.arange(len(self.x_train))
            losses = []
            for start in range(0, len(order) - self.batch + 1, self.batch):
                batch = order[start:start + self.batch]
                labels = self.y_train[start:start + self.batch] if self.mistake == "images_without_labels" else self.y_train[batch]
                losses.append(self.step(self.x_train[batch], labels)["loss"])
                step += 1
                if step % 125 == 0:
                    if not validate(np.mean(losses)):
                        return rows
                    losses = []
                    if not np.isfinite(rows[-1][2]):
                        return rows
        return rows

    def early_stopping(self, losses, patience):
        """The validation after which a training with these losses stops."""
        patience += self.patience - 50
        best, waited = np.inf, 0
        for at, loss in enumerate(losses):
            best, waited = (loss, 0) if loss < best else (best, waited + 1)
            if waited == patience:
                return at
        return len(losses) - 1

    def trace(self, ours):
        """The arrays of the steps of a trace, from its weights and images."""
        own = {"normalization/mean": self.mean, "normalization/std": self.std, "validation/inputs": self.x_val[:32]}
        if self.mistake in ("uniform_weights", "small_weights"):
            self.draw(np.random.default_rng(0))
        else:
            self.start(*(ours[f"initial/{name}"] for name in ("layer_1/weight", "layer_1/bias", "layer_2/weight")))
        own |= {"initial/layer_1/weight": self.w1, "initial/layer_2/weight": self.w2}
        if self.mistake != "missing_bias":
            own["initial/layer_1/bias"] = self.b1
        own["step_0000/validation_loss"], own["step_0000/validation_accuracy"] = self.scores(self.x_val, self.y_val)
        steps = sorted({name.split("/")[0] for name in ours if name.endswith("/inputs") and name.startswith("step")})
        for number, step in enumerate(steps):
            indices = ours[f"{step}/indices"]
            if self.mistake == "no_shuffling":
                indices = np.arange(number * self.batch, (number + 1) * self.batch)
            labels = self.y_train[indices]
            if self.mistake == "images_without_labels":
                labels = self.y_train[number * self.batch:(number + 1) * self.batch]
            x = self.x_train[indices]
            own |= {f"{step}/indices": indices, f"{step}/inputs": x, f"{step}/targets": labels}
            own |= {f"{step}/{name}": array for name, array in self.step(x, labels).items()}
        own[f"{steps[-1]}/validation_loss"], own[f"{steps[-1]}/validation_accuracy"] = self.scores(self.x_val, self.y_val)
        own["early_stopping/stops_after"] = self.early_stopping(ours["early_stopping/losses"], int(ours["early_stopping/patience"]))
        return {name: np.asarray(array) for name, array in own.items()}


if __name__ == "__main__":
    command, mistake, *rest = sys.argv[1:]
    if command == "curve":
        print("step,train_loss,validation_loss,validation_accuracy")
        for step, *values in Student(mistake).curve(int(rest[0])):
            print(step, *(f"{value:.5g}" for value in values), sep=",")
    else:
        ours = dict(np.load(rest[0]))
        batch, hidden = ours["step_0001/indices"].size, ours["initial/layer_1/bias"].size
        student = Student(mistake, np.float64, batch=batch, hidden=hidden)
        np.savez_compressed(rest[1], **student.trace(ours))
