"""The tidy table in pandas, and the folder of the records as an RO-Crate."""

import io
import json

import importlib.resources

import numpy
import pandas
from rdflib.plugins.shared.jsonld.context import Context
from rocrate.rocrate import ROCrate
from rocrate_validator import models, services

from conftest import program


def test_the_table_has_every_value(runs):
    out, _ = program("export", "--to", "csv", runs=runs)
    table = pandas.read_csv(io.StringIO(out))
    assert list(table) == ["experiment", "seed", "run", "step", "epoch", "metric", "value"]
    assert set(table.run) == {folder.name for folder in runs.glob("*-seed1-*")}
    for folder in runs.glob("*-seed1-*"):
        rows = table[table.run == folder.name]
        steps = pandas.read_csv(folder / "steps.csv")
        losses = rows[rows.metric == "batch_loss"]
        assert (losses.step.to_numpy() == steps.step.to_numpy()).all()
        assert (losses.value.to_numpy() == steps.train_loss.to_numpy()).all()
        validations = pandas.read_csv(folder / "validations.csv")
        accuracy = rows[rows.metric == "validation_accuracy"]
        assert (accuracy.value.to_numpy() == validations.validation_accuracy.to_numpy()).all()
        assert numpy.allclose(accuracy.epoch, validations.epoch)


def test_a_file_that_exists_is_kept(runs, tmp_path):
    path = tmp_path / "all.csv"
    path.write_text("mine")
    _, said = program("export", "--to", "csv", path, runs=runs, code=2)
    assert "exists" in said and "--force" in said and path.read_text() == "mine"
    program("export", "--to", "csv", path, "--force", runs=runs)
    assert path.read_text() == program("export", "--to", "csv", runs=runs)[0]


def without_a_network(monkeypatch):
    """Gives rdflib the vocabulary of RO-Crate that comes with the package `rocrate`."""
    file = importlib.resources.files("rocrate") / "data/ro-crate.jsonld"
    vocabulary = json.loads(file.read_text())
    monkeypatch.setattr(Context, "_fetch_context", lambda *_: vocabulary)


def test_the_crate_is_a_process_run_crate(runs, monkeypatch):
    without_a_network(monkeypatch)
    program("export", "--to", "crate", "--force", runs=runs)
    settings = services.ValidationSettings(
        rocrate_uri=str(runs), profile_identifier="process-run-crate-0.5", requirement_severity=models.Severity.REQUIRED
    )
    # Without a network, only the checks that fetch the vocabularies fail.
    offline = ("Max retries exceeded", "Unable to retrieve the JSON-LD context")
    issues = [(issue.check.identifier, issue.message) for issue in services.validate(settings).get_issues()]
    issues = [(check, message) for check, message in issues if not any(words in message for words in offline)]
    assert issues == []
    graph = {entity["@id"]: entity for entity in json.loads((runs / "ro-crate-metadata.json").read_text())["@graph"]}
    actions = [entity for entity in graph.values() if entity["@type"] == "CreateAction"]
    assert len(actions) == 9
    for action in actions:
        folder = graph[action["result"][0]["@id"]]
        assert all((runs / part["@id"]).is_file() for part in folder["hasPart"])
    assert ROCrate(runs).mainEntity is None, "the package `rocrate` reads it"
    card = (runs / "model-card.md").read_text()
    assert card.startswith("# Model card") and "| Run |" in card
