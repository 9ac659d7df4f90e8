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

import numpy as np
import torch

MAX_TOKENS = 64        # longest sequence, [CLS] and [SEP] included
TEMPLATE_TOKENS = 6    # room kept for the longest template beside the word


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
            re.fullmatch(r"n't|'(s|re|ve|ll|d|m)", token, re.I) or token in {",", ".", "?", "!", ";", ":", ")"}
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
                by_form[form].append(Occurrence(sentence, start, end, form, (lemma, pos, sense), number))
    return dict(by_form)


def read_wordnet_map(path: str) -> dict[str, set[str]]:
    """Sense id -> the WordNet lexicographer files ("1:06" artifact ...) it maps to."""
    topics: dict[str, set[str]] = {}
    opener = lzma.open if path.endswith(".xz") else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            sense, keys = line.rstrip("\n").split("\t")
            topics[sense] = {":".join(k.split("%")[1].split(":")[:2]) for k in keys.split(",") if "%" in k}
    return topics


# --------------------------------------------------------------------------
# probe sequences
# --------------------------------------------------------------------------
class Prober:
    """Turns (sentence, start, end) into token id sequences and runs the encoder.

    Templates are lists in which "W" stands for the pieces of the word and "M"
    for one [MASK]; other entries are literal words.
    """

    TEMPLATES = {
        "plain": ["W"],
        "mask": ["M"],
        "and": ["W", "and", "M"],
        "even": ["W", "(", "or", "even", "M", ")"],
    }

    def __init__(self, checkpoint: str):
        from transformers import BertForPreTraining, BertTokenizerFast

        self.tokenizer = BertTokenizerFast.from_pretrained(checkpoint)
        self.model = BertForPreTraining.from_pretrained(checkpoint, dtype=torch.float32).eval()
        self.cls = self.tokenizer.cls_token_id
        self.sep = self.tokenizer.sep_token_id
        self.mask = self.tokenizer.mask_token_id

    def ids(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False) if text.strip() else []

    def context(self, sentence: str, start: int, end: int) -> tuple[list[int], list[int], list[int]]:
        """Ids left of the word, of the word, right of it, cut to the window.

        The three stretches of text are tokenized one by one.  The same window is
        used by every template, so room is kept for the longest.
        """
        left, word, right = (self.ids(s) for s in (sentence[:start], sentence[start:end], sentence[end:]))
        word = word[:16]
        room = MAX_TOKENS - 2 - TEMPLATE_TOKENS - len(word)
        if len(left) + len(right) > room:
            keep_left = min(len(left), max(room // 2, room - len(right)))
            keep_right = min(len(right), room - keep_left)
            left, right = left[len(left) - keep_left:], right[:keep_right]
        return left, word, right

    def sequence(self, parts, template: list[str]):
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
        return ids + right + [self.sep], at_word, at_mask

    @torch.inference_mode()
    def run(self, sequences: list[list[int]], batch_tokens: int = 2048):
        """Yield (index, hidden states [layers + 1, T, H]) for every sequence, shortest first."""
        order = sorted(range(len(sequences)), key=lambda i: len(sequences[i]))
        at = 0
        while at < len(order):
            size = max(1, batch_tokens // len(sequences[order[at]]))
            batch = order[at:at + size]
            at += len(batch)
            longest = max(len(sequences[i]) for i in batch)
            ids = torch.zeros(len(batch), longest, dtype=torch.long)
            attention = torch.zeros(len(batch), longest, dtype=torch.long)
            for row, i in enumerate(batch):
                ids[row, :len(sequences[i])] = torch.tensor(sequences[i])
                attention[row, :len(sequences[i])] = 1
            hidden = torch.stack(self.model.bert(
                ids, attention_mask=attention, output_hidden_states=True).hidden_states, 1)
            for row, i in enumerate(batch):
                yield i, hidden[row, :, :len(sequences[i])]

    @torch.inference_mode()
    def transform(self, states: torch.Tensor) -> torch.Tensor:
        """The masked-word head before its decoder: [n, H] -> [n, H]."""
        return self.model.cls.predictions.transform(states)

    @torch.inference_mode()
    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """Logits over the vocabulary: [n, H] -> [n, V]."""
        return self.model.cls.predictions(states)
