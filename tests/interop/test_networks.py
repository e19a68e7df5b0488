"""ONNX Runtime, PyTorch, NumPy and safetensors compute what the program computes."""

import importlib.util
import json

import numpy
import onnx
import onnxruntime
import pytest
import safetensors
import safetensors.numpy

from conftest import program


def only(folder, pattern):
    files = list(folder.glob(pattern))
    assert len(files) == 1, files
    return files[0]


def test_onnx_runtime_computes_the_same(trained, tmp_path):
    trained.export("onnx", tmp_path)
    path = only(tmp_path, "*.onnx")
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(path)
    assert [(i.name, i.type, i.shape[1:]) for i in session.get_inputs()] == [("image", "tensor(float)", [1, 28, 28])]
    logits, probabilities = session.run(["logits", "probabilities"], {"image": trained.images})
    trained.check(logits, probabilities)
    one = session.run(["logits"], {"image": trained.images[:1]})[0]
    assert numpy.allclose(one, logits[:1], atol=1e-4), "any batch size"
    about = session.get_modelmeta().custom_metadata_map
    record = trained.record
    assert about["experiment"] == trained.experiment and about["seed"] == "1" and about["run"] == record["id"]
    assert about["dataset"] == record["dataset"]["title"] and about["licence"] and about["weights"] == "best"
    assert about["commit"] == (record["code"]["git_commit"] or "unknown")


def test_pytorch_computes_the_same(trained, tmp_path):
    import torch

    trained.export("pytorch", tmp_path)
    spec = importlib.util.spec_from_file_location("network", only(tmp_path, "*.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = module.load()
    with torch.no_grad():
        logits = network(torch.tensor(trained.images.tolist()))
    trained.check(numpy.array(logits.tolist()))


def test_safetensors_and_numpy_have_the_weights_of_the_record(trained, tmp_path):
    expected = safetensors.numpy.load_file(trained.folder / "best.safetensors")
    trained.export("safetensors", tmp_path)
    trained.export("numpy", tmp_path)
    found = safetensors.numpy.load_file(only(tmp_path, "*.safetensors"))
    archive = numpy.load(only(tmp_path, "*.npz"))
    assert found.keys() == expected.keys() == set(archive) - {"pixel_mean", "pixel_std"}
    for name, weights in expected.items():
        assert (found[name] == weights).all() and (archive[name] == weights).all()
        assert archive[name].dtype == numpy.float32 and archive[name].shape == weights.shape
    if trained.name != "no-standardisation":
        assert archive["pixel_mean"] == trained.record["dataset"]["pixel_mean"]
    with safetensors.safe_open(only(tmp_path, "*.safetensors"), "numpy") as file:
        assert json.loads(file.metadata()["experiments"])["run"] == trained.record["id"]


def test_numpy_alone_computes_the_same(trained, tmp_path):
    if trained.record["spec"]["model"]["kind"] != "mlp":
        pytest.skip("convolutions by hand are not what users do")
    trained.export("numpy", tmp_path)
    weights = numpy.load(only(tmp_path, "*.npz"))
    x = trained.images.reshape(len(trained.images), -1).astype("float64")
    if "pixel_mean" in weights:
        x = (x - weights["pixel_mean"]) / weights["pixel_std"]
    activation = {
        "sigmoid": lambda x: 1 / (1 + numpy.exp(-x)),
        "improved_sigmoid": lambda x: 1.7159 * numpy.tanh(2 * x / 3),
        "tanh": numpy.tanh,
        "relu": lambda x: numpy.maximum(x, 0),
    }[trained.record["spec"]["model"]["activation"]]
    layers = sum(name.endswith(".weight") for name in weights)
    for layer in range(layers):
        x = x @ weights[f"layers.{layer}.weight"]
        if f"layers.{layer}.bias" in weights:
            x = x + weights[f"layers.{layer}.bias"]
        if layer + 1 < layers:
            x = activation(x)
    trained.check(x)


def test_last_weights_are_others(trained, tmp_path):
    trained.export("numpy", tmp_path, "--weights", "last")
    archive = numpy.load(only(tmp_path, "*-last.npz"))
    expected = safetensors.numpy.load_file(trained.folder / "last.safetensors")
    assert all((archive[name] == weights).all() for name, weights in expected.items())


def test_the_same_export_again_is_no_conflict(trained, tmp_path):
    trained.export("onnx", tmp_path)
    before = only(tmp_path, "*.onnx").read_bytes()
    trained.export("onnx", tmp_path)
    assert only(tmp_path, "*.onnx").read_bytes() == before
