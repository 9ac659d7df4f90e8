"""From a PyTorch module to a plain ONNX graph with readable names."""

import io
import warnings

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

TRANSPOSED = "_transposed"


def export(module: torch.nn.Module, example: dict[str, torch.Tensor],
           outputs: list[str], axes: dict[str, dict[int, str]], opset: int) -> onnx.ModelProto:
    """Trace ``module`` on ``example`` (its inputs, in order) with the TorchScript exporter."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # Of what a trace may get wrong at other shapes; every recipe compares some with PyTorch.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(), tuple(example.values()), buffer, dynamo=False, opset_version=opset,
            input_names=list(example), output_names=outputs, dynamic_axes=axes,
        )
    return onnx.load_from_string(buffer.getvalue())


def name_linear_weights(model: onnx.ModelProto) -> None:
    """Name each MatMul weight after its parameter.

    The exporter stores a linear layer's weight as [in, out] under a number; the
    parameter is [out, in]. ``/bert/x/MatMul`` reads ``bert.x.weight_transposed``
    after this.
    """
    initializers = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type != "MatMul" or node.input[1] not in initializers:
            continue
        module = node.name.removesuffix("/MatMul").strip("/").replace("/", ".")
        name = f"{module}.weight{TRANSPOSED}"
        initializers[node.input[1]].name = name
        node.input[1] = name


def tie_output_embedding(model: onnx.ModelProto, embedding: str, projection: str) -> None:
    """Store a tied matrix once: ``projection`` becomes the transpose of ``embedding``."""
    graph = model.graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    rows = numpy_helper.to_array(tensors[embedding])
    columns = numpy_helper.to_array(tensors[projection])
    if not np.array_equal(rows, columns.T):
        raise ValueError(f"{projection} is not the transpose of {embedding}")
    graph.initializer.remove(tensors[projection])
    node = helper.make_node("Transpose", [embedding], [projection],
                            name=f"{projection}/Transpose", perm=[1, 0])
    graph.node.insert(0, node)


def tie_embedding(model: onnx.ModelProto) -> None:
    """Store an embedding once where a MatMul reads its transpose as the output projection."""
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    embeddings = {node.input[0] for node in model.graph.node if node.op_type == "Gather"}
    projections = {node.input[1] for node in model.graph.node if node.op_type == "MatMul"}
    for embedding in sorted(embeddings & tensors.keys()):
        for projection in sorted(projections & tensors.keys()):
            if np.array_equal(tensors[embedding], tensors[projection].T):
                tie_output_embedding(model, embedding, projection)
