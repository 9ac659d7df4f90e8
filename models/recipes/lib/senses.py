"""Shared pieces of the senses lens: reading sense-marked text, building probe
sequences around a word, and running the encoder over them.

Everything that the TypeScript run time has to repeat is in this file, in small
functions.  Shapes are given as [rows, columns]; H is the width of the encoder
(384), n the number of occurrences of one word.
"""

from __future__ import annotations

import lzma
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from lib.training import best_device

MAX_TOKENS = 64  # longest sequence, [CLS] and [SEP] included
WORD_TOKENS = 16  # most pieces of the word that are read
TEMPLATE_TOKENS = 6  # room kept for the longest template beside the word


# --------------------------------------------------------------------------
# sense-marked text
# --------------------------------------------------------------------------
@dataclass
class Occurrence:
    """One word in one sentence; `sense` is (lemma, part of speech, sense id)."""

    sentence: str
    start: int
    end: int
    form: str
    sense: tuple
    line: int


def detokenize(tokens: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Join treebank tokens to ordinary text; also the character range of each token.

    Only spacing that BERT's tokenizer can see matters: contractions are closed
    up ("ca n't" -> "can't"), treebank quotes and brackets become characters.
    """
    plain = {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}
    text, spans = "", []
    for i, token in enumerate(tokens):
        token = plain.get(token, token).replace("_", " ")
        close_up = i > 0 and (
            re.fullmatch(r"n't|'(s|re|ve|ll|d|m)", token, re.I)
            or token in {",", ".", "?", "!", ";", ":", ")"}
        )
        if i > 0 and not close_up:
            text += " "
        spans.append((len(text), len(text) + len(token)))
        text += token
    return text, spans


def read_occurrences(path: str) -> dict[str, list[Occurrence]]:
    """All marked words of the senses file, by lower-case surface form."""
    by_form: dict[str, list[Occurrence]] = defaultdict(list)
    seen = set()
    opener = lzma.open if path.endswith(".xz") else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            words, marks = line.rstrip("\n").split("\t")[:2]
            if words in seen:
                continue
            seen.add(words)
            tokens = words.split(" ")
            sentence, spans = detokenize(tokens)
            for mark in marks.split(" "):
                index, lemma, pos, sense = mark.split("|")
                start, end = spans[int(index)]
                form = sentence[start:end].lower()
                if not re.fullmatch(r"[a-z]+", form) or len(tokens) < 4:
                    continue
                by_form[form].append(
                    Occurrence(sentence, start, end, form, (lemma, pos, sense), number)
                )
    return dict(by_form)


def read_senses_map(path: str) -> dict[str, set[str]]:
    """Sense id -> the WordNet sense keys that it maps to."""
    opener = lzma.open if path.endswith(".xz") else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return {sense: set(keys.split(",")) for sense, keys in (line.rstrip("\n").split("\t") for line in lines)}


def read_wordnet_map(path: str) -> dict[str, set[str]]:
    """Sense id -> the WordNet lexicographer files ("1:06" artifact ...) it maps to."""
    topics: dict[str, set[str]] = {}
    for sense, keys in read_senses_map(path).items():
        topics[sense] = {":".join(k.split("%")[1].split(":")[:2]) for k in keys if "%" in k}
    return topics


@dataclass
class SetSentence:
    """A sentence of a hand-written set, with the place of the word and the mark of its sense."""

    text: str
    start: int
    end: int
    sense: str


def read_sets(path: str) -> list[tuple[str, list[SetSentence]]]:
    """Hand-written sets: `# word` opens one, `mark: sentence` are its lines."""
    sets: list[tuple[str, list[SetSentence]]] = []
    with Path(path).open(encoding="utf-8") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith("# "):
                sets.append((line[2:].strip(), []))
            elif line:
                sense, text = line.split(": ", 1)
                word, sentences = sets[-1]
                found = re.search(rf"\b{word}\b", text, re.I)
                if found is None:
                    raise ValueError(f'"{text}" does not hold the word "{word}"')
                sentences.append(SetSentence(text, found.start(), found.end(), sense))
    return sets


# --------------------------------------------------------------------------
# probes
# --------------------------------------------------------------------------
@dataclass(frozen=True)
class Probe:
    """A vector read off a sequence in which `template` stands in the place of the word.

    "W" stands for the pieces of the word, "M" for one [MASK]; other entries are literal words. It is read at the word
    (mean of its pieces), at the mask, or at the sentence (mean of all tokens but the word); the unit vectors of the
    hidden states named are averaged.
    """

    template: tuple[str, ...]
    at: str
    states: tuple[int, ...]


PROBES = {
    "word": Probe(("W",), "word", (4, 5, 6)),
    "last": Probe(("W",), "word", (6,)),
    "mask": Probe(("M",), "mask", (6,)),
    "mask-middle": Probe(("M",), "mask", (4, 5)),
    "and": Probe(("W", "and", "M"), "mask", (6,)),
    "and-middle": Probe(("W", "and", "M"), "mask", (4, 5)),
    "even": Probe(("W", "(", "or", "even", "M", ")"), "mask", (6,)),
    "even-middle": Probe(("W", "(", "or", "even", "M", ")"), "mask", (4, 5)),
    "sentence": Probe(("W",), "sentence", (6,)),
}


class Prober:
    """Turns (sentence, start, end) into token id sequences and runs the encoder over them."""

    def __init__(self, checkpoint: str, model=None):
        """`model`: a BertForPreTraining to use instead of the weights in the folder."""
        from transformers import BertForPreTraining, BertTokenizerFast

        self.tokenizer = BertTokenizerFast.from_pretrained(checkpoint)
        self.model = (
            model or BertForPreTraining.from_pretrained(checkpoint, dtype=torch.float32)
        ).eval().to(best_device())
        self.cls = self.tokenizer.cls_token_id
        self.sep = self.tokenizer.sep_token_id
        self.mask = self.tokenizer.mask_token_id

    def ids(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False) if text.strip() else []

    def context(
        self, sentence: str, start: int, end: int
    ) -> tuple[list[int], list[int], list[int]]:
        """Ids left of the word, of the word, right of it, cut to the window.

        The three stretches of text are tokenized one by one.  The same window is
        used by every template, so room is kept for the longest.
        """
        left, word, right = (
            self.ids(s) for s in (sentence[:start], sentence[start:end], sentence[end:])
        )
        word = word[:WORD_TOKENS]
        room = MAX_TOKENS - 2 - TEMPLATE_TOKENS - len(word)
        if len(left) + len(right) > room:
            keep_left = min(len(left), max(room // 2, room - len(right)))
            keep_right = min(len(right), room - keep_left)
            left, right = left[len(left) - keep_left :], right[:keep_right]
        return left, word, right

    def sequence(self, parts, template: tuple[str, ...]) -> tuple[list[int], list[int], int]:
        """Token ids [T], positions of the word's pieces, position of [MASK] (or -1)."""
        left, word, right = parts
        ids, at_word, at_mask = [self.cls, *left], [], -1
        for item in template:
            if item == "W":
                at_word = list(range(len(ids), len(ids) + len(word)))
                ids += word
            elif item == "M":
                at_mask = len(ids)
                ids.append(self.mask)
            else:
                ids += self.ids(item)
        return [*ids, *right, self.sep], at_word, at_mask

    def probe(
        self,
        occurrences: list[tuple[str, int, int]],
        probes: dict[str, Probe] = PROBES,
        progress: bool = False,
    ) -> dict[str, np.ndarray]:
        """Vectors [n, H] by probe of (sentence, start, end)."""
        return self.probe_with_layers(occurrences, probes, progress)[0]

    def probe_with_layers(
        self,
        occurrences: list[tuple[str, int, int]],
        probes: dict[str, Probe] = PROBES,
        progress: bool = False,
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Vectors [n, H] by probe, and of the word as it stands by layer [layers + 1, n, H]."""
        parts = [self.context(*occurrence) for occurrence in occurrences]
        count, width = len(parts), self.model.config.hidden_size
        vectors = {name: np.zeros((count, width), np.float32) for name in probes}
        layers = np.zeros((self.model.config.num_hidden_layers + 1, count, width), np.float32)
        for template in dict.fromkeys(probe.template for probe in probes.values()):
            sequences = [self.sequence(part, template) for part in parts]
            done = 0
            for i, hidden in self.run([ids for ids, _, _ in sequences]):
                ids, word, mask = sequences[i]
                places = {
                    "word": word,
                    "mask": [mask],
                    "sentence": [t for t in range(len(ids)) if t not in word],
                }
                for name, probe in probes.items():
                    if probe.template == template:
                        read = torch.stack(
                            [hidden[state, places[probe.at]].mean(0) for state in probe.states]
                        )
                        vectors[name][i] = (
                            torch.nn.functional.normalize(read, dim=-1).mean(0).numpy()
                        )
                if template == ("W",):
                    layers[:, i] = hidden[:, word].mean(1).numpy()
                done += 1
                if progress and done % 1000 == 0:
                    print(" ".join(template), done, "of", count, flush=True)
        return vectors, layers

    def probe_marks(
        self, places: list[tuple[str, int, int]], probes: dict[str, Probe], progress: bool = False
    ) -> dict[str, np.ndarray]:
        """Unit vectors [n, H] by probe of words as they stand; a sentence with several words is run once."""
        sequences: dict[tuple[int, ...], list[tuple[int, list[int]]]] = {}
        for i, place in enumerate(places):
            ids, word, _ = self.sequence(self.context(*place), ("W",))
            sequences.setdefault(tuple(ids), []).append((i, word))
        keys = list(sequences)
        width = self.model.config.hidden_size
        vectors = {name: np.zeros((len(places), width), np.float32) for name in probes}
        for done, (j, hidden) in enumerate(self.run([list(key) for key in keys])):
            for i, word in sequences[keys[j]]:
                rest = [t for t in range(len(keys[j])) if t not in word]
                for name, probe in probes.items():
                    at = word if probe.at == "word" else rest
                    read = torch.stack([hidden[state, at].mean(0) for state in probe.states])
                    mean = torch.nn.functional.normalize(read, dim=-1).mean(0)
                    vectors[name][i] = torch.nn.functional.normalize(mean, dim=-1).numpy()
            if progress and done % 2000 == 0:
                print(f"marked sentences: {done} of {len(keys)}", flush=True)
        return vectors

    @torch.inference_mode()
    def run(self, sequences: list[list[int]], batch_tokens: int = 2048):
        """Yield (index, hidden states [layers + 1, T, H]) for every sequence, shortest first."""
        order = sorted(range(len(sequences)), key=lambda i: len(sequences[i]))
        at = 0
        while at < len(order):
            size = max(1, batch_tokens // len(sequences[order[at]]))
            batch = order[at : at + size]
            at += len(batch)
            longest = max(len(sequences[i]) for i in batch)
            ids = torch.zeros(len(batch), longest, dtype=torch.long)
            attention = torch.zeros(len(batch), longest, dtype=torch.long)
            for row, i in enumerate(batch):
                ids[row, : len(sequences[i])] = torch.tensor(sequences[i])
                attention[row, : len(sequences[i])] = 1
            hidden = torch.stack(
                self.model.bert(
                    ids.to(self.model.device),
                    attention_mask=attention.to(self.model.device),
                    output_hidden_states=True,
                ).hidden_states,
                1,
            ).cpu()
            for row, i in enumerate(batch):
                yield i, hidden[row, :, : len(sequences[i])]
