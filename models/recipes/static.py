"""The built-in static word vectors: one vector a word, whatever stands around it.

    python static.py train  --data DIR --work DIR
    python static.py export --data DIR --work DIR --out models/static

Skip-gram with negative sampling (Mikolov et al., 2013, arXiv:1310.4546) by gensim. The folder is
a model like any other: a tokenizer of whole words and a graph that looks their vectors up.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from gensim.models import KeyedVectors, Word2Vec
from gensim.test.utils import datapath
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from tqdm import tqdm

from lib.card import table, write_card
from lib.curve import draw_curve, read_history
from lib.model_folder import graph_bytes, write_json, write_sums
from lib.onnx_session import open_session, run
from lib.pairs import read_pairs
from lib.quantize import quantize_graph
from lib.recipe import CommandLine, data_folder, log
from lib.texts import split_sentences, training_lines

OPSET = 18
UNKNOWN = "[UNK]"
AMBIGUOUS = ("stand", "apple", "bank", "spring", "light")
NEIGHBOURS = 10
FIRST_RATE, LAST_RATE = 0.025, 0.0001


def word_tokenizer(words: list[str]) -> Tokenizer:
    """Lower-case whole words and marks; what is not in ``words`` is [UNK].

    A WordPiece model without continuing pieces, since that is a type that every reader of
    ``tokenizer.json`` knows.
    """
    vocabulary = {word: index for index, word in enumerate([UNKNOWN, *words])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def write_words(data: Path, path: Path) -> None:
    """One sentence a line, its words apart by spaces."""
    tokenizer = word_tokenizer([])
    lines = (sentence for line in training_lines(data / "mlm")
             for sentence in split_sentences(line.text))
    short = sorted({pair.english for pair in read_pairs(data / "en-es.tsv")})
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        for sentence in tqdm([*lines, *short], desc="words", unit="sentence", mininterval=5):
            normal = tokenizer.normalizer.normalize_str(sentence)
            words = [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal)]
            file.write(" ".join(words) + "\n")
    partial.rename(path)


@dataclass(frozen=True)
class Sentences:
    """The lines of a file as lists of words, as often as they are asked for."""

    path: Path

    def __iter__(self) -> Iterator[list[str]]:
        with self.path.open(encoding="utf-8") as lines:
            for line in lines:
                yield line.split()


def similarity(vectors: KeyedVectors) -> tuple[float, float]:
    """Spearman's ρ with WordSim-353 (Finkelstein et al., 2001) and its share of unknown pairs."""
    _, (rho, _), unknown = vectors.evaluate_word_pairs(datapath("wordsim353.tsv"))
    return float(rho), unknown / 100


def train(arguments: argparse.Namespace) -> None:
    """learn the vectors; writes WORK/words.model"""
    corpus = Sentences(arguments.work / "words.txt")
    if not corpus.path.exists():
        write_words(data_folder(arguments), corpus.path)
    saved = arguments.work / "words.model"
    if saved.exists():
        model = Word2Vec.load(str(saved))
    else:
        # One worker: with more, the order of the steps is left to chance.
        model = Word2Vec(vector_size=arguments.size, window=5, sg=1, negative=5, sample=1e-4,
                         seed=arguments.seed, workers=1, min_count=1,
                         max_final_vocab=None, epochs=arguments.epochs)
        counts = Counter(word for sentence in corpus for word in sentence)
        kept = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:arguments.words]
        model.build_vocab_from_freq(dict(kept), corpus_count=sum(1 for _ in corpus))
        model.passes = 0
    while model.passes < arguments.epochs:
        rates = [FIRST_RATE + (LAST_RATE - FIRST_RATE) * done / arguments.epochs
                 for done in (model.passes, model.passes + 1)]
        model.train(corpus, total_examples=model.corpus_count, epochs=1,
                    start_alpha=rates[0], end_alpha=rates[1], compute_loss=True)
        model.passes += 1
        report(model, arguments)
        model.save(str(saved))


