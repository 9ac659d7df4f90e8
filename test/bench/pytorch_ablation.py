"""PyTorch beside us: heads ablated, or hidden states patched, by hooks on a forward pass each or on batches of them.

Logits are made of the one place that is read, as one would who minds the time.

``pytorch_ablation.py MODEL_FOLDER`` answers each line of JSON with ``{"ms": …, "values": […]}``: the probability of a
word at a place under each change, and the milliseconds that all of them took.

``{"ids": […], "at": place, "word": id, "heads": [[layer, head], …], "rows": n}``: without each of these heads.
``{"ids": […], "source": […], "at": place, "word": id, "cells": [[state, token], …], "rows": n}``: with each of these
hidden states of ``source`` in the place of its own; the source is computed once, and that is counted too.

``rows`` is how many changes share a pass; those that do are in the same layer.
"""

import json
import sys
import time
from itertools import groupby

import torch
from transformers import AutoModelForMaskedLM


def ablate_heads(model: torch.nn.Module, layer: int, heads: list[int]) -> torch.utils.hooks.RemovableHandle:
    """In each row, zeros in the place of one head's output, before heads are mixed."""
    size = model.config.hidden_size // model.config.num_attention_heads

    def ablate(_module: torch.nn.Module, inputs: tuple[torch.Tensor]) -> tuple[torch.Tensor]:
        mixed = inputs[0].clone()
        for row, head in enumerate(heads):
            mixed[row, :, head * size:(head + 1) * size] = 0
        return (mixed,)

    return model.bert.encoder.layer[layer].attention.output.dense.register_forward_pre_hook(ablate)


def patch_states(model: torch.nn.Module, state: int, tokens: list[int], source: torch.Tensor) -> torch.utils.hooks.RemovableHandle:
    """In each row, the hidden state of the source in the place of one token's."""

    def patch(_module: torch.nn.Module, _inputs: tuple, outputs: torch.Tensor | tuple) -> torch.Tensor | tuple:
        hidden = outputs[0] if isinstance(outputs, tuple) else outputs
        hidden = hidden.clone()
        for row, token in enumerate(tokens):
            hidden[row, token] = source[0, token]
        return (hidden, *outputs[1:]) if isinstance(outputs, tuple) else hidden

    maker = model.bert.embeddings if state == 0 else model.bert.encoder.layer[state - 1]
    return maker.register_forward_hook(patch)


def answer(model: torch.nn.Module, question: dict) -> list[float]:
    ids = torch.tensor([question["ids"]])
    if "cells" in question:
        changes = question["cells"]
        source = torch.tensor([question["source"]])
        states = model.bert(input_ids=source, output_hidden_states=True).hidden_states

        def hook(state: int, tokens: list[int]) -> torch.utils.hooks.RemovableHandle:
            return patch_states(model, state, tokens, states[state])
    else:
        changes = question["heads"]

        def hook(layer: int, heads: list[int]) -> torch.utils.hooks.RemovableHandle:
            return ablate_heads(model, layer, heads)

    values = []
    for place, group in groupby(changes, key=lambda change: change[0]):
        others = [other for _, other in group]
        for at in range(0, len(others), question["rows"]):
            some = others[at:at + question["rows"]]
            handle = hook(place, some)
            hidden = model.bert(input_ids=ids.repeat(len(some), 1)).last_hidden_state
            values += model.cls(hidden[:, question["at"]]).softmax(-1)[:, question["word"]].tolist()
            handle.remove()
    return values


def main(folder: str) -> None:
    model = AutoModelForMaskedLM.from_pretrained(folder, attn_implementation="sdpa").eval()
    print("ready", flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        start = time.perf_counter()
        with torch.inference_mode():
            values = answer(model, question)
        print(json.dumps({"ms": (time.perf_counter() - start) * 1000, "values": values}), flush=True)


main(sys.argv[1])
