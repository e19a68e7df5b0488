"""Runs student.py for every mistake, and stores what the tests of `compare` read.

    MNIST_DIR=... python3 fixtures.py curves FOLDER          curves.npz: the beginnings of the curves of 10 seeds of every mistake, and of 40 seeds without
    MNIST_DIR=... python3 fixtures.py traces ours.npz FOLDER traces.npz: of every mistake the arrays that it changes

`ours.npz` is `experiments trace task3c --steps 2 --set training.batch_size=8 --set model.hidden_units=4 --to ours.npz`.
A second run continues where the first was stopped.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import sys
import time
from multiprocessing import Pool

import numpy as np

from student import MISTAKES, Student

SEEDS = {"none": range(101, 141)}
# Rows of a curve, of which the first is before the first step; most mistakes show early.
VALIDATIONS = {"none": 31, "patience_one_more": 251, "validation_on_training": 31, "sigmoid_output": 16}
# These show only at the ends of their curves: one curve is a part of the other.
TO_THE_END = ["patience_one_more", "patience_one_less"]


# No single curve can tell these from correct, so only their traces are stored.
UNTOLD = ["every_set_by_itself", "mean_of_all_images", "missing_bias", "updated_weights_backward"]


def some_curves(job):
    """Curves of a mistake until the time is over."""
    mistake, seeds, until = job
    made, student = {}, None
    for seed in seeds:
        if time.time() < until:
            student = student or Student(mistake)
            rows = np.array(student.curve(seed, validations=VALIDATIONS.get(mistake, 9)), np.float32)
            made[f"{mistake}/{seed}"] = rows
            if mistake == TO_THE_END[0]:
                made[f"{TO_THE_END[1]}/{seed}"] = rows[:-2]
    return made


def curves(folder, seconds=100):
    path, until = os.path.join(folder, "curves.npz"), time.time() + float(seconds)
    stored = dict(np.load(path)) if os.path.exists(path) else {}
    jobs = []
    for mistake in ["none", *MISTAKES]:
        seeds = [seed for seed in SEEDS.get(mistake, range(1, 11)) if f"{mistake}/{seed}" not in stored]
        if mistake not in UNTOLD and mistake != TO_THE_END[1]:
            jobs += [(mistake, seeds[at:at + 10], until) for at in range(0, len(seeds), 10)]
    with Pool(2) as pool:
        for made in pool.imap_unordered(some_curves, jobs, chunksize=1):
            stored |= made
    np.savez_compressed(path, **stored)
    print(len(stored), "curves")


def traces(ours, folder):
    ours = dict(np.load(ours))
    batch, hidden = ours["step_0001/indices"].size, ours["initial/layer_1/bias"].size
    stored = {}
    for mistake in ["none", *MISTAKES]:
        mine = Student(mistake, np.float64, batch=batch, hidden=hidden).trace(ours)
        if mistake == "none":
            correct = mine
        # Single precision, as much as tests need; what is not there is as without a mistake, or left out by it.
        for name in sorted(correct.keys() - mine.keys()):
            stored[f"{mistake}|{name}|lacks"] = np.zeros(0)
        differs = {name for name, array in mine.items() if not np.array_equal(array, correct.get(name))}
        if any(name.startswith("step_0001") for name in differs):
            # What follows the first step that differs is not looked at.
            differs = {name for name in differs if not name.startswith("step_0002")}
        for name, array in mine.items():
            if mistake == "none" or name in differs:
                stored[f"{mistake}|{name}"] = array.astype(np.float32) if array.size > 100 else array
    np.savez_compressed(os.path.join(folder, "traces.npz"), **stored)
    print(len(stored), "arrays")


if __name__ == "__main__":
    {"curves": curves, "traces": traces}[sys.argv[1]](*sys.argv[2:])
