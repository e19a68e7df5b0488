"""Datasets as other programs write them: NumPy's archives, as Keras keeps MNIST."""

import os
import subprocess
from pathlib import Path

import numpy
import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "target/release/experiments"


def data(home, *arguments, code=0):
    environment = os.environ | {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "NO_COLOR": "1"}
    environment.pop("MNIST_DIR", None)
    command = [PROGRAM, "data", "--offline", *map(str, arguments)]
    ended = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True)
    assert ended.returncode == code, ended
    return ended.stdout, ended.stderr


def idx(folder, name):
    path = folder / f"{name}-ubyte"
    file = path.read_bytes() if path.exists() else __import__("gzip").open(f"{path}.gz").read()
    shape = [int.from_bytes(file[at : at + 4], "big") for at in range(4, 4 + 4 * file[3], 4)]
    return numpy.frombuffer(file, "uint8", offset=4 + 4 * file[3]).reshape(shape)


@pytest.mark.skipif("MNIST_DIR" not in os.environ, reason="MNIST_DIR is not set")
@pytest.mark.parametrize("save", [numpy.savez, numpy.savez_compressed])
def test_mnist_in_the_archive_of_keras_is_the_published_mnist(tmp_path, save):
    folder = Path(os.environ["MNIST_DIR"])
    keras = tmp_path / ".keras/datasets"
    keras.mkdir(parents=True)
    x_train, y_train = idx(folder, "train-images-idx3"), idx(folder, "train-labels-idx1")
    x_test, y_test = idx(folder, "t10k-images-idx3"), idx(folder, "t10k-labels-idx1")
    save(keras / "mnist.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    stdout, stderr = data(tmp_path, "-v")
    assert f"MNIST, read from {keras}" in stdout
    assert "mean 33.5527, standard deviation 78.8755" in stdout
    assert "not in data/mnist" in stderr
    assert data(tmp_path, "--data-dir", keras / "mnist.npz")[0].splitlines()[1:] == stdout.splitlines()[1:]


def test_own_dataset_has_its_own_size_and_classes(tmp_path):
    random = numpy.random.default_rng(1)
    images = lambda count: random.integers(0, 256, (count, 12, 9), "uint8")
    labels = lambda count: (numpy.arange(count) % 17).astype("uint8")
    numpy.savez(tmp_path / "letters.npz", x_train=images(90), y_train=labels(90), x_test=images(40), y_test=labels(40))
    stdout, _ = data(tmp_path, "--dataset", "own", "--data-dir", "letters.npz")
    assert "90 training images, 40 test images of 12 x 9 pixels in 17 classes" in stdout


def test_archive_of_another_type_is_refused(tmp_path):
    numpy.savez(tmp_path / "mnist.npz", x_train=numpy.zeros((3, 2, 2)), y_train=[1, 2], x_test=[1], y_test=[1])
    _, stderr = data(tmp_path, "--dataset", "own", "--data-dir", "mnist.npz", code=2)
    assert "mnist.npz/x_train.npy: cannot be used: its numbers are of the type `<f8`, expected `|u1`" in stderr
