"""What the three translation models share: tokens, batches, loss, translating, BLEU."""

import argparse
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Protocol

import numpy as np
import sacrebleu
import torch
from safetensors.torch import load_file, save_file
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

from lib.beam_search import Writer, beam_search
from lib.bpe_dropout import BpeDropout
from lib.model_folder import write_json
from lib.pairs import Pair, Split, read_pairs, split_pairs, words
from lib.recipe import data_folder, log
from lib.training import Plan, Run, Task, Tensors

VOCABULARY = 8000
PAD, STOP, UNKNOWN = "<pad>", "</s>", "<unk>"
PAD_ID, STOP_ID = 0, 1
LONGEST = 128
"""In tokens, both sides."""
JOINED = 0.2
"""Share of the training pairs that are two to four pairs one after the other."""
DROPPED_MERGES = 0.1
"""BPE-dropout (Provilkov et al., 2020, arXiv:1910.13267)."""
IGNORED = -100
VALIDATED, TRANSLATED = 400, 200
"""Validation pairs whose loss and whose translations the curve shows."""


class Seq2Seq(Protocol):
    """A translation model in PyTorch."""

    def encode(self, ids: torch.Tensor, mask: torch.Tensor) -> Tensors:
        """What the decoder gets of the source [row, token]: tensors with rows first."""

    def decode(self, prefix: torch.Tensor, memory: Tensors) -> torch.Tensor:
        """Features [row, token, …] after each token of ``prefix`` [row, token]."""

    def logits(self, features: torch.Tensor) -> torch.Tensor:
        """Of the next token […, vocabulary]."""


def train_tokenizer(texts: Iterable[str], vocabulary: int = VOCABULARY) -> Tokenizer:
    """Byte-pair encoding with ``▁`` for white space; a source ends with ``</s>``."""
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation(), pre_tokenizers.Digits(True)])
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=vocabulary, special_tokens=[PAD, STOP, UNKNOWN],
                                  show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {STOP}", pair=f"$A $B {STOP}", special_tokens=[(STOP, STOP_ID)])
    return tokenizer


@dataclass(frozen=True)
class TranslationData:
    """Pairs and the tokenizer that was learnt on those for training."""

    split: Split
    tokenizer: Tokenizer
    lengths: np.ndarray
    """Tokens of each training pair, both sides."""


def add_split_arguments(stage: argparse.ArgumentParser) -> None:
    """How many pairs are held out."""
    stage.add_argument("--validation", type=int, default=1000, help="pairs to choose by")
    stage.add_argument("--test", type=int, default=2000, help="pairs to measure on")


def prepare(arguments: argparse.Namespace) -> TranslationData:
    """The tokenizer is kept in ``WORK/tokenizer.json``; the split follows from the seed."""
    pairs = read_pairs(data_folder(arguments) / "en-es.tsv")
    split = split_pairs(pairs, arguments.validation, arguments.test, arguments.seed)
    work: Path = arguments.work
    path = work / "tokenizer.json"
    if not path.exists():
        work.mkdir(parents=True, exist_ok=True)
        texts = [side for pair in split.train for side in (pair.english, pair.spanish)]
        train_tokenizer(texts).save(str(path), pretty=False)
    tokenizer = Tokenizer.from_file(str(path))
    english, spanish = (
        np.array([len(encoding) for encoding in tokenizer.encode_batch(texts)]) for texts in
        ([pair.english for pair in split.train], [pair.spanish for pair in split.train]))
    return TranslationData(split, tokenizer, english + spanish)


def padded(rows: list[list[int]], fill: int) -> np.ndarray:
    """int64 [row, longest]."""
    array = np.full((len(rows), max(map(len, rows))), fill, dtype=np.int64)
    for index, row in enumerate(rows):
        array[index, :len(row)] = row
    return array


def draw_pairs(data: TranslationData, count: int, joined: float, generator: np.random.Generator,
               ) -> list[tuple[int, Pair]]:
    """With replacement, the shortest first; a share of them are two to four joined to a longer one.

    Each with its tokens on both sides, no merge left out.
    """
    pairs = data.split.train
    drawn = []
    for _ in range(count):
        parts = int(generator.integers(2, 5)) if generator.random() < joined else 1
        chosen = generator.integers(len(pairs), size=parts)
        drawn.append((int(data.lengths[chosen].sum()), Pair(
            " ".join(pairs[index].english for index in chosen),
            " ".join(pairs[index].spanish for index in chosen))))
    return sorted(drawn, key=lambda pair: pair[0])


