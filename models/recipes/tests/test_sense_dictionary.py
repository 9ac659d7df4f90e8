"""The sense dictionary on made-up vectors and a dictionary of a few lines."""

from __future__ import annotations

import collections
from pathlib import Path

import numpy as np
import pytest

import sense_dictionary
from lib.senses import Occurrence
from lib.wordnet import WordNet

DATA = {
    "noun": [
        '00000001 06 n 02 stand 0 rack 0 000 | a support; "the music stand"; "a rack of books"',
        "00000002 14 n 01 stand 0 000 | a growth of similar plants",
        '00000003 17 n 02 moon 0 Moon 0 000 | satellite of the Earth; "men stepped on the moon"',
    ],
    "verb": ['00000004 31 v 02 bear 0 stand 0 000 | put up with; "I cannot bear his criticism"'],
    "adj": [
        "00000005 00 a 01 full(a) 0 000 | holding all it can",
        "00000006 00 s 01 brimming 0 001 & 00000005 a 0000 | full to the brim",
    ],
    "adv": [],
}


@pytest.fixture
def wordnet(tmp_path: Path) -> WordNet:
    for pos, lines in DATA.items():
        text = "".join(f"{line}\n" for line in ["  1 a line of the licence", *lines])
        (tmp_path / f"data.{pos}").write_text(text, encoding="latin-1")
    (tmp_path / "cntlist.rev").write_text("stand%1:06:00:: 1 4\n")
    return WordNet(tmp_path)


def test_wordnet(wordnet: WordNet) -> None:
    assert wordnet.keys["stand", "NOUN"] == ["stand%1:06:00::", "stand%1:14:00::"]
    assert wordnet.keys["moon", "NOUN"] == ["moon%1:17:00::"]
    assert wordnet.keys["brimming", "ADJ"] == ["brimming%5:00:00:full:00"]
    rack = wordnet.synsets["stand%1:06:00::"]
    assert (rack.definition, rack.examples) == ("a support", ["the music stand", "a rack of books"])
    assert rack.synonyms("stand") == ["rack"]
    assert wordnet.tagged == {"stand%1:06:00::": 4}


def test_a_lemma_takes_the_place_of_its_synonym(wordnet: WordNet) -> None:
    found = sense_dictionary.examples_of(wordnet, [("stand", "VERB"), ("stand", "NOUN")])
    assert [one.sentence for one in found] == [
        "I cannot stand his criticism",
        "the music stand",
        "a stand of books",
    ]
    assert all(one.sentence[one.start : one.end] == "stand" for one in found)


def test_senses_are_told_apart_and_survive_the_file(
    wordnet: WordNet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sense_dictionary, "DIMENSIONS", 3)
    rng = np.random.default_rng(1)
    rack, trees, bear = (
        ("stand", pos, name) for pos, name in (("NOUN", "a.1"), ("NOUN", "a.2"), ("VERB", "a.3"))
    )
    centres = dict(zip((rack, trees, bear), rng.normal(size=(3, 12)), strict=True))
    senses = [sense for sense in centres for _ in range(40)]
    vectors = sense_dictionary.unit(
        np.stack([centres[s] + 0.2 * rng.normal(size=12) for s in senses])
    ).astype(np.float32)
    occurrences = [Occurrence("", 0, 0, "stand", sense, 0) for sense in senses]
    examples = sense_dictionary.examples_of(wordnet, [("stand", "NOUN"), ("stand", "VERB")])
    near = {"stand%1:06:00::": rack, "stand%2:31:00::": bear}
    shown = sense_dictionary.unit(np.stack([centres[near[e.key]] for e in examples])).astype(
        np.float32
    )

    labels = np.array([sorted(centres).index(sense) for sense in senses])
    space = sense_dictionary.fit_space(vectors, labels, np.zeros(3, int))
    entries = sense_dictionary.build(
        occurrences, space(vectors), examples, space(shown), space, {}, wordnet
    )
    assert {entry.key: entry.marked for entry in entries} == {
        "stand%1:06:00::": [rack],
        "stand%1:14:00::": [trees],
        "stand%2:31:00::": [bear],
    }

    reader = sense_dictionary.Reader(entries, space, wordnet)
    trained = collections.Counter(senses)
    reader.fit_weights(occurrences, space(vectors), trained)
    figures = sense_dictionary.measure(reader, occurrences, space(vectors), trained)
    assert figures["words"] == 120
    assert figures["accuracy"] > 0.95
    assert figures["mostFrequent"] == pytest.approx(1 / 3)
    # All but those of the most frequent sense are read once more as if theirs was not known.
    assert figures["forgotten"] == 80
    assert figures["clear"] > 0.95

    path = tmp_path / "index.json.gz"
    sense_dictionary.write(path, reader, wordnet, {"stood": ["stand"], "went": ["go"]})
    read = sense_dictionary.read_file(path)
    at = space(vectors[:1])[0]
    assert read.read(at, "stand") == pytest.approx(reader.read(at, "stand"), abs=1e-3)


@pytest.mark.parametrize(
    ("p", "omitted", "clear"),
    [
        ([0.7, 0.25, 0.05], 0, True),
        ([0.6, 0.39, 0.01], 0, True),
        ([0.49, 0.2, 0.31], 0, False),
        ([0.55, 0.05, 0.4], 0, False),
        # Two senses of four: 1 - 0.5 * 0.5 ** 2.
        ([0.87, 0.1, 0.03], 2, False),
        ([0.88, 0.1, 0.02], 2, True),
        # Two of nine, as "bass" has them.
        ([0.95, 0.02, 0.03], 7, False),
        ([0.99, 0.01], 0, True),
        ([0.99, 0.01], 1, False),
    ],
)
def test_the_more_senses_are_omitted_the_surer_a_clear_name_is(
    p: list[float], omitted: int, clear: bool
) -> None:
    assert sense_dictionary.is_clear(np.array(p), omitted) is clear
