"""The transformer translator as three graphs, in the layout of Optimum's exports.

``encoder_model.onnx`` is run once. ``decoder_model.onnx`` takes the first tokens of the
translation; it also returns the keys and values of every attention. From then on
``decoder_with_past_model.onnx`` takes those and one more token, so that nothing is computed
twice: the cross-attention's keys and values, which come from the source, stay as they are.
"""

import torch
from onnx import ModelProto
from transformers import DynamicCache, EncoderDecoderCache, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput

from lib.onnx_export import export
from lib.translation_graphs import OPSET, SOURCE, TARGET, example_source


def cache_names(layers: int, side: str, prefix: str) -> list[str]:
    """``present.0.decoder.key``, ``present.0.decoder.value``, … for one side of the cache."""
    return [f"{prefix}.{layer}.{side}.{part}" for layer in range(layers)
            for part in ("key", "value")]


def flat(cache: DynamicCache) -> list[torch.Tensor]:
    """Keys and values [row, head, token, size], layer after layer."""
    return [part for layer in cache.layers for part in (layer.keys, layer.values)]


def layered(parts: list[torch.Tensor]) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The reverse of ``flat``."""
    return list(zip(parts[0::2], parts[1::2], strict=True))


class EncoderGraph(torch.nn.Module):
    """``last_hidden_state`` [row, source, size]."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        return self.model.model.encoder(input_ids, attention_mask=attention_mask).last_hidden_state


class FirstGraph(torch.nn.Module):
    """Logits [row, target, vocabulary] and all keys and values, from the encoder's states."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, encoder_attention_mask: torch.Tensor, input_ids: torch.Tensor,
                encoder_hidden_states: torch.Tensor) -> tuple[torch.Tensor, ...]:
        output = self.model(
            encoder_outputs=BaseModelOutput(encoder_hidden_states),
            attention_mask=encoder_attention_mask, decoder_input_ids=input_ids, use_cache=True,
            past_key_values=EncoderDecoderCache(DynamicCache(), DynamicCache()))
        cache = output.past_key_values
        return (output.logits, *flat(cache.self_attention_cache),
                *flat(cache.cross_attention_cache))


class NextGraph(torch.nn.Module):
    """Logits of new tokens, and the grown keys and values of the masked self-attention."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, encoder_attention_mask: torch.Tensor, input_ids: torch.Tensor,
                *past: torch.Tensor) -> tuple[torch.Tensor, ...]:
        half = len(past) // 2
        cache = EncoderDecoderCache(DynamicCache(layered(list(past[:half]))),
                                    DynamicCache(layered(list(past[half:]))))
        # Only its shape is read: keys and values are in the cache.
        states = encoder_attention_mask[:, :, None].to(torch.float32).expand(
            -1, -1, self.model.config.d_model)
        output = self.model(
            encoder_outputs=BaseModelOutput(states), attention_mask=encoder_attention_mask,
            decoder_input_ids=input_ids, use_cache=True, past_key_values=cache)
        return output.logits, *flat(output.past_key_values.self_attention_cache)


def export_graphs(model: PreTrainedModel) -> dict[str, ModelProto]:
    """The three graphs by file name. ``model`` has eager attention."""
    layers = model.config.decoder_layers
    own = cache_names(layers, "decoder", "present")
    cross = cache_names(layers, "encoder", "present")
    past = [name.replace("present", "past_key_values") for name in own + cross]
    ids, mask = example_source()
    prefix = torch.tensor([[0, 11, 12], [0, 13, 14]])
    with torch.no_grad():
        encoder = EncoderGraph(model)
        first = FirstGraph(model)
        states = encoder(ids, mask)
        kept = first(mask, prefix, states)[1:]
        own_axes = {0: "batch", 2: "target"}
        cross_axes = {0: "batch", 2: "source"}
        grown = {0: "batch", 2: "past + target"}
        return {
            "encoder_model.onnx": export(
                encoder, {"input_ids": ids, "attention_mask": mask}, ["last_hidden_state"],
                {"input_ids": SOURCE, "attention_mask": SOURCE, "last_hidden_state": SOURCE},
                OPSET),
            "decoder_model.onnx": export(
                first, {"encoder_attention_mask": mask, "input_ids": prefix,
                        "encoder_hidden_states": states}, ["logits", *own, *cross],
                {"encoder_attention_mask": SOURCE, "input_ids": TARGET,
                 "encoder_hidden_states": SOURCE, "logits": TARGET,
                 **dict.fromkeys(own, own_axes), **dict.fromkeys(cross, cross_axes)}, OPSET),
            "decoder_with_past_model.onnx": export(
                NextGraph(model), {"encoder_attention_mask": mask, "input_ids": prefix[:, :1],
                                   **dict(zip(past, kept, strict=True))}, ["logits", *own],
                {"encoder_attention_mask": SOURCE, "input_ids": TARGET, "logits": TARGET,
                 **{name: cross_axes if ".encoder." in name else {0: "batch", 2: "past"}
                    for name in past},
                 **dict.fromkeys(own, grown)}, OPSET),
        }
