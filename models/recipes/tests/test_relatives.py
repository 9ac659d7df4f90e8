"""A word in the sentences of its relatives."""

from pathlib import Path

import pytest
from tiny_wordnet import write_wordnet

from lib.nouns import Nouns
from lib.relatives import SENSES, examples_from, forms_of, relatives_of
from lib.wordnet import WordNet

BIRD, LIFT, POET = "crane%1:05:00::", "crane%1:06:01::", "crane%1:18:02::"


@pytest.fixture
def nouns(tmp_path: Path) -> Nouns:
    return Nouns(WordNet(write_wordnet(tmp_path / "wordnet")))


def test_relatives_are_of_one_sense(nouns: Nouns) -> None:
    assert list(relatives_of(nouns, "crane", BIRD)) == ["bird", "heron"]
    assert relatives_of(nouns, "crane", LIFT) == {"device": 1.2, "winch": 1.5, "lifting_drum": 1.5}
    assert relatives_of(nouns, "crane", POET) == {}
    # Two senses, of which neither is what it mostly means.
    assert "crane" not in relatives_of(nouns, "heron", "heron%1:05:00::")


def test_ambiguous_nouns(nouns: Nouns) -> None:
    assert nouns.is_noun("crane")
    assert nouns.is_ambiguous("crane", SENSES)
    assert not nouns.is_ambiguous("crane", 1)
    assert not nouns.is_ambiguous("heron", SENSES)
    assert not nouns.is_ambiguous("nothing of the kind", SENSES)


def test_a_word_is_put_into_its_relatives_sentences(nouns: Nouns) -> None:
    lines = [
        "Two herons stood in the shallow water. Nobody saw the winch behind the boat house.",
        "The lifting drums turned slowly while the rope was pulled in.",
        "Heron feathers are grey, as everybody knows.",
        "Too short: heron.",
    ]
    found = examples_from(nouns, ["crane"], lines, seed=1)
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
