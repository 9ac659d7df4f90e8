"""Which occurrences mean the same: what must not depend on how many there are."""

import numpy as np

from lib.senses import Occurrence
from same_sense import COUNTED, SIZES_OF_ONE, Corpus, SameSense, draw_sets, fit_split, pair_features


def test_unrelated_vectors_are_unrelated_however_many_there_are() -> None:
    for count in (2, 3, 10, 50):
        raw, centred, spread, log_n = np.moveaxis(pair_features([np.eye(count)]), -1, 0)
        different = ~np.eye(count, dtype=bool)
        assert np.allclose(raw[different], 0)
        assert np.allclose(centred[different], 0)
        assert np.allclose(spread, 0)
        assert np.allclose(log_n, np.log(min(count, COUNTED)))


def test_two_of_a_kind_are_alike_and_those_of_the_others_are_not() -> None:
    first, second = np.repeat(np.eye(2), [2, 2], axis=0) @ [[2.0, 0], [0, 3]], np.ones((4, 3))
    features = pair_features([first, second])
    # Raw and centred cosine, and the mean raw one of six pairs, of which two are alike.
    assert np.allclose(features[0, 1, :3], [1, 1, 1 / 3])
    assert np.allclose(features[0, 2, :3], [0, -0.5, 1 / 3])
    assert np.allclose(features[0, 1, 3:6], features[0, 2, 3:6])


def corpus_of(counts: dict[str, int]) -> Corpus:
    """Of one form, with so many occurrences by sense."""
    items = [Occurrence("", 0, 0, "stand", ("stand", "NOUN", sense), 0)
             for sense, count in counts.items() for _ in range(count)]
    nothing = np.zeros((1, len(items), 1))
    return Corpus(items, {}, nothing, lambda a, b: 2 * (a != b), {"stand": "train"},
                  {"stand": list(range(len(items)))})


def test_sets_with_one_sense_are_not_much_smaller_than_those_with_several() -> None:
    corpus = corpus_of({"a": 40, "b": 40})
    drawn = draw_sets(corpus, "train", per=2000, one_share=0.5, seed=3)
    assert len(drawn) == 2000
    sizes = {one: [len(labels) for _, labels in drawn if (labels.max() == 0) == one]
             for one in (True, False)}
    assert abs(len(sizes[True]) - len(sizes[False])) < 150
    assert abs(np.mean(sizes[True]) - np.mean(sizes[False])) < 2
    assert max(sizes[True]) == max(sizes[False]) == max(SIZES_OF_ONE)
    for indices, labels in drawn[:50]:
        senses = [corpus.items[i].sense for i in indices]
        assert len(set(indices.tolist())) == len(indices)
        assert len(set(senses)) == len(set(zip(senses, labels.tolist(), strict=True)))


def test_the_cut_is_between_what_differs() -> None:
    def logits_of(labels: np.ndarray) -> np.ndarray:
        return np.where(labels[:, None] == labels, 3.0, -3.0)

    sets = [np.repeat(np.arange(senses), size) for senses in (1, 2) for size in (3, 4, 5, 8)]
    split = fit_split([logits_of(labels) for labels in sets], sets)
    model = SameSense({}, {}, np.zeros(0), 0.0, split)
    for labels in (*sets, np.repeat(np.arange(2), 20), np.zeros(40, int)):
        assert model.groups(logits_of(labels)).tolist() == labels.tolist()
