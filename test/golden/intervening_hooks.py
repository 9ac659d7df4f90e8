"""The interventions of ``src/lenses/interventions.ts`` as hooks on a PyTorch model with eager attention."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import torch
from torch.overrides import TorchFunctionMode

UNSEEN = -1e9


@dataclass(frozen=True)
class Stack:
    """Where one stack of attention and its layers are found in a model."""

    layers: list[torch.nn.Module]
    projections: list[torch.nn.Module]
    """What mixes the heads' outputs, which it takes side by side."""
    positions: torch.nn.Module | None
    attentions: list[int]
    """Which calls of softmax are theirs, counted from 0 in a run of the part that they are in."""


def stacks_of(model: torch.nn.Module) -> dict[str, Stack]:
    """By part, as Headlight names them."""
    kind = model.config.model_type
    count = getattr(model.config, "num_hidden_layers", None)
    if kind == "bert":
        layers = list(model.bert.encoder.layer)
        return {"encoder": Stack(layers, [layer.attention.output.dense for layer in layers],
                                 model.bert.embeddings.position_embeddings,
                                 list(range(count)))}
    if kind == "gpt2":
        layers = list(model.transformer.h)
        return {"decoder": Stack(layers, [layer.attn.c_proj for layer in layers],
                                 model.transformer.wpe, list(range(count)))}
    if kind in ("t5", "mt5"):
        reading, writing = list(model.encoder.block), list(model.decoder.block)
        return {
            "encoder": Stack(reading, [block.layer[0].SelfAttention.o for block in reading],
                             None, list(range(len(reading)))),
            "decoder": Stack(writing, [block.layer[0].SelfAttention.o for block in writing],
                             None, [len(reading) + 2 * at for at in range(len(writing))]),
            "cross": Stack(writing, [block.layer[1].EncDecAttention.o for block in writing],
                           None, [len(reading) + 2 * at + 1 for at in range(len(writing))]),
        }
    raise ValueError(f"no hooks are known for {kind}")


class LoweredScores(TorchFunctionMode):
    """Adds biases [head, query, key] to what goes into the n-th softmax."""

    def __init__(self, biases: dict[int, torch.Tensor]) -> None:
        super().__init__()
        self.biases = biases
        self.count = 0

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func is torch.nn.functional.softmax or func is torch.softmax:
            bias = self.biases.get(self.count)
            self.count += 1
            if bias is not None:
                args = (args[0] + bias[None], *args[1:])
        return func(*args, **(kwargs or {}))


def lowered(edges: list[dict], part: Stack, heads: int, queries: int, keys: int) -> dict[int, torch.Tensor]:
    """Biases by call of softmax."""
    biases = {}
    for layer, call in enumerate(part.attentions):
        bias = torch.zeros(heads, queries, keys)
        for edge in edges:
            if edge["layer"] in (None, layer):
                at = [slice(None) if edge[side] is None else edge[side]
                      for side in ("head", "query", "key")]
                bias[tuple(at)] = UNSEEN
        if bool((bias != 0).any()):
            biases[call] = bias
    return biases


def replaced_heads(changes: list[dict], size: int):
    """Before the projection of a layer: outputs of heads [1, token, head · size] that are replaced."""
    def change(_module: torch.nn.Module, inputs: tuple) -> tuple:
        heads = inputs[0].clone()
        for one in changes:
            tokens = slice(None) if one["token"] is None else one["token"]
            by = 0.0 if one["by"] is None else torch.tensor(one["by"])
            heads[:, tokens, one["head"] * size:(one["head"] + 1) * size] = by
        return (heads, *inputs[1:])
    return change


def replaced_states(changes: list[dict]):
    """Before a layer: the state [1, token, hidden] that it reads."""
    def change(_module: torch.nn.Module, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
        state = (args[0] if args else kwargs["hidden_states"]).clone()
        for one in changes:
            tokens = slice(None) if one["token"] is None else one["token"]
            state[:, tokens] = 0.0 if one["by"] is None else torch.tensor(one["by"])
        return ((state, *args[1:]), kwargs) if args else (args, {**kwargs, "hidden_states": state})
    return change


def replaced_result(changes: list[dict]):
    """After the last layer: the state [1, token, hidden] that it makes."""
    def change(_module: torch.nn.Module, _args: tuple, output):
        state = (output[0] if isinstance(output, tuple) else output).clone()
        for one in changes:
            tokens = slice(None) if one["token"] is None else one["token"]
            state[:, tokens] = 0.0 if one["by"] is None else torch.tensor(one["by"])
        return (state, *output[1:]) if isinstance(output, tuple) else state
    return change


def skipped(_module: torch.nn.Module, args: tuple, kwargs: dict, output):
    """A layer that hands on what it reads."""
    read = args[0] if args else kwargs["hidden_states"]
    return (read, *output[1:]) if isinstance(output, tuple) else read


@contextmanager
def intervening(model: torch.nn.Module, by_part: dict[str, dict], sizes: dict[str, tuple[int, int]]) -> Iterator[None]:
    """
    Runs under interventions by part.

    ``sizes`` has the queries and keys of each part.
    """
    stacks = stacks_of(model)
    heads = model.config.num_attention_heads
    size = getattr(model.config, "d_kv", None) or model.config.hidden_size // heads
    with ExitStack() as hooks:
        def hook(handle) -> None:
            hooks.callback(handle.remove)

        biases = {}
        for part, changes in by_part.items():
            stack = stacks[part]
            biases |= lowered(changes.get("edges", []), stack, heads, *sizes[part])
            for layer, projection in enumerate(stack.projections):
                own = [one for one in changes.get("heads", []) if one["layer"] == layer]
                if own:
                    hook(projection.register_forward_pre_hook(replaced_heads(own, size)))
            for layer in changes.get("skipped", []):
                hook(stack.layers[layer].register_forward_hook(skipped, with_kwargs=True))
            for index, layer in enumerate(stack.layers):
                own = [one for one in changes.get("states", []) if one["state"] == index]
                if own:
                    hook(layer.register_forward_pre_hook(replaced_states(own), with_kwargs=True))
            last = [one for one in changes.get("states", []) if one["state"] == len(stack.layers)]
            if last:
                hook(stack.layers[-1].register_forward_hook(replaced_result(last)))
            if changes.get("withoutPositions"):
                hook(stack.positions.register_forward_hook(
                    lambda _module, _inputs, output: torch.zeros_like(output)))
        hooks.enter_context(LoweredScores(biases))
        yield
