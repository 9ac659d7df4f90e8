"""Beam search over anything that scores next tokens."""

from collections.abc import Callable
from typing import Protocol

import torch

LENGTH_PENALTY = 0.8


class Writer(Protocol):
    """The decoder's side of a batch of rows: sentences × beams, beams of a sentence together."""

    def scores(self, last: torch.Tensor) -> torch.Tensor:
        """Takes each row's newest token [row]; log-probabilities of the next [row, vocabulary]."""

    def reorder(self, rows: torch.Tensor) -> None:
        """Row ``i`` goes on from what row ``rows[i]`` has written."""


def beam_search(start_writer: Callable[[int], Writer], sentences: int, *, beams: int, limit: int,
                start: int, stop: int) -> list[list[int]]:
    """The best translation of each sentence, without ``start`` and ``stop``.

    Scores are log-probabilities over length to the power of 0.8 (Wu et al., 2016,
    arXiv:1609.08144, without its constant). A sentence is done once it has as many finished
    translations as beams. ``start_writer`` gets the number of beams.
    """
    writer = start_writer(beams)
    last = torch.full((sentences * beams,), start)
    totals = torch.full((sentences, beams), -torch.inf)
    totals[:, 0] = 0
    written: list[list[int]] = [[] for _ in range(sentences * beams)]
    finished: list[list[tuple[float, list[int]]]] = [[] for _ in range(sentences)]
    for length in range(1, limit + 1):
        scores = writer.scores(last).float().cpu()
        vocabulary = scores.shape[1]
        candidates = (totals[:, :, None] + scores.view(sentences, beams, vocabulary)).flatten(1)
        best, places = candidates.topk(2 * beams)
        parents, tokens = places // vocabulary, places % vocabulary
        rows, chosen = [], []
        for sentence in range(sentences):
            kept = 0
            for rank in range(2 * beams):
                total, token = float(best[sentence, rank]), int(tokens[sentence, rank])
                row = sentence * beams + int(parents[sentence, rank])
                if token == stop:
                    if rank < beams:
                        finished[sentence].append((total / length ** LENGTH_PENALTY, written[row]))
                    continue
                totals[sentence, kept] = total
                rows.append(row)
                chosen.append(token)
                kept += 1
                if kept == beams:
                    break
        written = [[*written[row], token] for row, token in zip(rows, chosen, strict=True)]
        if all(len(done) >= beams for done in finished):
            break
        writer.reorder(torch.tensor(rows))
        last = torch.tensor(chosen)
    for sentence, done in enumerate(finished):
        if not done:
            best_row = sentence * beams + int(totals[sentence].argmax())
            done.append((0.0, written[best_row]))
    return [max(done)[1] for done in finished]