def translation_batch(data: TranslationData, tokens: int, done: float,
                      generator: np.random.Generator) -> dict[str, np.ndarray]:
    """About ``tokens`` tokens of pairs of like length.

    Easy pairs first: joining and dropping of merges grow to their full shares in the first half
    of the training, of which ``done`` (0 to 1) is over.

    ``source``, ``mask`` [row, token]; ``prefix``, ``target`` [row, token]: the target begins with
    what follows the start token <pad> and ends with </s>.
    """
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    grown = min(1.0, 2 * done)
    pool = draw_pairs(data, max(8, tokens // 2), JOINED * grown, generator)
    lengths = np.array([length for length, _ in pool])
    # By length, as short pairs come in larger batches.
    longest = int(generator.choice(len(pool), p=lengths / lengths.sum()))
    rows = max(2, tokens // int(lengths[longest]))
    chosen = [pair for _, pair in pool[max(0, longest + 1 - rows):longest + 1]]
    dropping, random = dropping_of(data.tokenizer), Random(int(generator.integers(2**63)))

    def pieces(text: str) -> list[int]:
        return [*dropping.encode(text, DROPPED_MERGES * grown, random), STOP_ID]
    return arrays_of([pieces(pair.english) for pair in chosen],
                     [pieces(pair.spanish) for pair in chosen])


@cache
def dropping_of(tokenizer: Tokenizer) -> BpeDropout:
    """Made once a tokenizer."""
    return BpeDropout(tokenizer)


def as_arrays(tokenizer: Tokenizer, pairs: list[Pair]) -> dict[str, np.ndarray]:
    """What ``translation_batch`` returns, of these pairs, no merge left out."""
    return arrays_of(*([encoding.ids for encoding in tokenizer.encode_batch(texts)] for texts in
                       ([pair.english for pair in pairs], [pair.spanish for pair in pairs])))


def arrays_of(source: list[list[int]], target: list[list[int]]) -> dict[str, np.ndarray]:
    """What ``translation_batch`` returns, of token ids with the stop token at their ends."""
    source = [row[-LONGEST:] for row in source]
    target = [row[:LONGEST] for row in target]
    ids = padded(source, PAD_ID)
    return {"source": ids, "mask": (ids != PAD_ID).astype(np.int64),
            "prefix": padded([[PAD_ID, *row[:-1]] for row in target], PAD_ID),
            "target": padded(target, IGNORED)}


def smoothed_loss(model: torch.nn.Module, batch: Tensors, _done: float) -> Tensors:
    """Cross-entropy with labels smoothed by 0.1 (Vaswani et al., 2017, arXiv:1706.03762).

    The vocabulary is scored only where there is a target: it takes a third of the work.
    """
    features = model.decode(batch["prefix"], model.encode(batch["source"], batch["mask"]))
    there = batch["target"] != IGNORED
    return {"target": torch.nn.functional.cross_entropy(
        model.logits(features[there]).float(), batch["target"][there], label_smoothing=0.1)}


class TorchWriter:
    """A ``Writer`` that runs the decoder over the whole prefix at each token."""

    def __init__(self, model: Seq2Seq, memory: Tensors, beams: int) -> None:
        self.model = model
        self.memory = {name: part.repeat_interleave(beams, dim=0) for name, part in memory.items()}
        self.device = next(iter(memory.values())).device
        self.prefix = torch.zeros(
            (len(next(iter(self.memory.values()))), 0), dtype=torch.long, device=self.device)

    def scores(self, last: torch.Tensor) -> torch.Tensor:
        self.prefix = torch.cat([self.prefix, last.to(self.device)[:, None]], dim=1)
        features = self.model.decode(self.prefix, self.memory)[:, -1]
        return self.model.logits(features).float().log_softmax(dim=-1)

    def reorder(self, rows: torch.Tensor) -> None:
        self.prefix = self.prefix[rows.to(self.device)]


class Translator(Protocol):
    """Starts writers for a padded batch of sources: ids and mask [row, token], and beams."""

    def __call__(self, ids: np.ndarray, mask: np.ndarray, beams: int) -> Writer: ...


def torch_translator(model: torch.nn.Module) -> Translator:
    """Of a PyTorch model, on the device where it is."""
    def start(ids: np.ndarray, mask: np.ndarray, beams: int) -> Writer:
        device = next(model.parameters()).device
        memory = model.encode(torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device))
        return TorchWriter(model, memory, beams)
    return start


@torch.no_grad()
def translate(translator: Translator, tokenizer: Tokenizer, texts: list[str], *, beams: int,
              rows: int = 64) -> list[str]:
    """Spanish for English, in the order given."""
    sources = [encoding.ids[-LONGEST:] for encoding in tokenizer.encode_batch(texts)]
    order = sorted(range(len(texts)), key=lambda index: len(sources[index]))
    translations = [""] * len(texts)
    for start in range(0, len(order), rows):
        chosen = order[start:start + rows]
        ids = padded([sources[index] for index in chosen], PAD_ID)
        mask = (ids != PAD_ID).astype(np.int64)
        written = beam_search(lambda width, ids=ids, mask=mask: translator(ids, mask, width),
                              len(chosen), beams=beams, start=PAD_ID, stop=STOP_ID,
                              limit=min(LONGEST, 2 * ids.shape[1] + 10))
        for index, tokens in zip(chosen, written, strict=True):
            translations[index] = tokenizer.decode(tokens)
    return translations


def bleu(translations: list[str], references: list[str]) -> float:
    """sacrebleu's default: cased, tokenized by 13a (Post, 2018, arXiv:1804.08771)."""
    return float(sacrebleu.corpus_bleu(translations, [references]).score)


LENGTHS = ((1, 4), (5, 8), (9, 12), (13, 16), (17, 24), (25, 40))
"""Groups of sources by their number of words, both ends included."""


def bleu_by_length(pairs: list[Pair], translations: list[str]) -> list[dict]:
    """BLEU of each group of ``LENGTHS`` that has at least 20 pairs."""
    rows = []
    for shortest, longest in LENGTHS:
        chosen = [index for index, pair in enumerate(pairs)
                  if shortest <= len(words(pair.english)) <= longest]
        if len(chosen) >= 20:
            score = bleu([translations[index] for index in chosen],
                         [pairs[index].spanish for index in chosen])
            rows.append({"words": [shortest, longest], "pairs": len(chosen),
                         "bleu": round(score, 2)})
    return rows


def joined_pairs(pairs: list[Pair], count: int, seed: int) -> list[Pair]:
    """``count`` longer sources made of two to four held-out pairs one after the other."""
    generator = np.random.default_rng(seed)
    made = []
    for turn in range(count):
        chosen = [pairs[index] for index in generator.integers(len(pairs), size=2 + turn % 3)]
        made.append(Pair(" ".join(pair.english for pair in chosen),
                         " ".join(pair.spanish for pair in chosen)))
    return made


def translation_task(data: TranslationData, tokens: int, steps: int) -> Task:
    """Batches, the smoothed loss, and figures on validation pairs."""
    pairs = data.split.validation[:VALIDATED]

    def batch(step: int, generator: np.random.Generator) -> dict[str, np.ndarray]:
        return translation_batch(data, tokens, step / steps, generator)

    def evaluate(model: torch.nn.Module) -> dict[str, float]:
        device = next(model.parameters()).device
        arrays = as_arrays(data.tokenizer, pairs)
        loss = smoothed_loss(model, {name: torch.from_numpy(array).to(device)
                                     for name, array in arrays.items()}, 1.0)["target"]
        some = pairs[:TRANSLATED]
        written = translate(torch_translator(model), data.tokenizer,
                            [pair.english for pair in some], beams=1, rows=TRANSLATED)
        return {"validation": float(loss), "bleu": bleu(written, [pair.spanish for pair in some])}
    return Task(batch, smoothed_loss, evaluate)


def save_weights(model: torch.nn.Module, shape: dict[str, float], folder: Path) -> None:
    """``model.safetensors`` and, in ``shape.json``, what the class has to be called with."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(model.state_dict(), folder / "model.safetensors")
    write_json(folder / "shape.json", shape)


def load_weights(model: torch.nn.Module, folder: Path) -> torch.nn.Module:
    """What ``save_weights`` wrote, for reading."""
    model.load_state_dict(load_file(folder / "model.safetensors"))
    return model.eval()


def train_translation(model: torch.nn.Module, data: TranslationData,
                      arguments: argparse.Namespace, *, half: bool = True) -> None:
    """Trains ``model`` as the command line says and puts the tokenizer into ``WORK/model``."""
    log.info("%s parameters", f"{sum(part.numel() for part in model.parameters()):,}")
    plan = Plan(arguments.steps, arguments.rate, warmup=min(100, arguments.steps // 10),
                average=0.998, minutes=arguments.minutes, tokens=arguments.tokens, half=half,
                evaluate_every=arguments.evaluate_every)
    task = translation_task(data, arguments.tokens, arguments.steps)
    Run(model, task, plan, arguments.work, seed=arguments.seed, device=arguments.device).train()
    folder = arguments.work / "model"
    folder.mkdir(exist_ok=True)
    data.tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
