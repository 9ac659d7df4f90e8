"""What an encoder gets right on held-out text."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from lib.encoder_model import Encoder
from lib.encoder_rows import Special, mask_tokens, pad_rows, special_tokens
from lib.texts import HELD_OUT, read_documents, split_sentences

WINDOW = 128
MASKED_SHARE = 0.15
BATCH = 16


@dataclass(frozen=True)
class MaskedText:
    """Token ids with [MASK] at ``positions`` and the ids that stood there."""

    ids: np.ndarray
    positions: np.ndarray
    answers: np.ndarray


@dataclass(frozen=True)
class Example:
    """One text or a pair without special tokens, and its class."""

    first: np.ndarray
    second: np.ndarray
    label: int


def masked_texts(documents: list[str], tokenizer: Tokenizer, special: Special, masks: int,
                 seed: int, *, mixed: bool) -> list[MaskedText]:
    """15 % of each document's first 126 tokens, ``masks`` in all if there are so many.

    Every one is replaced by [MASK]; with ``mixed``, 10 % are kept and 10 % replaced by any token,
    as in training.
    """
    generator = np.random.default_rng(seed)
    texts: list[MaskedText] = []
    left = masks
    for index in generator.permutation(len(documents)):
        words = tokenizer.encode(documents[index], add_special_tokens=False).ids[:WINDOW - 2]
        wanted = min(left, round(MASKED_SHARE * len(words)))
        if wanted == 0:
            continue
        ids = np.array([special.cls, *words, special.sep], dtype=np.int64)
        if mixed:
            positions, answers = mask_tokens(ids, wanted / len(words), special, generator)
        else:
            positions = 1 + np.sort(generator.choice(len(words), wanted, replace=False))
            answers = ids[positions]
            ids[positions] = special.mask
        texts.append(MaskedText(ids, positions, answers))
        left -= wanted
        if left == 0:
            break
    return texts


def sentence_pairs(documents: list[str], tokenizer: Tokenizer, count: int, seed: int, *,
                   same: bool) -> list[Example]:
    """Single sentences: half with the one that follows, half with another.

    The other is of another document or, with ``same``, of the same one and not beside the first.
    """
    generator = np.random.default_rng(seed)
    split = [sentences for document in documents
             if len(sentences := split_sentences(document)) >= (4 if same else 2)]
    made: list[Example] = []
    for turn, index in enumerate(np.resize(generator.permutation(len(split)), count)):
        sentences = split[index]
        at = int(generator.integers(len(sentences) - 1))
        follows = turn % 2 == 0
        if follows:
            second = sentences[at + 1]
        elif same:
            others = [other for other in range(len(sentences)) if abs(other - at) > 1]
            second = sentences[generator.choice(others)]
        else:
            other = split[(index + 1 + generator.integers(len(split) - 1)) % len(split)]
            second = other[generator.integers(len(other))]
        ids = [np.array(tokenizer.encode(text, add_special_tokens=False).ids[:(WINDOW - 3) // 2])
               for text in (sentences[at], second)]
        made.append(Example(*ids, 0 if follows else 1))
    return made


def mask_logits(encoder: Encoder, texts: list[MaskedText], special: Special,
                ) -> tuple[np.ndarray, np.ndarray]:
    """Logits [mask, vocabulary] and answers [mask], texts ordered by length."""
    ordered = sorted(texts, key=lambda text: len(text.ids))
    logits = []
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start:start + BATCH]
        length = max(len(text.ids) for text in batch)
        ids = np.full((len(batch), length), special.pad, dtype=np.int64)
        for row, text in enumerate(batch):
            ids[row, :len(text.ids)] = text.ids
        places = np.concatenate([row * length + text.positions for row, text in enumerate(batch)])
        mask = (ids != special.pad).astype(np.int64)
        logits.append(encoder(ids, mask, np.zeros_like(ids), places).masked)
    return np.concatenate(logits), np.concatenate([text.answers for text in ordered])


def mask_figures(logits: np.ndarray, answers: np.ndarray) -> dict[str, float]:
    """Top-1 and top-5 accuracy and perplexity of [mask, vocabulary] logits."""
    top = np.argpartition(-logits, 5, axis=1)[:, :5]
    shifted = logits - logits.max(axis=1, keepdims=True)
    own = shifted[np.arange(len(answers)), answers]
    surprise = np.log(np.exp(shifted).sum(axis=1)) - own
    return {
        "top1": float((logits.argmax(axis=1) == answers).mean()),
        "top5": float((top == answers[:, None]).any(axis=1).mean()),
        "perplexity": float(np.exp(surprise.mean())),
    }


def accuracy(encoder: Encoder, examples: list[Example], special: Special, head: str) -> float:
    """Share of examples whose likeliest class, by ``pair`` or ``sentiment``, is the right one."""
    ordered = sorted(examples, key=lambda example: len(example.first) + len(example.second))
    right = 0
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start:start + BATCH]
        rows = [(example.first, example.second) for example in batch]
        length = max(len(a) + len(b) + 2 + bool(len(b)) for a, b in rows)
        answers = encoder(*pad_rows(rows, length, special), np.zeros(1, dtype=np.int64))
        labels = np.array([example.label for example in batch])
        right += int((getattr(answers, head).argmax(axis=1) == labels).sum())
    return right / len(examples)


def read_sentiment(path: Path, tokenizer: Tokenizer) -> list[Example]:
    """Rows of ``label<TAB>text``."""
    rows = [line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines()]
    encodings = tokenizer.encode_batch([text for _, text in rows], add_special_tokens=False)
    return [Example(np.array(encoding.ids[:WINDOW - 2]), np.array([], dtype=np.int64), int(label))
            for (label, _), encoding in zip(rows, encodings, strict=True)]


@dataclass(frozen=True)
class HeldOut:
    """What an encoder is measured on."""

    special: Special
    masked: list[MaskedText]
    mixed: list[MaskedText]
    other_document: list[Example]
    same_document: list[Example]
    sentiment: list[Example]


def held_out_set(data: Path, tokenizer: Tokenizer, *, masks: int, pairs: int, seed: int) -> HeldOut:
    """From every 200th line of the texts, and the reviews held out by their makers."""
    special = special_tokens(tokenizer)
    documents = read_documents(data / "mlm", HELD_OUT)
    return HeldOut(
        special,
        masked_texts(documents, tokenizer, special, masks, seed, mixed=False),
        masked_texts(documents, tokenizer, special, masks, seed, mixed=True),
        sentence_pairs(documents, tokenizer, pairs, seed, same=False),
        sentence_pairs(documents, tokenizer, pairs, seed, same=True),
        read_sentiment(data / "sst2-dev.tsv", tokenizer),
    )


def measure(encoder: Encoder, held_out: HeldOut) -> dict[str, float]:
    """All shares of right answers, 0 to 1, and perplexities."""
    special = held_out.special
    mixed = mask_figures(*mask_logits(encoder, held_out.mixed, special))
    return {
        **mask_figures(*mask_logits(encoder, held_out.masked, special)),
        **{f"mixed_{name}": figure for name, figure in mixed.items()},
        "next_other_document": accuracy(encoder, held_out.other_document, special, "pair"),
        "next_same_document": accuracy(encoder, held_out.same_document, special, "pair"),
        "sentiment_accuracy": accuracy(encoder, held_out.sentiment, special, "sentiment"),
    }
