"""Ambiguous words in the place of other kinds of the same thing."""

from pathlib import Path

import numpy as np
import pytest
from tiny_wordnet import write_wordnet
from tokenizers import Tokenizer, models

from lib.corpus import Corpus
from lib.encoder_rows import Changes, Special, unmasked_batch
from lib.substitutes import Substitutes, find_substitutes
from lib.wordnet import WordNet

BIRD, POET = "crane%1:05:00::", "crane%1:18:02::"


@pytest.fixture
def wordnet(tmp_path: Path) -> WordNet:
    return WordNet(write_wordnet(tmp_path / "wordnet"))


def test_hypernyms_are_read_and_those_of_instances_are_not(wordnet: WordNet) -> None:
    assert wordnet.synsets[BIRD].hypernyms == ["00000001"]
    assert wordnet.synsets[POET].hypernyms == []
    assert wordnet.by_offset["NOUN"]["00000003"] is wordnet.synsets["heron%1:05:00::"]


def test_ambiguous_words_are_put_for_whole_tokens(wordnet: WordNet) -> None:
    names = ["[UNK]", "heron", "herons", "winch", "crane", "cranes", "##s", "bird", "device"]
    tokenizer = Tokenizer(models.WordPiece({name: i for i, name in enumerate(names)}))
    substitutes = find_substitutes(wordnet, tokenizer, np.ones(len(names)), seed=1)
    generator = np.random.default_rng(0)
    heron, herons, winch, crane, cranes, s = range(1, 7)
    row = np.array([heron, winch, s, herons, crane])
    # "winch" has a piece behind it, and nothing ambiguous is a kind of crane.
    assert substitutes.put(row, 1.0, generator).tolist() == [crane, winch, s, cranes, crane]
    assert substitutes.put(row, 0.0, generator).tolist() == row.tolist()
    assert substitutes.put(row[:0], 1.0, generator).tolist() == []


def test_rows_without_masks_are_sentences_with_other_words() -> None:
    # Two sentences of one passage: token 9 may become 20, any token 21.
    corpus = Corpus(np.array([9, 10, 9, 11, 12], dtype=np.uint16), np.array([0, 3, 5]),
                    np.array([0, 0]))
    starts = np.zeros(31, dtype=np.int64)
    starts[10:] = 1
    changes = Changes(np.array([21]), Substitutes(starts, np.array([20]), np.zeros(30, dtype=bool)))
    special = Special(cls=1, sep=2, mask=3, pad=0, vocabulary=30)
    batch = unmasked_batch(corpus, 40_000, changes, special, np.random.default_rng(0))
    rows = [row[mask == 1].tolist() for row, mask in zip(batch["text"], batch["mask"], strict=True)]
    assert {(row[0], row[-1]) for row in rows} == {(1, 2)}
    assert {len(row) for row in rows} == {7, 4}
    seen = [token for row in rows for token in row]
    assert seen.count(20) > 0.2 * seen.count(9)
    assert 0 < seen.count(21) < 0.1 * len(seen)
    # The corpus itself stays as it was.
    assert corpus.tokens.tolist() == [9, 10, 9, 11, 12]