def report(model: Word2Vec, arguments: argparse.Namespace) -> None:
    """Adds the pass to ``history.jsonl`` and the curve."""
    line = {"step": model.passes, "steps": arguments.epochs,
            "loss": float(model.get_latest_training_loss()), "wordsim": similarity(model.wv)[0]}
    with (arguments.work / "history.jsonl").open("a", encoding="utf-8") as history:
        history.write(json.dumps(line) + "\n")
    draw_curve(arguments.work)
    log.info("%s", line)


def graph_of(vectors: np.ndarray) -> onnx.ModelProto:
    """``input_ids`` [batch, sequence] → ``last_hidden_state`` [batch, sequence, size]."""
    shape = ["batch", "sequence"]
    graph = helper.make_graph(
        [helper.make_node("Gather", ["embeddings.weight", "input_ids"], ["last_hidden_state"],
                          name="/embeddings/Gather")],
        "static",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape)
         for name in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT,
                                       [*shape, vectors.shape[1]])],
        [numpy_helper.from_array(vectors, "embeddings.weight")])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)


def export(arguments: argparse.Namespace) -> None:
    """store as int8, measure, write the card"""
    model = Word2Vec.load(str(arguments.work / "words.model"))
    words = model.wv.index_to_key
    vectors = np.vstack([np.zeros(model.vector_size), model.wv.vectors]).astype(np.float32)
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    graph = graph_of(vectors)
    quantize_graph(graph, smallest=1, keep=(), moments={})
    onnx.checker.check_model(graph)
    onnx.save(graph, out / "model.onnx")
    word_tokenizer(words).save(str(out / "tokenizer.json"), pretty=False)
    write_json(out / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "do_lower_case": True, "unk_token": UNKNOWN})
    write_json(out / "config.json", {
        "architectures": ["StaticEmbedding"], "model_type": "static-embedding",
        "vocab_size": len(vectors), "hidden_size": model.vector_size})
    write_sums(out)
    stored = stored_vectors(out, words)
    figures = {
        "words": len(words), "size": model.vector_size, "seed": arguments.seed,
        "epochs": read_history(arguments.work)[-1]["step"],
        "sentences": model.corpus_count, "bytes": graph_bytes(out),
        "wordsim": {name: similarity(side) for name, side in
                    (("float32", model.wv), ("int8", stored))},
        "neighbours": {word: [[other, round(float(cosine), 3)] for other, cosine
                              in stored.most_similar(word, topn=NEIGHBOURS)]
                       for word in AMBIGUOUS if word in stored},
    }
    write_json(out / "figures.json", figures)
    write_card(out, "static", card_values(figures))


def stored_vectors(folder: Path, words: list[str]) -> KeyedVectors:
    """What the graph in ``folder`` gives for each word."""
    ids = np.arange(1, len(words) + 1, dtype=np.int64)[None]
    answer = run(open_session(folder / "model.onnx"),
                 {"input_ids": ids, "attention_mask": np.ones_like(ids)})
    vectors = KeyedVectors(answer["last_hidden_state"].shape[2])
    vectors.add_vectors(words, answer["last_hidden_state"][0])
    return vectors


def card_values(figures: dict) -> dict[str, object]:
    """What the card's template names."""
    rho, unknown = figures["wordsim"]["int8"]
    return {
        "words": f"{figures['words']:,}", "size": figures["size"], "seed": figures["seed"],
        "epochs": figures["epochs"], "bytes": f"{figures['bytes']:,}",
        "rho": f"{rho:.3f}", "rho_float": f"{figures['wordsim']['float32'][0]:.3f}",
        "unknown": f"{100 * unknown:.1f} %",
        "neighbours": table(["word", "nearest"], [
            (word, ", ".join(f"{other} {cosine:.2f}" for other, cosine in near))
            for word, near in figures["neighbours"].items()]),
    }


def main() -> None:
    """Reads the command line."""
    command = CommandLine(__doc__, "static")
    stage = command.stage("train", train)
    stage.add_argument("--words", type=int, default=25_000)
    stage.add_argument("--size", type=int, default=100)
    stage.add_argument("--epochs", type=int, default=10)
    command.export_stage(export)
    command.run()


if __name__ == "__main__":
    main()
