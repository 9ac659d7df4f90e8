"""Running exported graphs as Headlight does: weights dequantized at load, float32 on the cpu."""

from pathlib import Path

import numpy as np
import onnxruntime

Feeds = dict[str, np.ndarray]


def open_session(graph: Path | bytes) -> onnxruntime.InferenceSession:
    """Of a file, or of a graph's bytes. Without the entry, ONNX Runtime may fuse DequantizeLinear
    and MatMul into a kernel that also rounds the activations to int8.
    """
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def run(session: onnxruntime.InferenceSession, feeds: Feeds) -> Feeds:
    """All outputs by name."""
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds), strict=True))
