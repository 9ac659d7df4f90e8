"""The built-in encoder: BERT for masked words, next sentences and sentiment.

    python encoder.py train  --start CHECKPOINT --teacher FOLDER --data DIR --work DIR
    python encoder.py export --data DIR --work DIR --out models/encoder

``train`` continues a BERT checkpoint on the texts below ``DIR/mlm``, the English side of
``DIR/en-es.tsv`` and the phrases of ``DIR/sst2-train.tsv``; it can be cut off and started
again. With a teacher, an MPNet such as all-mpnet-base-v2, it learns its hidden states too, which
keep senses of a word apart. ``export`` stores the weights as int8, compares the graph with
PyTorch, measures both on held-out text and writes the model card. Without ``--data`` the sources
are downloaded.
"""

import argparse
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from lib.corpus import Corpus, build_corpus, load_corpus
from lib.distilling import Distilling, at_tokens, fit_directions
from lib.encoder_export import export_encoder
from lib.encoder_figures import held_out_set, measure
from lib.encoder_model import EncoderModel, torch_encoder
from lib.encoder_rows import (
    Changes,
    Special,
    encoder_batch,
    pad_rows,
    shapes,
    special_tokens,
    unmasked_batch,
    whole_words,
)
from lib.pairs import read_pairs
from lib.recipe import CommandLine, data_folder, log
from lib.substitutes import find_substitutes
from lib.teacher import Teacher
from lib.texts import Line, training_lines
from lib.training import Plan, Run, Task, Tensors
from lib.wordnet import WordNet

HEAD_RATE = 2.0
"""Learning rate of the heads above that of the encoder, which starts from trained weights."""
TOKENS_A_PHRASE = 512
"""The phrases are few: much more often and they would be learnt by heart."""
SENTIMENT_LENGTH = 64
MASKED_SHARE = 0.2
UNMASKED_SHARE = 1.25
"""Tokens that are read as they are, for the teacher's hidden states alone, for each of the rest."""
WHOLE, CONTEXT = 3.0, 8.0
"""What the two losses of distillation count beside that of masked words."""
DIRECTIONS_FROM = 8
"""Batches from which the teacher's directions are taken."""


@dataclass(frozen=True)
class Sentiment:
    """Phrases as padded ids and attention mask [phrase, token], and their labels."""

    ids: np.ndarray
    mask: np.ndarray
    labels: np.ndarray


def prepare(data: Path, tokenizer: Tokenizer, work: Path) -> Corpus:
    """Training text as tokens, kept in ``corpus.npz``."""
    path = work / "corpus.npz"
    if not path.exists():
        sentences = sorted({pair.english for pair in read_pairs(data / "en-es.tsv")})
        # Below zero, so that no passage of the texts is meant.
        short = (Line(text, -1 - number) for number, text in enumerate(sentences))
        lines = [*training_lines(data / "mlm"), *short]
        lines.sort(key=lambda line: line.passage)
        build_corpus(lines, tokenizer).save(path)
    return load_corpus(path)


def read_phrases(data: Path, tokenizer: Tokenizer, special: Special) -> Sentiment:
    """The phrases for training that do not also stand in the development set."""
    held_out = {line.split("\t", 1)[1] for line in
                (data / "sst2-dev.tsv").read_text(encoding="utf-8").splitlines()}
    lines = (data / "sst2-train.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t", 1) for line in lines if line.split("\t", 1)[1] not in held_out]
    encodings = tokenizer.encode_batch([text for _, text in rows], add_special_tokens=False)
    tokens = [(np.array(encoding.ids[:SENTIMENT_LENGTH - 2]), np.array([]))
              for encoding in encodings]
    ids, mask, _ = pad_rows(tokens, SENTIMENT_LENGTH, special)
    return Sentiment(ids.astype(np.int32), mask.astype(np.int32),
                     np.array([int(label) for label, _ in rows]))


