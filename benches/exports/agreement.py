"""How many images of MNIST's test set keep their class when another program enlarges them: the table of docs/predict.md.

Pillow enlarges them by each of its filters, those of 140 pixels inverted, and `experiments predict` classifies original and
enlarged images, the first COUNT or all. Needs Pillow and NumPy, MNIST_DIR, and finished runs of the experiments:

    COUNT=1000 python benches/exports/agreement.py task2c task3c task4e
"""

import gzip
import json
import os
import struct
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

PROGRAM = os.environ.get("EXPERIMENTS", "target/release/experiments")
SIZES = (56, 140, 280)
FILTERS = ("NEAREST", "BILINEAR", "BICUBIC", "LANCZOS")
BATCH = 2_000  # of 280 x 280 pixels: 157 MB, below the limit of a file


def test_images():
    with gzip.open(os.path.join(os.environ["MNIST_DIR"], "t10k-images-idx3-ubyte.gz")) as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    return images[: int(os.environ.get("COUNT", len(images)))]


def classes(experiment, images):
    """The class of every image."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(struct.pack(">IIII", 0x0803, *images.shape) + images.tobytes())
        file.flush()
        command = [PROGRAM, "predict", experiment, file.name, "--json", "--quiet", "--dataset", "mnist"]
        predicted = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return [image["top"][0]["class"] if image["top"] else None for image in predicted["images"]]


def enlarged(image, size, name):
    image = np.array(Image.fromarray(image).resize((size, size), getattr(Image.Resampling, name)))
    return 255 - image if size == 140 else image


def main(experiments):
    images = test_images()
    for experiment in experiments:
        original = classes(experiment, images)
        for size in SIZES:
            shares = []
            for name in FILTERS:
                kept = 0
                for first in range(0, len(images), BATCH):
                    batch = np.array([enlarged(image, size, name) for image in images[first : first + BATCH]])
                    kept += sum(a == b for a, b in zip(classes(experiment, batch), original[first:]))
                shares.append(f"{100 * kept / len(images):.2f} %")
            print(f"| {experiment} | {size} | {' | '.join(shares)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or ["task2c", "task3c", "task4e"])
