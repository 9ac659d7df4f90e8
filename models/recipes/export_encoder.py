"""The built-in encoder: a PyTorch checkpoint to models/encoder.

    python export_encoder.py --checkpoint DIR --out models/encoder --texts DIR

Writes the quantized ONNX graph, configuration, tokenizer and checksums, measures
the graph against its float32 original on held-out text, and writes the figures and
the model card. Some of the other texts calibrate the rounding of the weights.
"""

import argparse
import copy
import logging
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import torch
from card import write_card
from measure_encoder import (
    mask_accuracy, mask_logits, open_session, pair_accuracy, run, seed_examples,
)
from model_folder import read_json, write_json, write_sums
from onnx_export import TRANSPOSED, export, name_linear_weights, tie_output_embedding
from quantize import quantize_graph, store_half
from rounding import input_moments
from texts import CALIBRATION, HELD_OUT, masked_texts, pad_batch, read_documents, sentence_pairs
from transformers import AutoTokenizer, BertForPreTraining, PreTrainedTokenizerBase

OPSET = 18
SMALLEST_QUANTIZED = 4096
CALIBRATION_MASKS = 1500
EMBEDDING = "bert.embeddings.word_embeddings.weight"
POSITIONS = "bert.embeddings.position_embeddings.weight"
PROJECTION = f"cls.predictions.decoder.weight{TRANSPOSED}"
TRANSFORM = f"cls.predictions.transform.dense.weight{TRANSPOSED}"
LABELS = ["is_next", "not_next"]

log = logging.getLogger("export_encoder")


def load_checkpoint(folder: Path) -> tuple[BertForPreTraining, PreTrainedTokenizerBase]:
    """The model in float32 with eager attention, returning plain tuples."""
    model = BertForPreTraining.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager").eval()
    model.config.return_dict = False
    return model, AutoTokenizer.from_pretrained(folder)


def export_float(model: BertForPreTraining, tokenizer: PreTrainedTokenizerBase) -> onnx.ModelProto:
    """The float32 graph: three int64 inputs [batch, sequence], two outputs, tied embedding once."""
    encoded = tokenizer([("One sentence.", "And another."), ("Short.", "Pair.")],
                        padding=True, return_tensors="pt")
    example = {name: encoded[name] for name in ("input_ids", "attention_mask", "token_type_ids")}
    tokens = {0: "batch", 1: "sequence"}
    axes = {**{name: tokens for name in example}, "logits": tokens,
            "seq_relationship_logits": {0: "batch"}}
    graph = export(model, example, ["logits", "seq_relationship_logits"], axes, OPSET)
    name_linear_weights(graph)
    tie_output_embedding(graph, EMBEDDING, PROJECTION)
    return graph


def calibrate(model: BertForPreTraining, tokenizer: PreTrainedTokenizerBase,
              texts: Path, seed: int) -> dict[str, np.ndarray]:
    """Second moments [in, in] of the inputs of every linear layer, by its weight's name."""
    documents = read_documents(texts, CALIBRATION)
    masked = masked_texts(documents, tokenizer, CALIBRATION_MASKS, seed)
    batches = (pad_batch([text.ids], pad=0) for text in masked)
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
    return {name: config[name] for name in kept}


def torch_difference(model: BertForPreTraining, tokenizer: PreTrainedTokenizerBase,
                     graph: Path) -> float:
    """Greatest difference of the float32 graph's logits from PyTorch, on a padded batch."""
    encoded = tokenizer(["A longer sentence with some more words in it.", "Short."],
                        padding=True, return_tensors="pt")
    with torch.no_grad():
        truth = model(**encoded)[0].numpy()
    inputs = [encoded[name].numpy() for name in ("input_ids", "attention_mask", "token_type_ids")]
    difference = np.abs(run(open_session(graph), "logits", *inputs) - truth)
    return float(difference[inputs[1] == 1].max())


def measure(float_path: Path, out: Path, tokenizer: PreTrainedTokenizerBase, texts: Path,
            masks: int, pairs: int, seed: int) -> dict:
    """Figures of the float32 and the int8 graph on the same held-out masks and pairs."""
    documents = read_documents(texts, HELD_OUT)
    masked = sorted(masked_texts(documents, tokenizer, masks, seed), key=lambda t: len(t.ids))
    answers = np.array([answer for text in masked for answer in text.answers])
    paired = sentence_pairs(documents, pairs, seed)
    figures: dict = {"masks": masks, "pairs": len(paired), "seed": seed}
    best = {}
    for name, path in (("float32", float_path), ("int8", out / "model.onnx")):
        session = open_session(path)
        logits = mask_logits(session, masked)
        best[name] = logits.argmax(axis=1)
        figures[name] = {
            **mask_accuracy(logits, answers),
            "next_sentence": pair_accuracy(session, tokenizer, paired),
            "bytes": path.stat().st_size,
        }
        log.info("%s %s", name, figures[name])
    figures["agreement"] = float((best["float32"] == best["int8"]).mean())
    figures["examples"] = seed_examples(open_session(out / "model.onnx"), tokenizer)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True,
                        help="folder of *.txt.xz, one document a line")
    parser.add_argument("--masks", type=int, default=2000)
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")

    model, tokenizer = load_checkpoint(arguments.checkpoint)
    graph = export_float(model, tokenizer)
    moments = calibrate(model, tokenizer, arguments.texts, arguments.seed)
    write_folder(compress(graph, moments), arguments.checkpoint, arguments.out)
    with TemporaryDirectory() as folder:
        float_path = Path(folder) / "float32.onnx"
        onnx.save(graph, float_path)
        figures = measure(float_path, arguments.out, tokenizer, arguments.texts,
                          arguments.masks, arguments.pairs, arguments.seed)
        figures["torch_difference"] = torch_difference(model, tokenizer, float_path)
    write_json(arguments.out / "figures.json", figures)
    write_card(arguments.out, figures)
    log.info("agreement %.4f, largest difference from PyTorch %.1e",
             figures["agreement"], figures["torch_difference"])


if __name__ == "__main__":
    main()
