"""An encoder's weights out of its ONNX file, into the Transformers model of the same shape.

Exporters keep the names of embeddings, norms and biases, but store the weight of a linear layer
transposed and often under a number: it is found as what is multiplied before its bias is added.
Quantized weights are read as the graph itself dequantizes them.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from lib.fine_tuning.failures import ModelError
from lib.onnx_session import Feeds, open_session, run

AS_FLOAT = "/as_float"
FUSED = ("Attention", "MultiHeadAttention", "QAttention", "EmbedLayerNormalization",
         "SkipLayerNormalization")
REMEDY = ("Export the model anew without optimization and quantization (Optimum: "
          "`optimum-cli export onnx --model NAME FOLDER`), or give its Transformers folder with "
          "model.safetensors.")


class OnnxEncoder:
    """A graph with its values by name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.model = onnx.load(path)
        except Exception as error:
            raise ModelError(f"{path} cannot be read as ONNX: {error}. {REMEDY}") from error
        graph = self.model.graph
        self.initializers = {tensor.name: tensor for tensor in graph.initializer}
        self.makers = {name: node for node in graph.node for name in node.output}
        self.readers: dict[str, list[onnx.NodeProto]] = {}
        for node in graph.node:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)
        self.inputs = [value.name for value in graph.input if value.name not in self.initializers]
        self.prefix = ""

    def fill(self, encoder: torch.nn.Module) -> None:
        """Puts the graph's weights into ``encoder``; raises ``ModelError`` if one is not found."""
        parameters = dict(encoder.named_parameters())
        self.prefix = self._prefix(list(parameters))
        sources = {name: self._source(name, encoder) for name in parameters}
        values = self.constants([value for value, _ in sources.values()])
        with torch.no_grad():
            for name, (value, transposed) in sources.items():
                array = values[value].T if transposed else values[value]
                if array.shape != tuple(parameters[name].shape):
                    expected = tuple(parameters[name].shape)
                    raise ModelError(f"{self.path.name}: {value} has the shape {array.shape}, "
                                     f"where config.json makes {name} {expected}. "
                                     "Give the config.json that belongs to the file.")
                parameters[name].copy_(torch.from_numpy(np.ascontiguousarray(array)))

    def difference(self, encoder: torch.nn.Module, feeds: Feeds) -> float:
        """The greatest difference between the outputs of every norm, embeddings to last layer,
        in PyTorch and on ONNX Runtime, at tokens that are no padding.
        """
        norms = {name: module for name, module in encoder.named_modules()
                 if isinstance(module, torch.nn.LayerNorm)}
        values = {name: self._reader(f"{self.prefix}{name}.bias", ("Add", "LayerNormalization"))
                  for name in norms}
        found = {name: node.output[0] for name, node in values.items() if node is not None}
        if not found:
            raise ModelError(f"No norm of {self.path.name} was found. {REMEDY}")
        graph = onnx.ModelProto()
        graph.CopyFrom(self.model)
        del graph.graph.output[:]
        graph.graph.output.extend(
            helper.make_tensor_value_info(value, TensorProto.FLOAT, None)
            for value in found.values())
        expected = run(open_session(graph.SerializeToString()), self._feeds(feeds))
        seen: dict[str, torch.Tensor] = {}
        hooks = [module.register_forward_hook(
            lambda _module, _input, output, name=name: seen.update({name: output}))
            for name, module in norms.items()]
        with torch.no_grad():
            encoder.eval()(**{name: torch.from_numpy(array) for name, array in feeds.items()})
        for hook in hooks:
            hook.remove()
        real = feeds["attention_mask"] == 1
        return max(float(np.abs(seen[name].numpy()[real] - expected[value][real]).max())
                   for name, value in found.items())

    def head(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Weight [label, hidden] and bias of a linear layer that makes ``logits``, if one does."""
        gemm = self.makers.get("logits")
        if gemm is None or gemm.op_type != "Gemm" or len(gemm.input) < 3:
            return None
        values = self.constants(list(gemm.input[1:3]))
        weight = values[gemm.input[1]]
        return weight if transposed_b(gemm) else weight.T, values[gemm.input[2]]

    def logits(self, feeds: Feeds) -> np.ndarray:
        """What the graph itself says."""
        return run(open_session(self.path), self._feeds(feeds))["logits"]

    def _feeds(self, feeds: Feeds) -> Feeds:
        """Of what the encoder takes, what the graph takes."""
        unknown = [name for name in self.inputs if name not in feeds]
        if unknown:
            raise ModelError(f"{self.path.name} takes {', '.join(unknown)}, which a text encoder "
                             f"has none of. {REMEDY}")
        return {name: feeds[name] for name in self.inputs}

    def constants(self, names: list[str]) -> Feeds:
        """Values that follow from weights alone, as float32."""
        plain = {name for name in names if name in self.initializers}
        folder = str(self.path.parent)
        values = {name: numpy_helper.to_array(self.initializers[name], folder).astype(np.float32)
                  for name in plain}
        made = sorted(set(names) - plain)
        if not made:
            return values
        nodes = self._needed(made)
        nodes += [helper.make_node("Cast", [name], [name + AS_FLOAT], to=TensorProto.FLOAT)
                  for name in made]
        outputs = [helper.make_tensor_value_info(name + AS_FLOAT, TensorProto.FLOAT, None)
                   for name in made]
        read = {name for node in nodes for name in node.input}
        weights = [tensor for name, tensor in self.initializers.items() if name in read]
        model = helper.make_model(helper.make_graph(nodes, "weights", [], outputs, weights),
                                  opset_imports=self.model.opset_import,
                                  ir_version=self.model.ir_version)
        computed = run(onnxruntime.InferenceSession(
            model.SerializeToString(), providers=["CPUExecutionProvider"]), {})
        return {**values, **{name: computed[name + AS_FLOAT] for name in made}}

    def _prefix(self, parameters: list[str]) -> str:
        """What stands before the parameters' names in the graph, such as ``bert.``."""
        names = list(self._values())
        for parameter in parameters:
            for name in names:
                if name == parameter or name.endswith("." + parameter):
                    return name.removesuffix(parameter)
        fused = sorted({node.op_type for node in self.model.graph.node} & set(FUSED))
        why = f"its operators are fused ({', '.join(fused)})" if fused else \
            f"no weight of it has a name such as {parameters[0]}"
        raise ModelError(f"The weights of {self.path.name} cannot be read: {why}. {REMEDY}")

    def _values(self) -> Iterator[str]:
        yield from self.initializers
        yield from self.makers

    def _source(self, parameter: str, encoder: torch.nn.Module) -> tuple[str, bool]:
        """The value of a parameter in the graph, and whether it lies there transposed."""
        name = self.prefix + parameter
        module = parameter.removesuffix(".weight")
        if parameter.endswith(".weight") and \
                isinstance(encoder.get_submodule(module), torch.nn.Linear):
            product = self._product(self.prefix + module)
            if product is not None:
                return product.input[1], not transposed_b(product)
        elif name in self.initializers or name in self.makers:
            return name, False
        elif encoder.get_parameter(parameter) is encoder.get_input_embeddings().weight:
            # A head that shares it may have given it its own name.
            looked_up = [node for node in self.readers.get("input_ids", [])
                         if node.op_type == "Gather" and node.input[1] == "input_ids"]
            if looked_up:
                return looked_up[0].input[0], False
        integers = any(node.op_type in ("MatMulInteger", "QLinearMatMul")
                       for node in self.model.graph.node)
        why = "it computes in integers" if integers else f"{name} was not found"
        raise ModelError(f"The weights of {self.path.name} cannot be read: {why}. {REMEDY}")

    def _product(self, module: str) -> onnx.NodeProto | None:
        """The node that multiplies with the weight of a linear layer."""
        reader = self._reader(f"{module}.bias", ("Add", "Gemm"))
        if reader is None or reader.op_type == "Gemm":
            return reader
        makers = [self.makers.get(name) for name in reader.input]
        return next((node for node in makers if node is not None and node.op_type == "MatMul"),
                    None)

    def _reader(self, value: str, kinds: tuple[str, ...]) -> onnx.NodeProto | None:
        return next((node for node in self.readers.get(value, []) if node.op_type in kinds), None)

    def _needed(self, names: list[str]) -> list[onnx.NodeProto]:
        """Nodes that make values, in the graph's order."""
        open_, kept = list(names), set()
        while open_:
            name = open_.pop()
            if name in self.inputs:
                raise ModelError(f"{self.path.name} computes a weight from its input {name}. "
                                 f"{REMEDY}")
            node = self.makers.get(name)
            if node is not None and node.output[0] not in kept:
                kept.add(node.output[0])
                open_ += [one for one in node.input if one]
        return [node for node in self.model.graph.node if node.output[0] in kept]


def transposed_b(node: onnx.NodeProto) -> bool:
    """Whether a Gemm's weight is [out, in], as PyTorch's."""
    return any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
