"""Truth for further words among the senses of a word, and for nearest neighbours: vectors of words
and phrases by hidden state, and their mean cosines to the groups of a golden of senses.

    make_word_goldens.py MODEL SENSES OUT

SENSES is a file that make_sense_goldens.py wrote; see README.md beside this file.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from golden_files import write_case
from make_goldens import load_model
from transformers import AutoTokenizer

# A word, one of several pieces, and a phrase, each as [before, the word, after].
WORDS = (
    ("Nobody could ", "tolerate", " the noise of the street."),
    ("The word “", "unbearableness", "”."),
    ("She leaned her violin against the ", "music stand", " and sighed."),
)


@torch.no_grad()
def vectors_of(model, tokenizer, sentence: str, start: int, end: int) -> np.ndarray:
    """[state, hidden]: mean of the word's pieces after the embedding layer and after each layer."""
    inputs = tokenizer(sentence, return_tensors="pt", return_offsets_mapping=True)
    offsets = inputs.pop("offset_mapping")[0].tolist()
    pieces = [at for at, (first, last) in enumerate(offsets) if first < end and last > start]
    return torch.cat(model(**inputs).hidden_states)[:, pieces].mean(dim=1).numpy()


def unit(vectors: np.ndarray) -> np.ndarray:
    """The same at length one, along the last axis."""
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def main(folder: Path, senses: Path, out: Path) -> None:
    """Write the one case."""
    model, tokenizer = load_model(folder), AutoTokenizer.from_pretrained(folder)
    known = json.loads(senses.read_text(encoding="utf-8"))
    words = [{"sentence": before + word + after, "start": len(before), "end": len(before + word)}
             for before, word, after in WORDS]
    vectors = np.stack([vectors_of(model, tokenizer, **word) for word in words])
    members = unit(np.stack([vectors_of(model, tokenizer, **one) for one in known["occurrences"]]))
    groups = np.array(known["groups"])
    # [word, state, occurrence]
    cosines = np.einsum("wsh,osh->wso", unit(vectors), members)
    means = np.stack([cosines[..., groups == group].mean(axis=-1)
                      for group in range(groups.max() + 1)], axis=-1)
    out.mkdir(parents=True, exist_ok=True)
    write_case(out / "stand", {"words": words, "occurrences": known["occurrences"],
                               "senses": groups.tolist()},
               {"vectors": vectors, "cosines": means})


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
