"""The JSON Schemas with other validators: jsonschema (Python) and Tombi, the TOML language server of editors."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "target/release/experiments"
TOMBI = Path(sys.executable).parent / "tombi"
FILES = sorted(ROOT.glob("experiments/**/*.toml"))
CASES = tomllib.loads((ROOT / "crates/spec/tests/schema/cases.toml").read_text())


def schema(kind):
    return json.loads(subprocess.run([PROGRAM, "schema", kind], check=True, capture_output=True, text=True).stdout)


def kind_of(file, text):
    if file.endswith("cluster.toml"):
        return "cluster"
    if "/sweeps/" in file:
        return "sweep"
    if "/mistakes/" in file:
        return "mistake"
    return "comparison" if "\nruns = " in text else "experiment"


def refuses(kind, text):
    return not jsonschema.Draft7Validator(schema(kind)).is_valid(tomllib.loads(text))


def changed(case):
    text = CASES["cluster"] if case["file"] == "cluster.toml" else (ROOT / case["file"]).read_text()
    assert case["old"] in text
    return text.replace(case["old"], case["new"], 1)


@pytest.mark.parametrize("kind", ["experiment", "comparison", "sweep", "cluster"])
def test_schema_is_one_of_draft_7(kind):
    jsonschema.Draft7Validator.check_schema(schema(kind))


def test_declared_files_keep_their_schemas():
    assert len(FILES) > 20
    for file in FILES:
        assert not refuses(kind_of(str(file), file.read_text()), file.read_text()), file


def test_cases_are_taken_and_refused_as_by_the_program():
    for verdict, expected in [("taken", False), ("refused", True), ("only_the_reader_refuses", False)]:
        for case in CASES[verdict]:
            text = changed(case)
            assert refuses(kind_of(case["file"], text), text) == expected, case


def lint(*files):
    """What the language server says about files, which name their schemas themselves."""
    return subprocess.run([TOMBI, "lint", "--offline", "--error-on-warnings", *files], capture_output=True, text=True, cwd=ROOT)


def test_tombi_finds_nothing_in_the_declared_files():
    ended = lint(*FILES)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    "old, new",
    [
        ("momentum = 0.9", "momentum = 1.5"),
        ("momentum = 0.9", "momentun = 0.9"),
        ('"improved_sigmoid"', '"swish"'),
        ("batch_size = 32", 'batch_size = "32"'),
        ('pixel_scaling = "train_mean_std"', ""),
    ],
)
def test_tombi_finds_mistakes(tmp_path, old, new):
    text = (ROOT / "experiments/task4e.toml").read_text()
    assert old in text
    (tmp_path / "schema").symlink_to(ROOT / "experiments/schema")
    (tmp_path / "mine.toml").write_text(text.replace(old, new))
    assert lint(tmp_path / "mine.toml").returncode != 0
