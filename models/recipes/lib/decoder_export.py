"""Storing, comparing and measuring the decoder stack: its ``export`` stage."""

import argparse
import copy
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import torch
from tokenizers import Tokenizer
from transformers import GPT2LMHeadModel

from lib.card import percent, table, write_card
from lib.curve import read_history
from lib.model_folder import graph_bytes, read_json, write_json, write_sums
from lib.onnx_export import TRANSPOSED, export, name_linear_weights, tie_output_embedding
from lib.onnx_session import open_session, run
from lib.quantize import quantize_graph
from lib.recipe import log
from lib.training import PLAN, plan_text

OPSET = 18
SMALLEST_QUANTIZED = 4096
EMBEDDING = "model.transformer.wte.weight"
POSITIONS = "model.transformer.wpe.weight"
PROJECTION = f"model.lm_head.weight{TRANSPOSED}"
BATCH = 8
SEED_TEXTS = (
    "The cow jumped over the",
    "Once upon a time there was a little girl who",
    "I don't know what",
    "She opened the door and",
)
CONTINUED = 24
TEMPERATURE, TOP = 0.7, 40

Decoder = Callable[[np.ndarray], np.ndarray]
"""Ids [row, token] → logits [row, token, vocabulary]."""


class DecoderGraph(torch.nn.Module):
    """Logits of the token after each."""

    def __init__(self, model: GPT2LMHeadModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        return self.model(input_ids, attention_mask=attention_mask, use_cache=False).logits


def torch_decoder(model: GPT2LMHeadModel) -> Decoder:
    """The model on the device where it is."""
    @torch.no_grad()
    def answer(ids: np.ndarray) -> np.ndarray:
        logits = model(torch.from_numpy(ids).to(model.device), use_cache=False).logits
        return logits.float().cpu().numpy()
    return answer


def onnx_decoder(path: Path) -> Decoder:
    """An exported graph."""
    session = open_session(path)

    def answer(ids: np.ndarray) -> np.ndarray:
        return run(session, {"input_ids": ids, "attention_mask": np.ones_like(ids)})["logits"]
    return answer


def surprise(logits: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Negative log-probability of each answer [row, token], in nats."""
    shifted = logits - logits.max(axis=2, keepdims=True)
    own = np.take_along_axis(shifted, answers[:, :, None], axis=2)[:, :, 0]
    return np.log(np.exp(shifted).sum(axis=2)) - own


def perplexity(decoder: Decoder, windows: torch.Tensor) -> float:
    """Of each token but the first of each window [window, token]."""
    parts = [batch.numpy() for batch in windows.split(BATCH)]
    nats = [surprise(decoder(part[:, :-1]), part[:, 1:]) for part in parts]
    return float(np.exp(np.concatenate(nats).mean()))


def likeliest(decoder: Decoder, windows: torch.Tensor) -> np.ndarray:
    """The likeliest next token after each token of the windows."""
    return np.concatenate([decoder(batch.numpy()[:, :-1]).argmax(axis=2)
                           for batch in windows.split(BATCH)])


def continuation(decoder: Decoder, tokenizer: Tokenizer, text: str, end: str,
                 generator: np.random.Generator | None) -> str:
    """Up to 24 tokens: the likeliest, or drawn among the 40 likeliest at temperature 0.7."""
    ids = tokenizer.encode(text).ids
    stop = tokenizer.token_to_id(end)
    for _ in range(CONTINUED):
        logits = decoder(np.array([ids], dtype=np.int64))[0, -1].astype(np.float64)
        best = np.argsort(-logits)[:TOP]
        if generator is None:
            token = int(best[0])
        else:
            weights = np.exp((logits[best] - logits[best[0]]) / TEMPERATURE)
            token = int(generator.choice(best, p=weights / weights.sum()))
        if token == stop:
            break
        ids.append(token)
    return tokenizer.decode(ids)


def export_float(model: GPT2LMHeadModel) -> onnx.ModelProto:
    """The float32 graph: ``input_ids``, ``attention_mask`` [batch, sequence] → ``logits``."""
    ids = torch.tensor([[5, 6, 7], [8, 9, 10]])
    tokens = {0: "batch", 1: "sequence"}
    graph = export(DecoderGraph(model), {"input_ids": ids, "attention_mask": torch.ones_like(ids)},
                   ["logits"], dict.fromkeys(("input_ids", "attention_mask", "logits"), tokens),
                   OPSET)
    name_linear_weights(graph)
    tie_output_embedding(graph, EMBEDDING, PROJECTION)
    return graph


def write_folder(graph: onnx.ModelProto, trained: Path, out: Path, end: str) -> None:
    """``model.onnx``, configuration, tokenizer and ``SHA256SUMS``."""
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(graph, out / "model.onnx")
    config = read_json(trained / "config.json")
    write_json(out / "config.json", config)
    shutil.copy(trained / "tokenizer.json", out / "tokenizer.json")
    write_json(out / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": config["n_positions"],
        "bos_token": end, "eos_token": end, "unk_token": end})
    write_sums(out)


def export_decoder(model: GPT2LMHeadModel, tokenizer: Tokenizer, windows: torch.Tensor, end: str,
                   arguments: argparse.Namespace) -> None:
    """Writes the model folder with its figures and card."""
    out: Path = arguments.out
    graph = export_float(model)
    small = copy.deepcopy(graph)
    quantize_graph(small, SMALLEST_QUANTIZED, keep=(POSITIONS,), moments={})
    onnx.checker.check_model(small)
    write_folder(small, arguments.work / "model", out, end)
    truth = torch_decoder(model)
    with TemporaryDirectory() as folder:
        onnx.save(graph, Path(folder) / "model.onnx")
        whole, stored = (onnx_decoder(path / "model.onnx") for path in (Path(folder), out))
        some = windows[:BATCH, :-1].numpy()
        difference = float(np.abs(truth(some) - whole(some)).max())
        sizes = {"float32": graph_bytes(Path(folder)), "int8": graph_bytes(out)}
    generator = np.random.default_rng(arguments.seed)
    characters = sum(len(tokenizer.decode(window[1:].tolist()).encode()) for window in windows)
    after = perplexity(stored, windows)
    figures = {
        "parameters": model.num_parameters(), "seed": arguments.seed,
        "training": read_json(arguments.work / PLAN) | {
            "last": read_history(arguments.work)[-1]},
        "tokens": int(windows[:, 1:].numel()),
        "perplexity": {"torch": perplexity(truth, windows), "int8": after},
        "bits_per_byte": float(np.log2(after) * windows[:, 1:].numel() / characters),
        "agreement": float((likeliest(truth, windows) == likeliest(stored, windows)).mean()),
        "torch_difference": difference, "bytes": sizes,
        "examples": {text: [continuation(stored, tokenizer, text, end, source)
                            for source in (None, generator)] for text in SEED_TEXTS},
    }
    write_json(out / "figures.json", figures)
    write_card(out, "decoder", card_values(figures))
    log.info("perplexity %s, agreement %.4f", figures["perplexity"], figures["agreement"])


def card_values(figures: dict) -> dict[str, object]:
    """What the card's template names."""
    return {
        "parameters": f"{figures['parameters']:,}", "seed": figures["seed"],
        "plan": plan_text(figures["training"]), "tokens": f"{figures['tokens']:,}",
        "perplexity_torch": f"{figures['perplexity']['torch']:.1f}",
        "perplexity_stored": f"{figures['perplexity']['int8']:.1f}",
        "bits": f"{figures['bits_per_byte']:.2f}", "agreement": percent(figures["agreement"]),
        "torch_difference": f"{figures['torch_difference']:.1e}",
        "bytes_float": f"{figures['bytes']['float32']:,}",
        "bytes_stored": f"{figures['bytes']['int8']:,}",
        "examples": table(["likeliest", "drawn"], [
            [text.replace("\n", " ") for text in pair] for pair in figures["examples"].values()]),
    }
