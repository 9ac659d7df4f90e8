"""The exported translators behind beam search's ``Writer``, a token at a time."""

from pathlib import Path

import numpy as np
import torch

from lib.beam_search import Writer
from lib.onnx_session import Feeds, open_session, run
from lib.translation import Translator


class CachedWriter:
    """The transformer: keys and values grow in a cache, those of the source stay."""

    def __init__(self, first: object, following: object, states: np.ndarray,
                 mask: np.ndarray) -> None:
        self.first = first
        self.following = following
        self.states = states
        self.mask = mask
        self.past: Feeds = {}

    def scores(self, last: torch.Tensor) -> torch.Tensor:
        feeds = {"encoder_attention_mask": self.mask, "input_ids": last.numpy()[:, None]}
        if self.past:
            outputs = run(self.following, {**feeds, **self.past})
        else:
            outputs = run(self.first, {**feeds, "encoder_hidden_states": self.states})
        logits = outputs.pop("logits")
        self.past |= {name.replace("present", "past_key_values"): value
                      for name, value in outputs.items()}
        return torch.from_numpy(logits[:, -1]).log_softmax(dim=-1)

    def reorder(self, rows: torch.Tensor) -> None:
        # Beams of one sentence share its source, so only what was written moves.
        self.past = {name: value[rows.numpy()] if ".decoder." in name else value
                     for name, value in self.past.items()}


class RecurrentWriter:
    """An LSTM: ``hidden_state`` and ``cell_state`` [layer, row, size] are all it remembers."""

    def __init__(self, decoder: object, source: Feeds, state: Feeds) -> None:
        self.decoder = decoder
        self.source = source
        self.state = state

    def scores(self, last: torch.Tensor) -> torch.Tensor:
        outputs = run(self.decoder,
                      {"input_ids": last.numpy()[:, None], **self.source, **self.state})
        self.state = {name: outputs[f"present.{name}"] for name in self.state}
        return torch.from_numpy(outputs["logits"][:, -1]).log_softmax(dim=-1)

    def reorder(self, rows: torch.Tensor) -> None:
        self.state = {name: value[:, rows.numpy()] for name, value in self.state.items()}


def transformer_translator(folder: Path) -> Translator:
    """Of a folder with an encoder, a decoder, and a decoder with past."""
    encoder, first, following = (open_session(folder / f"{name}.onnx") for name in (
        "encoder_model", "decoder_model", "decoder_with_past_model"))

    def start(ids: np.ndarray, mask: np.ndarray, beams: int) -> Writer:
        states = run(encoder, {"input_ids": ids, "attention_mask": mask})["last_hidden_state"]
        return CachedWriter(first, following, states.repeat(beams, axis=0),
                            mask.repeat(beams, axis=0))
    return start


def recurrent_translator(folder: Path) -> Translator:
    """Of a folder with an encoder and a decoder that hands its state on."""
    encoder, decoder = (open_session(folder / f"{name}.onnx") for name in (
        "encoder_model", "decoder_model"))
    wanted = {value.name for value in decoder.get_inputs()}

    def start(ids: np.ndarray, mask: np.ndarray, beams: int) -> Writer:
        memory = {**run(encoder, {"input_ids": ids, "attention_mask": mask}),
                  "encoder_attention_mask": mask}
        state = {name: memory[name].repeat(beams, axis=1)
                 for name in ("hidden_state", "cell_state")}
        source = {name: value.repeat(beams, axis=0) for name, value in memory.items()
                  if name in wanted and name not in state}
        return RecurrentWriter(decoder, source, state)
    return start
