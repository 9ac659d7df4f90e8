"""Storing, comparing and measuring the encoder: its ``export`` stage."""

import argparse
import copy
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import torch
from tokenizers import Tokenizer

from lib.card import percent, table, write_card
from lib.encoder_figures import MaskedText, held_out_set, mask_logits, masked_texts, measure
from lib.encoder_model import OUTPUTS, Encoder, EncoderModel, onnx_encoder, torch_encoder
from lib.encoder_rows import pad_rows, special_tokens
from lib.model_folder import graph_bytes, read_json, write_json, write_sums
from lib.onnx_export import TRANSPOSED, export, name_linear_weights, tie_output_embedding
from lib.quantize import quantize_graph, store_half
from lib.recipe import log
from lib.rounding import input_moments
from lib.texts import CALIBRATION, read_documents

OPSET = 18
SMALLEST_QUANTIZED = 4096
CALIBRATION_MASKS = 1500
EMBEDDING = "bert.embeddings.word_embeddings.weight"
POSITIONS = "bert.embeddings.position_embeddings.weight"
PROJECTION = f"cls.predictions.decoder.weight{TRANSPOSED}"
TRANSFORM = f"cls.predictions.transform.dense.weight{TRANSPOSED}"
LABELS = ["negative", "positive"]
SEED_SENTENCES = (
    "The cow jumped over the [MASK].",
    "She put the sheet [MASK] on the stand.",
    "I can't [MASK] the noise.",
    "Please [MASK] up when the judge enters.",
    "Paris is the capital of [MASK].",
)
SEED_PAIRS = (
    ("The cow jumped over the moon.", "The dish ran away with the spoon."),
    ("The cow jumped over the moon.",
     "Shares in the company fell by four percent after the quarterly report."),
)
SEED_REVIEWS = (
    "A warm, funny and beautifully acted film that I would gladly watch again.",
    "A dull, badly written mess that wastes its cast and two hours of your life.",
)


def export_float(model: EncoderModel) -> onnx.ModelProto:
    """The float32 graph: three int64 inputs [batch, sequence], ``OUTPUTS``, tied embedding once."""
    ids = torch.tensor([[1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 0, 0]])
    types = torch.tensor([[0, 0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 0, 0]])
    example = {"input_ids": ids, "attention_mask": (ids != 0).long(), "token_type_ids": types}
    tokens = {0: "batch", 1: "sequence"}
    axes = {**{name: tokens for name in example}, "logits": tokens,
            **{name: {0: "batch"} for name in OUTPUTS[1:]}}
    graph = export(model, example, list(OUTPUTS), axes, OPSET)
    name_linear_weights(graph)
    tie_output_embedding(graph, EMBEDDING, PROJECTION)
    return graph


def calibrate(model: EncoderModel, texts: list[MaskedText]) -> dict[str, np.ndarray]:
    """Second moments [in, in] of the inputs of every linear layer, by its weight's name."""
    batches = ((text.ids[None], np.ones_like(text.ids[None])) for text in texts)
    return {f"bert.encoder.{name}.weight{TRANSPOSED}": moments
            for name, moments in input_moments(model.bert, model.bert.encoder, batches).items()}


def compress(graph: onnx.ModelProto, moments: dict[str, np.ndarray]) -> onnx.ModelProto:
    """A copy with int8 weights; the prediction transform, which suffers most, in float16."""
    small = copy.deepcopy(graph)
    store_half(small.graph, TRANSFORM)
    quantize_graph(small, SMALLEST_QUANTIZED, keep=(POSITIONS,), moments=moments)
    onnx.checker.check_model(small)
    return small


def write_folder(graph: onnx.ModelProto, checkpoint: Path, out: Path) -> None:
    """``model.onnx``, configuration, tokenizer and ``SHA256SUMS``."""
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(graph, out / "model.onnx")
    config = read_json(checkpoint / "config.json")
    config["architectures"] = ["BertForPreTraining"]
    config["dtype"] = "float32"
    config["id2label"] = {str(index): label for index, label in enumerate(LABELS)}
    config["label2id"] = {label: index for index, label in enumerate(LABELS)}
    write_json(out / "config.json", config)
    write_json(out / "tokenizer.json", read_json(checkpoint / "tokenizer.json"), indent=None)
    write_json(out / "tokenizer_config.json", tokenizer_config(checkpoint))
    write_sums(out)


def tokenizer_config(checkpoint: Path) -> dict:
    """The checkpoint's settings, less what its training left behind."""
    kept = ("tokenizer_class", "do_lower_case", "do_basic_tokenize", "tokenize_chinese_chars",
            "strip_accents", "never_split", "model_max_length", "cls_token", "mask_token",
            "pad_token", "sep_token", "unk_token")
    config = read_json(checkpoint / "tokenizer_config.json")
    return {name: config[name] for name in kept if name in config}


def torch_difference(encoders: tuple[Encoder, Encoder], tokenizer: Tokenizer) -> float:
    """Greatest difference of all logits between two encoders, on a padded batch of pairs."""
    special = special_tokens(tokenizer)
    texts = ("A longer sentence with some more words in it.", "Short.", "And another.")
    a, b, c = (np.array(tokenizer.encode(text, add_special_tokens=False).ids) for text in texts)
    ids, mask, types = pad_rows([(a, c), (b, c[:0])], len(a) + len(c) + 3, special)
    places = np.flatnonzero(mask.reshape(-1))
    one, two = (encoder(ids, mask, types, places) for encoder in encoders)
    return float(max(np.abs(one.masked - two.masked).max(), np.abs(one.pair - two.pair).max(),
                     np.abs(one.sentiment - two.sentiment).max()))


