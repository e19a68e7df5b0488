"""TensorBoard reads the event files, after an export and of a run under way, stopped or killed."""

import json
import os
import signal
import subprocess
import time

import numpy
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2

from conftest import PROGRAM, ROOT, program


def accumulated(folder):
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0, "tensors": 0})
    events.Reload()
    return events


def scalars(events, tag):
    return [(event.step, event.value) for event in events.Scalars(tag)]


def table(path):
    return numpy.genfromtxt(path, delimiter=",", names=True, dtype=None, encoding="utf-8", ndmin=1)


def check(folder, run):
    """The events in a folder are the curves of a run."""
    events, steps, validations = accumulated(folder), table(run / "steps.csv"), table(run / "validations.csv")
    losses = scalars(events, "batch_loss")
    assert [step for step, _ in losses] == list(steps["step"]), "every step once"
    assert numpy.allclose([loss for _, loss in losses], steps["train_loss"], rtol=1e-6, equal_nan=True)
    for tag in ["validation_loss", "validation_accuracy", "train_loss", "train_accuracy"]:
        points = scalars(events, tag)
        assert [step for step, _ in points] == list(validations["step"])
        assert numpy.allclose([value for _, value in points], validations[tag], rtol=1e-6)
    probes = table(run / "probes.csv")
    for layer in set(probes["layer"]):
        of_layer = probes[probes["layer"] == layer]
        points = scalars(events, f"gradient_rms/{layer}")
        assert numpy.allclose([value for _, value in points], of_layer["gradient_rms"], rtol=1e-6)
    return events


def hparams(events, tag):
    content = events.SummaryMetadata(tag).plugin_data.content
    return plugin_data_pb2.HParamsPluginData.FromString(content)


def test_an_export_has_curves_settings_results_and_the_figure(trained, tmp_path):
    program("export", "--to", "tensorboard", tmp_path, runs=trained.runs)
    record = trained.record
    events = check(tmp_path / trained.folder.name, trained.folder)
    start = hparams(events, "_hparams_/session_start_info").session_start_info
    assert start.hparams["optimizer.learning_rate"].number_value == record["spec"]["optimizer"]["learning_rate"]
    assert start.hparams["model.activation"].string_value == record["spec"]["model"]["activation"]
    assert start.hparams["seed"].number_value == 1
    assert hparams(events, "_hparams_/session_end_info").session_end_info.status == 1
    best = max(validation["validation_accuracy"] for validation in record["validations"])
    assert numpy.isclose(scalars(events, "results/best_validation_accuracy")[0][1], best)
    image = events.Images("figure")[0]
    assert image.encoded_image_string.startswith(b"\x89PNG") and image.width > image.height > 100


LONG = ["run", "task3c", "--no-baseline", "--no-tui", "--set", "data.train_images=20000", "--set", "data.test_images=0"]
LONG += ["--set", "training.patience_validations=1000", "--set", "training.max_epochs=20"]
LONG += ["--set", "checkpoint.every_validations=1"]


def start(runs, curves):
    data = [] if os.environ.get("MNIST_DIR") else ["--dataset", "made-up"]
    command = [PROGRAM, *LONG, "--tensorboard", curves, "--runs-dir", runs, "--offline", "--quiet", *data]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


def wait_for(events, steps, patience=60):
    """Waits until a TensorBoard that stays open sees this number of steps."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        events.Reload()
        if "batch_loss" in events.Tags()["scalars"] and len(events.Scalars("batch_loss")) >= steps:
            return
        time.sleep(0.05)
    raise AssertionError("the curves do not appear")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_curves_appear_during_a_run_that_is_stopped_and_resumed(how, tmp_path):
    runs, curves = tmp_path / "runs", tmp_path / "curves"
    process = start(runs, curves)
    try:
        until = time.monotonic() + 60
        while not (folders := list(curves.glob("task3c-*"))):
            assert time.monotonic() < until
            time.sleep(0.02)
        watching = accumulated(folders[0])
        watched_from = len(watching.Tags()["scalars"])
        wait_for(watching, 1500)
        assert process.poll() is None, "TensorBoard shows the curves while the run trains"
    finally:
        process.send_signal(how)
        process.wait()
    stopped = scalars(accumulated(folders[0]), "batch_loss")
    assert [step for step, _ in stopped] == list(range(1, len(stopped) + 1)), "what is left can be read"
    assert start(runs, curves).wait() == 0
    run = next(runs.glob("task3c-*"))
    record = json.loads((run / "record.json").read_text())
    check(curves / run.name, run)
    watching.Reload()
    steps = [step for step, _ in scalars(watching, "batch_loss")]
    assert steps == list(range(1, record["steps"] + 1)), f"no point twice where TensorBoard stayed open {watched_from}"


def test_a_finished_run_is_shown_too(runs, tmp_path):
    from conftest import settings

    program("run", "task2c", "--no-baseline", *settings([]), "--tensorboard", tmp_path, runs=runs)
    run = next(runs.glob("task2c-*"))
    check(tmp_path / run.name, run)
