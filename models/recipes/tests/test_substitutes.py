"""Ambiguous words in the place of other kinds of the same thing."""

from pathlib import Path

import numpy as np
import pytest
from tiny_wordnet import write_wordnet
from tokenizers import Tokenizer, models

from lib.substitutes import find_substitutes, is_ambiguous
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
    assert is_ambiguous(wordnet, "crane")
    assert not is_ambiguous(wordnet, "winch")