def losses(model: EncoderModel, batch: Tensors, _done: float) -> Tensors:
    """Cross-entropies of the three tasks."""
    hidden, pooled = model.read(batch["ids"].long(), batch["mask"].long(), batch["types"].long())
    entropy = torch.nn.functional.cross_entropy
    masked = entropy(model.masked_logits(hidden, batch["places"]).float(), batch["answers"].long())
    follows = entropy(model.cls.seq_relationship(pooled).float(), batch["pair"], ignore_index=-1)
    _, phrases = model.read(batch["phrase_ids"].long(), batch["phrase_mask"].long(),
                            torch.zeros_like(batch["phrase_ids"], dtype=torch.long))
    sentiment = entropy(model.sentiment(phrases).float(), batch["phrase_labels"])
    return {"masked": masked, "next": 0.5 * follows, "sentiment": 0.25 * sentiment}


def distilling_losses(model: Distilling, batch: Tensors, done: float, *, teacher: Teacher,
                      ) -> Tensors:
    """The three tasks, and, of rows without masks, hidden states like the teacher's."""
    rows, mask = batch["unmasked_text"], batch["unmasked_mask"]
    states, _ = model.encoder.states(rows, mask, torch.zeros_like(rows))
    ids, taught = at_tokens((rows, teacher.read(rows, mask)), mask)
    whole, context = model.losses(at_tokens(states, mask), ids, taught)
    return {**losses(model.encoder, batch, done),
            "whole": WHOLE * whole, "context": CONTEXT * context}


def groups(model: torch.nn.Module, embedding_rate: float) -> list[dict]:
    """Muon for the layers' matrices, AdamW for the rest; the heads learn faster.

    The embeddings may learn slower: those of rare words know more than these texts can teach.
    """
    matrices, embeddings, heads, vectors = [], [], [], []
    for name, parameter in model.named_parameters():
        if parameter.ndim < 2:
            vectors.append(parameter)
        elif "bert.encoder." in name:
            matrices.append(parameter)
        else:
            (embeddings if "embeddings" in name else heads).append(parameter)
    return [
        {"params": matrices, "scale": 1.0, "muon": True},
        {"params": embeddings, "scale": embedding_rate},
        {"params": heads, "scale": HEAD_RATE},
        {"params": vectors, "scale": 1.0, "weight_decay": 0.0},
    ]


def token_counts(corpus: Corpus, tokenizer: Tokenizer) -> np.ndarray:
    """[vocabulary]: how often each token stands in the texts."""
    return np.bincount(corpus.tokens, minlength=tokenizer.get_vocab_size())


