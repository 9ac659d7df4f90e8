"""Weight-only int8 quantization of an ONNX graph.

Each large weight becomes an int8 initializer, a float32 scale per channel and a
``DequantizeLinear`` node, so the graph keeps computing in float32 and any ONNX
Runtime device can run it. Symmetric: the zero point is 0, values are -127..127.
"""

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from lib.rounding import round_compensated

LARGEST = 127
CLIP_RATIOS = np.linspace(0.7, 1.0, 31)


@dataclass(frozen=True)
class Channelwise:
    """int8 weights and their float32 scales along ``axis``."""

    values: np.ndarray
    scales: np.ndarray
    axis: int


def quantize_matrix(weight: np.ndarray, axis: int) -> Channelwise:
    """Quantize ``weight`` [rows, columns], one scale for each index of ``axis``.

    The scale of a channel is its greatest magnitude times the clipping ratio
    with the least squared error, over 127.
    """
    other = 1 - axis
    peak = np.abs(weight).max(axis=other, keepdims=True)
    peak = np.where(peak == 0, 1, peak)
    best_scale, best_error = None, None
    for ratio in CLIP_RATIOS:
        scale = (peak * ratio / LARGEST).astype(np.float32)
        rounded = np.clip(np.rint(weight / scale), -LARGEST, LARGEST)
        error = np.square(rounded * scale - weight).sum(axis=other, keepdims=True)
        if best_scale is None:
            best_scale, best_error = scale, error
            continue
        better = error < best_error
        best_scale = np.where(better, scale, best_scale)
        best_error = np.where(better, error, best_error)
    values = np.clip(np.rint(weight / best_scale), -LARGEST, LARGEST).astype(np.int8)
    return Channelwise(values, best_scale.squeeze(other), axis)


def output_axis(node: onnx.NodeProto) -> int:
    """The axis of a weight over the outputs (MatMul, Gemm) or rows (Gather) of its reader."""
    transposed = any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
    return 0 if node.op_type == "Gather" or transposed else 1


def weight_readers(graph: onnx.GraphProto) -> dict[str, onnx.NodeProto]:
    """The first MatMul, Gemm, Gather or LSTM that reads each initializer, by its name."""
    initializers = {tensor.name for tensor in graph.initializer}
    readers: dict[str, onnx.NodeProto] = {}
    for node in graph.node:
        if node.op_type in ("MatMul", "Gemm", "Gather", "LSTM"):
            for name in node.input:
                if name in initializers:
                    readers.setdefault(name, node)
    return readers


def quantize_for_inputs(weight: np.ndarray, axis: int, moments: np.ndarray) -> Channelwise:
    """As ``quantize_matrix``, rounding for the layer's inputs, whose second moments are given."""
    scales = quantize_matrix(weight, axis).scales
    by_output = weight if axis == 0 else weight.T
    rounded = round_compensated(by_output, scales, moments, LARGEST)
    return Channelwise(rounded if axis == 0 else np.ascontiguousarray(rounded.T), scales, axis)


def quantize_gates(weight: np.ndarray) -> Channelwise:
    """An LSTM's input or recurrent weight [direction, 4 · size, in], one scale a row."""
    if len(weight) != 1:
        raise ValueError("an LSTM of one direction is expected")
    rows = quantize_matrix(weight[0], axis=0)
    return Channelwise(rows.values[None], rows.scales, axis=1)


def quantize_graph(model: onnx.ModelProto, smallest: int, keep: tuple[str, ...],
                   moments: dict[str, np.ndarray]) -> None:
    """Replace, in place, each matrix of at least ``smallest`` elements; a Gemm's bias stays.

    The weight ``w`` becomes ``w_quantized`` and ``w_scale``; the tensor named
    ``w`` is now the output of the ``DequantizeLinear`` node. Names in ``keep``
    stay float32. ``moments`` has, by weight name, E[x x^T] of the inputs of some.
    """
    graph = model.graph
    readers = weight_readers(graph)
    for tensor in list(graph.initializer):
        reader = readers.get(tensor.name)
        weight = numpy_helper.to_array(tensor)
        small = weight.ndim < 2 or weight.size < smallest
        if reader is None or tensor.name in keep or small:
            continue
        axis = output_axis(reader)
        if reader.op_type == "LSTM":
            quantized = quantize_gates(weight)
        elif tensor.name in moments:
            quantized = quantize_for_inputs(weight, axis, moments[tensor.name])
        else:
            quantized = quantize_matrix(weight, axis)
        graph.initializer.remove(tensor)
        insert_dequantize(graph, tensor.name, quantized)


def store_half(graph: onnx.GraphProto, name: str) -> None:
    """Store one weight as float16; ``name`` becomes the output of a ``Cast`` to float32."""
    tensor = next(tensor for tensor in graph.initializer if tensor.name == name)
    half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), f"{name}_half")
    graph.initializer.remove(tensor)
    graph.initializer.append(half)
    graph.node.insert(0, helper.make_node("Cast", [half.name], [name], name=f"{name}/Cast",
                                          to=TensorProto.FLOAT))


def insert_dequantize(graph: onnx.GraphProto, name: str, weight: Channelwise) -> None:
    """Store ``weight`` and make ``name`` the output of its ``DequantizeLinear``."""
    values = numpy_helper.from_array(weight.values, f"{name}_quantized")
    scales = numpy_helper.from_array(weight.scales, f"{name}_scale")
    graph.initializer.extend([values, scales])
    node = helper.make_node(
        "DequantizeLinear", [values.name, scales.name], [name],
        name=f"{name}/DequantizeLinear", axis=weight.axis,
    )
    graph.node.insert(0, node)