def softmax(logits: np.ndarray) -> np.ndarray:
    """Over the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def seed_examples(encoder: Encoder, tokenizer: Tokenizer) -> dict:
    """What the model says about the sentences of the lesson."""
    special = special_tokens(tokenizer)
    nowhere = np.zeros(1, dtype=np.int64)

    def ids_of(text: str) -> np.ndarray:
        return np.array(tokenizer.encode(text, add_special_tokens=False).ids)

    def top_words(text: str, count: int = 5) -> list[dict]:
        ids, mask, types = pad_rows([(ids_of(text), nowhere[:0])], len(ids_of(text)) + 2, special)
        places = np.flatnonzero(ids[0] == special.mask)
        probabilities = softmax(encoder(ids, mask, types, places).masked[0])
        return [{"token": tokenizer.id_to_token(int(index)),
                 "probability": round(float(probabilities[index]), 4)}
                for index in np.argsort(-probabilities)[:count]]

    def head(name: str, label: int, first: str, second: str = "") -> float:
        a, b = ids_of(first), ids_of(second) if second else nowhere[:0]
        rows = pad_rows([(a, b)], len(a) + len(b) + 2 + bool(len(b)), special)
        return round(float(softmax(getattr(encoder(*rows, nowhere), name)[0])[label]), 4)

    return {
        "masked": {text: top_words(text) for text in SEED_SENTENCES},
        "next": [{"first": first, "second": second, "probability": head("pair", 0, first, second)}
                 for first, second in SEED_PAIRS],
        "positive": {text: head("sentiment", 1, text) for text in SEED_REVIEWS},
    }


def card_values(figures: dict) -> dict[str, object]:
    """What the card's template names."""
    before, after, said = figures["float32"], figures["int8"], figures["examples"]
    shares = (("top-1 of masked words", "top1"), ("top-5 of masked words", "top5"),
              ("top-1, masked as in training", "mixed_top1"),
              ("top-5, masked as in training", "mixed_top5"),
              ("next sentence against one of another document", "next_other_document"),
              ("next sentence against another one of the same document", "next_same_document"),
              ("sentiment of SST-2's development sentences", "sentiment_accuracy"))
    rows = [(title, percent(before[key]), percent(after[key])) for title, key in shares]
    rows += [(f"perplexity at the masks{title}", f"{before[key]:.1f}", f"{after[key]:.1f}")
             for title, key in (("", "perplexity"), (", as in training", "mixed_perplexity"))]
    rows.append(("bytes of the graph", *(f"{side['bytes']:,}" for side in (before, after))))
    return {
        "masks": f"{figures['masks']:,}", "pairs": f"{figures['pairs']:,}",
        "seed": figures["seed"], "agreement": percent(figures["agreement"]),
        "torch_difference": f"{figures['torch_difference']:.1e}",
        "figures": table(["", "float32 export", "this folder"], rows),
        "examples": table(["sentence", "most likely"], [
            (text, ", ".join(f"{word['token']} {word['probability']:.2f}" for word in words))
            for text, words in said["masked"].items()]),
        "pairs_said": table(["first", "second", "P(next)"], [
            (pair["first"], pair["second"], f"{pair['probability']:.3f}")
            for pair in said["next"]]),
        "reviews": table(["review", "P(positive)"], [
            (text, f"{probability:.3f}") for text, probability in said["positive"].items()]),
    }


def export_encoder(checkpoint: Path, tokenizer: Tokenizer, data: Path,
                   arguments: argparse.Namespace) -> None:
    """Writes the model folder with its figures and card."""
    out: Path = arguments.out
    model = EncoderModel.from_pretrained(
        checkpoint, dtype=torch.float32, attn_implementation="eager").eval()
    special = special_tokens(tokenizer)
    graph = export_float(model)
    calibration = masked_texts(read_documents(data / "mlm", CALIBRATION), tokenizer, special,
                               CALIBRATION_MASKS, arguments.seed, mixed=False)
    write_folder(compress(graph, calibrate(model, calibration)), checkpoint, out)
    held_out = held_out_set(data, tokenizer, masks=arguments.masks, pairs=arguments.pairs,
                            seed=arguments.seed)
    figures: dict = {"masks": sum(len(text.positions) for text in held_out.masked),
                     "pairs": arguments.pairs, "seed": arguments.seed}
    best = {}
    with TemporaryDirectory() as folder:
        onnx.save(graph, Path(folder) / "model.onnx")
        encoders = {"float32": onnx_encoder(Path(folder) / "model.onnx"),
                    "int8": onnx_encoder(out / "model.onnx")}
        for (name, encoder), path in zip(encoders.items(), (Path(folder), out), strict=True):
            figures[name] = {**measure(encoder, held_out), "bytes": graph_bytes(path)}
            best[name] = mask_logits(encoder, held_out.masked, special)[0].argmax(axis=1)
            log.info("%s %s", name, figures[name])
        figures["torch_difference"] = torch_difference(
            (torch_encoder(model), encoders["float32"]), tokenizer)
    figures["agreement"] = float((best["float32"] == best["int8"]).mean())
    figures["examples"] = seed_examples(encoders["int8"], tokenizer)
    write_json(out / "figures.json", figures)
    write_card(out, "encoder", card_values(figures))
    log.info("agreement %.4f, largest difference from PyTorch %.1e",
             figures["agreement"], figures["torch_difference"])