def training_task(tokenizer: Tokenizer, corpus: Corpus, arguments: argparse.Namespace,
                  teacher: Teacher | None) -> Task:
    """Batches of about ``tokens`` tokens and the figures that the curve shows."""
    data, tokens = data_folder(arguments), arguments.tokens
    special = special_tokens(tokenizer)
    phrases = read_phrases(data, tokenizer, special)
    turns = shapes(tokens)
    changes = None if teacher is None else Changes(
        whole_words(tokenizer),
        find_substitutes(WordNet(arguments.wordnet), tokenizer, token_counts(corpus, tokenizer),
                         arguments.seed))
    held_out = held_out_set(data, tokenizer, masks=arguments.masks, pairs=arguments.pairs,
                            seed=arguments.seed)

    def batch(step: int, generator: np.random.Generator) -> dict[str, np.ndarray]:
        arrays = encoder_batch(corpus, turns[step % len(turns)], MASKED_SHARE, special, generator)
        chosen = generator.integers(len(phrases.labels), size=max(2, tokens // TOKENS_A_PHRASE))
        length = int(phrases.mask[chosen].sum(axis=1).max())
        arrays |= {"phrase_ids": phrases.ids[chosen, :length],
                   "phrase_mask": phrases.mask[chosen, :length],
                   "phrase_labels": phrases.labels[chosen]}
        if changes is not None:
            more = unmasked_batch(corpus, int(UNMASKED_SHARE * tokens), changes, special, generator)
            arrays |= {f"unmasked_{name}": array for name, array in more.items()}
        return arrays

    def evaluate(model: EncoderModel | Distilling) -> dict[str, float]:
        encoder = model.encoder if isinstance(model, Distilling) else model
        return measure(torch_encoder(encoder), held_out)
    return Task(batch, losses if teacher is None else partial(distilling_losses, teacher=teacher),
                evaluate, partial(groups, embedding_rate=arguments.embedding_rate))


def read_tokenizer(folder: Path) -> Tokenizer:
    """Without the padding and cutting that its file may ask for."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def train(arguments: argparse.Namespace) -> None:
    """continue a checkpoint; writes WORK/model, a Transformers folder"""
    model = EncoderModel.from_pretrained(
        arguments.start, dtype=torch.float32, attn_implementation="sdpa",
        hidden_dropout_prob=arguments.dropout, attention_probs_dropout_prob=arguments.dropout)
    tokenizer = read_tokenizer(arguments.start)
    plan = Plan(arguments.steps, arguments.rate, warmup=min(100, arguments.steps // 10),
                minutes=arguments.minutes, tokens=arguments.tokens,
                evaluate_every=arguments.evaluate_every)
    teacher = arguments.teacher and Teacher(arguments.teacher, tokenizer, arguments.device)
    corpus = prepare(data_folder(arguments), tokenizer, arguments.work)
    task = training_task(tokenizer, corpus, arguments, teacher)
    learner = model
    if teacher:
        learner = Distilling(model, teacher.width, token_counts(corpus, tokenizer))
        learner.to(arguments.device)
        first = [task.batch(step, np.random.default_rng((arguments.seed, step)))
                 for step in range(DIRECTIONS_FROM)]
        fit_directions(learner, teacher, first, arguments.device)
    Run(learner, task, plan, arguments.work, seed=arguments.seed, device=arguments.device).train()
    folder = arguments.work / "model"
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(arguments.start / name, folder / name)
    log.info("trained: %s", folder)


def export(arguments: argparse.Namespace) -> None:
    """store as int8, compare with PyTorch, measure on held-out text, write the card"""
    checkpoint = arguments.checkpoint or arguments.work / "model"
    export_encoder(checkpoint, read_tokenizer(checkpoint), data_folder(arguments), arguments)


def add_measuring_arguments(stage: argparse.ArgumentParser, *, masks: int, pairs: int) -> None:
    """How much held-out text is measured on."""
    stage.add_argument("--masks", type=int, default=masks, help="masked tokens to measure on")
    stage.add_argument("--pairs", type=int, default=pairs, help="sentence pairs to measure on")


def main() -> None:
    """Reads the command line."""
    command = CommandLine(__doc__, "encoder")
    stage = command.training_stage(train, steps=100_000, tokens=32_768, rate=1e-3)
    stage.add_argument("--start", type=Path, required=True, help="BERT to continue, with tokenizer")
    stage.add_argument("--teacher", type=Path, help="MPNet whose hidden states are learnt too")
    stage.add_argument("--wordnet", type=Path, default="/usr/share/wordnet",
                       help="WordNet's database, for the teacher's texts (default: %(default)s)")
    stage.add_argument("--dropout", type=float, default=0.1)
    stage.add_argument("--embedding-rate", type=float, default=0.3,
                       help="learning rate of the embeddings, as a share of --rate")
    add_measuring_arguments(stage, masks=3000, pairs=400)
    stage = command.export_stage(export)
    stage.add_argument("--checkpoint", type=Path, help="what to store (default: WORK/model)")
    add_measuring_arguments(stage, masks=4000, pairs=1000)
    command.run()


if __name__ == "__main__":
    main()
