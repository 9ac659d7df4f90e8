"""What people do to an exported graph: other precisions, ONNX Runtime's optimizers, files beside it."""

from collections.abc import Callable
from pathlib import Path

import onnx
import onnxruntime
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.float16 import convert_float_to_float16
from onnxruntime.transformers.fusion_options import FusionOptions

OPTIMIZED = {"bert": "bert", "distilbert": "bert", "roberta": "bert", "xlm-roberta": "bert",
             "albert": "bert", "electra": "bert", "mpnet": "bert", "gpt2": "gpt2", "t5": "t5",
             "mt5": "t5", "bart": "bart", "marian": "bart", "pegasus": "bart", "llama": "gpt2",
             "qwen2": "gpt2", "gpt-neox": "gpt_neox"}
"""ONNX Runtime's name for how a family is fused."""


def half(path: Path, **_: object) -> None:
    """Weights and sums in 16 bits, inputs and outputs in 32."""
    onnx.save(convert_float_to_float16(onnx.load(path), keep_io_types=True), path)


def half_throughout(path: Path, **_: object) -> None:
    """Inputs and outputs in 16 bits too."""
    onnx.save(convert_float_to_float16(onnx.load(path)), path)


def quantized(path: Path, **_: object) -> None:
    """Products with weights in integers, with a scale of the activations at each run."""
    quantize_dynamic(path, path, weight_type=QuantType.QInt8,
                     extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})


def quantized_throughout(path: Path, **_: object) -> None:
    """Products of activations in integers too, a scale for each column of weights."""
    quantize_dynamic(path, path, weight_type=QuantType.QUInt8, per_channel=True,
                     extra_options={"MatMulConstBOnly": False})


def four_bits(path: Path, **_: object) -> None:
    """Weights of products in blocks of four bits."""
    work = MatMulNBitsQuantizer(onnx.load(path), block_size=16, is_symmetric=True)
    work.process()
    onnx.save(work.model.model, path)


def fused(path: Path, family: str, heads: int, hidden: int) -> None:
    """Attention, normalizations and embeddings fused by ONNX Runtime's transformer optimizer."""
    kind = OPTIMIZED.get(family)
    if kind is None:
        raise NotImplementedError("ONNX Runtime's optimizer knows no such family")
    options = FusionOptions(kind)
    made = optimizer.optimize_model(str(path), kind, num_heads=heads, hidden_size=hidden,
                                    optimization_options=options, opt_level=0)
    made.save_model_to_file(str(path))


def fused_half(path: Path, family: str, heads: int, hidden: int) -> None:
    """Fused, then 16 bits."""
    fused(path, family, heads, hidden)
    half(path)


def fused_quantized(path: Path, family: str, heads: int, hidden: int) -> None:
    """Fused, then integers: attention in one quantized node."""
    fused(path, family, heads, hidden)
    quantized(path)


def offline(path: Path, **_: object) -> None:
    """As the runtime itself saves what its optimizer made of it."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(path)
    content = path.read_bytes()
    onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def beside(path: Path, **_: object) -> None:
    """Weights in a file beside the graph."""
    onnx.save(onnx.load(path), path, save_as_external_data=True, size_threshold=0,
              location=f"{path.name}_data", convert_attribute=False)


PRECISIONS: dict[str, Callable[..., None] | None] = {
    "fp32": None, "fp16": half, "fp16-io": half_throughout, "int8": quantized,
    "int8-all": quantized_throughout, "q4": four_bits, "fused": fused, "fused-fp16": fused_half,
    "fused-int8": fused_quantized, "runtime": offline, "external": beside,
}


def apply_precision(name: str, family: str, folder: Path, heads: int, hidden: int) -> None:
    """Changes every graph of a folder."""
    work = PRECISIONS[name]
    if work is None:
        return
    for path in sorted(folder.glob("*.onnx")):
        work(path, family=family, heads=heads, hidden=hidden)
