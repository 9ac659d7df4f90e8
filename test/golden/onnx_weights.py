"""The weights of a model folder's graph as a PyTorch state dictionary."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

TRANSPOSED = "_transposed"


def dequantized(node: onnx.NodeProto, tensors: dict[str, np.ndarray]) -> np.ndarray:
    """What a ``DequantizeLinear`` node with one scale per index of ``axis`` computes."""
    values, scales = (tensors[name] for name in node.input)
    axis = next(attribute.i for attribute in node.attribute if attribute.name == "axis")
    shape = [1] * values.ndim
    shape[axis] = -1
    return values.astype(np.float32) * scales.reshape(shape)


def state_dict(path: Path) -> dict[str, torch.Tensor]:
    """Parameters by name, float32, as the graph uses them after dequantization."""
    graph = onnx.load(path).graph
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            tensors[node.output[0]] = dequantized(node, tensors)
        elif node.op_type == "Cast" and node.input[0] in tensors:
            tensors[node.output[0]] = tensors[node.input[0]].astype(np.float32)
    state = {}
    for name, tensor in tensors.items():
        weight = tensor.T if name.endswith(TRANSPOSED) else tensor
        state[name.removesuffix(TRANSPOSED)] = torch.from_numpy(np.array(weight))
    return state


def projections(path: Path) -> dict[str, torch.Tensor]:
    """Weights that the exporter left without a name, by the name of the module that they are of."""
    graph = onnx.load(path).graph
    state = state_dict(path)
    return {f"{node.name.removesuffix('/MatMul').strip('/').replace('/', '.')}.weight":
            state[node.input[1]].T.contiguous()
            for node in graph.node if node.op_type == "MatMul" and node.input[1] in state}
