"""Runs on a real MLflow server."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import numpy
import pytest
from mlflow import MlflowClient
from mlflow.entities import ViewType

from conftest import program, settings


@contextmanager
def serving(folder, *options, **variables):
    """A server that keeps its data in a folder; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/runs.db", "--artifacts-destination", str(folder / "artifacts")]
    with open(folder / "log", "w") as log:
        environment = os.environ | variables
        process = subprocess.Popen([*command, *options], cwd=folder, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1800):
            try:
                urllib.request.urlopen(f"{address}/health", timeout=1)
                break
            except OSError:
                assert process.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("mlflow")) as address:
        yield address


def of(client, experiment):
    experiment = client.get_experiment_by_name(experiment)
    return client.search_runs([experiment.experiment_id], run_view_type=ViewType.ACTIVE_ONLY)


def test_the_server_has_every_run_once(server, runs, tmp_path):
    for sent, before in [(9, 0), (0, 9)]:
        _, said = program("export", "--to", "mlflow", server, runs=runs)
        assert f"{sent} runs sent, {before} were there already" in said
    client = MlflowClient(server)
    run, = of(client, "task2c")
    folder = next(runs.glob("task2c-*"))
    record = json.loads((folder / "record.json").read_text())
    assert run.info.status == "FINISHED" and run.info.run_name == folder.name
    assert run.data.tags["experiments.run"] == record["id"]
    assert run.data.params["optimizer.learning_rate"] == "0.1" and run.data.params["model.hidden_units"] == "[64]"
    losses = client.get_metric_history(run.info.run_id, "batch_loss")
    steps = numpy.genfromtxt(folder / "steps.csv", delimiter=",", names=True)
    assert [point.step for point in losses] == list(steps["step"])
    assert numpy.allclose([point.value for point in losses], steps["train_loss"])
    validations = client.get_metric_history(run.info.run_id, "validation_accuracy")
    assert [point.step for point in validations] == [one["step"] for one in record["validations"]]
    assert run.data.metrics["best_validation_loss"] == min(one["validation_loss"] for one in record["validations"])
    names = {artifact.path for artifact in client.list_artifacts(run.info.run_id)}
    assert names == {path.name for path in folder.iterdir()}
    fetched = client.download_artifacts(run.info.run_id, "best.safetensors", str(tmp_path))
    assert open(fetched, "rb").read() == (folder / "best.safetensors").read_bytes()


def test_a_run_whose_sending_broke_is_sent_again(server, runs):
    client = MlflowClient(server)
    program("export", "--to", "mlflow", server, runs=runs)
    run, = of(client, "task4f")
    client.update_run(run.info.run_id, status="RUNNING")
    program("export", "--to", "mlflow", server, runs=runs)
    again, = of(client, "task4f")
    assert again.info.run_id != run.info.run_id and again.info.status == "FINISHED"


def test_losses_that_are_not_finite_are_sent(server, tmp_path):
    rate = "optimizer.learning_rate=1e30"
    program("run", "task4f", "--no-baseline", "--no-tui", *settings([rate]), runs=tmp_path, code=3)
    program("export", "--to", "mlflow", server, runs=tmp_path)
    failed = [run for run in of(MlflowClient(server), "task4f") if run.info.status == "FAILED"]
    assert len(failed) == 1


def test_a_server_that_is_not_there_is_named(runs):
    _, said = program("export", "--to", "mlflow", "http://127.0.0.1:1", runs=runs, code=1)
    assert "http://127.0.0.1:1: no MLflow server answers" in said and "hint: `mlflow server`" in said
    _, said = program("export", "--to", "mlflow", "localhost:5000", runs=runs, code=2)
    assert "`localhost:5000` is not the address of an MLflow server" in said


def test_a_server_with_a_login_gets_it(runs, tmp_path, monkeypatch):
    config = tmp_path / "auth.ini"
    config.write_text(
        f"[mlflow]\ndefault_permission = READ\ndatabase_uri = sqlite:///{tmp_path}/auth.db\nadmin_username = anna\n"
        "admin_password = secret: 12/34@\nauthorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
    )
    variables = {"MLFLOW_AUTH_CONFIG_PATH": str(config), "MLFLOW_FLASK_SERVER_SECRET_KEY": "key"}
    with serving(tmp_path, "--app-name", "basic-auth", **variables) as address:
        with_login = address.replace("//", "//anna:secret%3A%2012%2F34%40@")
        for wrong in [address, with_login.replace("secret", "secrets")]:
            _, said = program("export", "task2c", *settings([]), "--to", "mlflow", wrong, runs=runs, code=1)
            assert f"{address}: the server refuses `mlflow/experiments/get-by-name`: 401" in said
            assert "hint: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD" in said and "secret" not in said
        _, said = program("export", "task2c", *settings([]), "--to", "mlflow", with_login, runs=runs)
        assert f"{address}: 1 runs sent, 0 were there already" in said
        monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "anna")
        monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "secret: 12/34@")
        _, said = program("export", "task2c", *settings([]), "--to", "mlflow", address, runs=runs)
        assert "0 runs sent, 1 were there already" in said
        run, = of(MlflowClient(address), "task2c")
        assert {artifact.path for artifact in MlflowClient(address).list_artifacts(run.info.run_id)} >= {"best.safetensors"}


def test_another_server_is_refused(runs, tmp_path):
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        port = process.stdout.readline().split("port ")[1].split()[0]
        _, said = program("export", "--to", "mlflow", f"http://127.0.0.1:{port}", runs=runs, code=1)
        assert "the server refuses `mlflow/experiments/get-by-name`: 404" in said
    finally:
        process.terminate()
        process.wait()
