"""A word in the sentences of its relatives."""

from pathlib import Path

import pytest
from tiny_wordnet import write_wordnet

from lib.relatives import Nouns, examples_from, forms_of
from lib.wordnet import WordNet

BIRD, LIFT, POET = "crane%1:05:00::", "crane%1:06:01::", "crane%1:18:02::"


@pytest.fixture
def wordnet(tmp_path: Path) -> WordNet:
    return WordNet(write_wordnet(tmp_path / "wordnet"))


def test_relatives_are_of_one_sense(wordnet: WordNet) -> None:
    nouns = Nouns(wordnet)
    assert list(nouns.relatives("crane", BIRD)) == ["bird", "heron"]
    assert nouns.relatives("crane", LIFT) == {"device": 1.2, "winch": 1.5, "lifting_drum": 1.5}
    assert nouns.relatives("crane", POET) == {}
    # Two senses, of which neither is what it mostly means.
    assert "crane" not in nouns.relatives("heron", "heron%1:05:00::")
    assert nouns.is_ambiguous("crane")
    assert not nouns.is_ambiguous("heron")


def test_a_word_is_put_into_its_relatives_sentences(wordnet: WordNet) -> None:
    lines = [
        "Two herons stood in the shallow water. Nobody saw the winch behind the boat house.",
        "The lifting drums turned slowly while the rope was pulled in.",
        "Heron feathers are grey, as everybody knows.",
        "Too short: heron.",
    ]
    found = examples_from(wordnet, ["crane"], lines, seed=1)
    assert sorted((one.key, one.sentence) for one in found) == [
        (BIRD, "Crane feathers are grey, as everybody knows."),
        (BIRD, "Two cranes stood in the shallow water."),
        (LIFT, "Nobody saw the crane behind the boat house."),
        (LIFT, "The cranes turned slowly while the rope was pulled in."),
    ]
    for one in found:
        assert one.sentence[one.start:one.end].lower() in ("crane", "cranes")


def test_plurals() -> None:
    assert [forms_of(name)[1] for name in ("crane", "box", "baby", "toy", "grass", "music_stand")] \
        == ["cranes", "boxes", "babies", "toys", "grasses", "music stands"]
