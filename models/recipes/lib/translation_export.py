"""Storing, comparing and measuring a translator: the ``export`` stage of all three."""

import argparse
import copy
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import torch
from onnx import ModelProto

from lib.beam_search import LENGTH_PENALTY
from lib.card import table, write_card
from lib.curve import read_history
from lib.model_folder import graph_bytes, read_json, write_json, write_sums
from lib.onnx_export import tie_embedding
from lib.pairs import Pair
from lib.quantize import quantize_graph
from lib.recipe import log
from lib.training import PLAN, plan_text
from lib.translation import (
    LONGEST,
    PAD,
    PAD_ID,
    STOP,
    STOP_ID,
    UNKNOWN,
    TranslationData,
    Translator,
    as_arrays,
    bleu,
    bleu_by_length,
    joined_pairs,
    torch_translator,
    translate,
)

SMALLEST_QUANTIZED = 4096
BEAMS = 4
LONG_PAIRS = 600
SEED_SENTENCES = (
    "The cow jumped over the moon.",
    "I can't stand the noise.",
    "Please stand up.",
    "She put the book on the table.",
    "Where is the bank?",
)


@dataclass(frozen=True)
class Exported:
    """A trained model and how to store and run it."""

    model: torch.nn.Module
    graphs: dict[str, ModelProto]
    config: dict
    """``config.json``."""
    open: object
    """Folder → ``Translator``."""
    card: str


def write_tokenizer(source: Path, out: Path) -> None:
    """``tokenizer.json`` and its settings, as Transformers reads them."""
    shutil.copy(source, out / "tokenizer.json")
    write_json(out / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": LONGEST,
        "pad_token": PAD, "eos_token": STOP, "unk_token": UNKNOWN})


def special_ids() -> dict[str, int]:
    """The part of ``config.json`` that writing needs."""
    return {"pad_token_id": PAD_ID, "eos_token_id": STOP_ID, "decoder_start_token_id": PAD_ID}


def save_graphs(graphs: dict[str, ModelProto], folder: Path) -> None:
    """By file name."""
    for name, graph in graphs.items():
        onnx.checker.check_model(graph)
        onnx.save(graph, folder / name)


def compressed(graph: ModelProto) -> ModelProto:
    """A copy with int8 weights."""
    small = copy.deepcopy(graph)
    quantize_graph(small, SMALLEST_QUANTIZED, keep=(), moments={})
    return small


def export_translation(exported: Exported, data: TranslationData,
                       arguments: argparse.Namespace) -> None:
    """Writes the model folder with its figures and card."""
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    model = exported.model.eval()
    for graph in exported.graphs.values():
        tie_embedding(graph)
    save_graphs({name: compressed(graph) for name, graph in exported.graphs.items()}, out)
    write_json(out / "config.json", exported.config)
    write_json(out / "generation_config.json", {"length_penalty": LENGTH_PENALTY})
    write_tokenizer(arguments.work / "model" / "tokenizer.json", out)
    write_sums(out)
    with TemporaryDirectory() as folder:
        save_graphs(exported.graphs, Path(folder))
        translators = {"torch": torch_translator(model), "float32": exported.open(Path(folder)),
                       "int8": exported.open(out)}
        figures = measure(translators, data, arguments)
        figures["torch_difference"] = torch_difference(translators, data)
        figures["bytes"] = {"float32": graph_bytes(Path(folder)), "int8": graph_bytes(out)}
    figures["parameters"] = sum(part.numel() for part in model.parameters())
    figures["training"] = read_json(arguments.work / PLAN) | {
        "last": read_history(arguments.work)[-1]}
    figures["seed"] = arguments.seed
    write_json(out / "figures.json", figures)
    write_card(out, exported.card, card_values(figures, data))
    log.info("BLEU %.2f, stored %.2f", figures["bleu"]["torch"], figures["bleu"]["int8"])


def measure(translators: dict[str, Translator], data: TranslationData,
            arguments: argparse.Namespace) -> dict:
    """BLEU before and after, by length, greedy and with beams; and the sentences of the lesson."""
    pairs = data.split.test
    spanish = [pair.spanish for pair in pairs]

    def written(name: str, chosen: list[Pair], beams: int) -> list[str]:
        return translate(translators[name], data.tokenizer, [pair.english for pair in chosen],
                         beams=beams)

    beam = {name: written(name, pairs, BEAMS) for name in ("torch", "int8")}
    greedy = written("int8", pairs, 1)
    long = joined_pairs(pairs, min(LONG_PAIRS, len(pairs)), arguments.seed)
    figures = {
        "pairs": len(pairs),
        "beams": BEAMS,
        "bleu": {**{name: round(bleu(texts, spanish), 2) for name, texts in beam.items()},
                 "greedy": round(bleu(greedy, spanish), 2)},
        "agreement": float(np.mean([a == b for a, b in zip(*beam.values(), strict=True)])),
        "by_length": bleu_by_length(pairs, beam["int8"]),
        "joined_by_length": bleu_by_length(long, written("int8", long, BEAMS)),
        "examples": dict(zip(SEED_SENTENCES, translate(
            translators["int8"], data.tokenizer, list(SEED_SENTENCES), beams=BEAMS), strict=True)),
    }
    log.info("%s", figures["bleu"])
    return figures


def torch_difference(translators: dict[str, Translator], data: TranslationData) -> float:
    """Greatest difference of log-probabilities, float32 graphs from PyTorch, writing given
    translations word by word. Padded rows; over tokens before the stop token.
    """
    arrays = as_arrays(data.tokenizer, data.split.test[:16])
    writers = [translators[name](arrays["source"], arrays["mask"], 1)
               for name in ("torch", "float32")]
    greatest = 0.0
    with torch.no_grad():
        for at in range(arrays["prefix"].shape[1]):
            last = torch.from_numpy(arrays["prefix"][:, at])
            truth, ours = (writer.scores(last).cpu() for writer in writers)
            there = torch.from_numpy(arrays["target"][:, at] >= 0)
            if there.any():
                greatest = max(greatest, float((truth - ours)[there].abs().max()))
    return greatest


def lengths_table(rows: list[dict]) -> str:
    """BLEU by the source's number of words."""
    return table(["words", "pairs", "BLEU"],
                 [(f"{row['words'][0]}–{row['words'][1]}", row["pairs"], f"{row['bleu']:.1f}")
                  for row in rows])


def card_values(figures: dict, data: TranslationData) -> dict[str, object]:
    """What the templates of the three cards name."""
    return {
        "parameters": f"{figures['parameters']:,}",
        "plan": plan_text(figures["training"]),
        "seed": figures["seed"],
        "train_pairs": f"{len(data.split.train):,}",
        "pairs": f"{figures['pairs']:,}",
        "beams": figures["beams"],
        "bleu_torch": f"{figures['bleu']['torch']:.1f}",
        "bleu_stored": f"{figures['bleu']['int8']:.1f}",
        "bleu_greedy": f"{figures['bleu']['greedy']:.1f}",
        "agreement": f"{100 * figures['agreement']:.1f} %",
        "torch_difference": f"{figures['torch_difference']:.1e}",
        "bytes_float": f"{figures['bytes']['float32']:,}",
        "bytes_stored": f"{figures['bytes']['int8']:,}",
        "by_length": lengths_table(figures["by_length"]),
        "joined_by_length": lengths_table(figures["joined_by_length"]),
        "examples": table(["English", "Spanish"], figures["examples"].items()),
    }
