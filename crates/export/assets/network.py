# @name@: made by `experiments export --to pytorch`. Needs torch and safetensors.
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn


class Network(nn.Module):
    def __init__(self):
        super().__init__()
@layers@
    def forward(self, x):  # grey values from 0 to 255, [batch, 1, @rows@, @columns@]; returns logits
@steps@        return x


def load(path=Path(__file__).with_name("@name@.safetensors")):
    network = Network()
    network.load_state_dict(load_file(path))
    return network.eval()
