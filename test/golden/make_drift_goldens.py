"""Two other files of the tiny BERT of ``make_fixtures.py``, and how far PyTorch says they moved.

    python make_drift_goldens.py FIXTURES OUT_FOLDER

``FIXTURES`` holds ``models/bert-tiny``; written beside it are ``drift/after``, the same model
with noise on every weight as fine-tuning leaves it, and ``drift/int8``, its graph with weights
in eight bits. ``OUT_FOLDER`` gets a golden of each: divergences with numpy in double precision,
line by line without padding, from eager PyTorch.
"""

import argparse
import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from make_fixtures import FIXTURES, SENTENCES, export, random_model, wordpiece_tokenizer
from onnx_weights import projections, state_dict
from transformers import PreTrainedModel, PreTrainedTokenizerFast

sys.path.append(str(Path(__file__).parents[2] / "models" / "recipes"))
from lib.quantize import quantize_graph  # noqa: E402

NOISE = 0.03
# Pairs of a word from which on they are correlated.
CORRELATED = 6
SEED = 11
LINES = (SENTENCES[0], "Beans.", SENTENCES[3], SENTENCES[4], SENTENCES[6])
# Words that occur several times, the second one often enough for its pairs to be correlated.
WORD_LINES = (
    "The cat sat on the wall and watched the boat.",
    "A boat was late, and the cat watched the train.",
    "The old boat and the new wall.",
    "Cat, boat and train were late.",
)
WORDS = ("boat", "cat", "late", "train", "wall", "watched")
# Tokens that are masked: where src/lenses/drift/predictionPlaces.ts draws them.
PLACES = ((5, 13), (1,), (9,), (7, 15), (7, 15))
BEFORE = next(fixture for fixture in FIXTURES if fixture.name == "bert-tiny")


def before_model(folder: Path, vocabulary: int) -> PreTrainedModel:
    """The tiny BERT again, checked against what it said when its fixture was made."""
    model = random_model(BEFORE, vocabulary)
    model.set_attn_implementation("eager")
    golden = json.loads((folder / "golden.json").read_text(encoding="utf-8"))
    layout = golden["tensors"]["attention"]
    size = int(np.prod(layout["dims"]))
    numbers = np.fromfile(folder / "golden.bin", "<f4")[layout["offset"]:layout["offset"] + size]
    with torch.no_grad():
        found = model(torch.tensor([golden["ids"]]), output_attentions=True).attentions
    if np.abs(torch.cat(found).numpy().ravel() - numbers).max() > 1e-5:
        raise SystemExit("This PyTorch draws other weights than the fixture has.")
    return model


def copy_of(model: PreTrainedModel) -> PreTrainedModel:
    """The same weights in a model of its own."""
    copied = BEFORE.model(model.config.vocab_size).eval()
    copied.load_state_dict(model.state_dict())
    copied.set_attn_implementation("eager")
    return copied


def fine_tuned(model: PreTrainedModel) -> PreTrainedModel:
    """Noise on every weight, of which a share is the weight's own size."""
    moved = copy_of(model)
    torch.manual_seed(SEED)
    with torch.no_grad():
        for parameter in moved.parameters():
            parameter.add_(NOISE * torch.randn_like(parameter))
    return moved


def of_graph(model: PreTrainedModel, path: Path) -> PreTrainedModel:
    """The model with the weights that a graph computes with."""
    read = copy_of(model)
    read.cls.predictions.decoder.weight = torch.nn.Parameter(
        read.cls.predictions.decoder.weight.detach().clone())
    weights = {name.removeprefix("model."): weight
               for name, weight in {**state_dict(path), **projections(path)}.items()}
    weights["cls.predictions.decoder.bias"] = weights["cls.predictions.bias"]
    state = read.state_dict()
    missing = [name for name, own in state.items()
               if name not in weights or weights[name].shape != own.shape]
    if missing:
        raise SystemExit(f"The graph has no {', '.join(missing)}.")
    read.load_state_dict({name: weights[name] for name in state})
    return read


def read_line(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, line: str,
              places: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Attention [layer, head, query, key], hidden [state, token, size] and log-probabilities
    [place, vocabulary] with the places masked."""
    ids = torch.tensor([tokenizer(line)["input_ids"]])
    masked = ids.clone()
    masked[0, list(places)] = tokenizer.mask_token_id
    with torch.no_grad():
        read = model(ids, output_attentions=True, output_hidden_states=True)
        logits = model(masked).logits[0, list(places)].double()
    return (torch.cat(read.attentions).double().numpy(),
            torch.cat(read.hidden_states).double().numpy(),
            torch.log_softmax(logits, -1).numpy())


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Bits, over the last axis."""
    middle = (p + q) / 2
    return (p * np.log2(p / middle) + q * np.log2(q / middle)).sum(-1) / 2


def drift(before: PreTrainedModel, after: PreTrainedModel,
          tokenizer: PreTrainedTokenizerFast) -> dict:
    """What ``drift/measure`` says of the two, in its own terms."""
    divergence, difference, cosine, norm, bits, of_line, changes = [], [], [], [], [], [], []
    for number, (line, places) in enumerate(zip(LINES, PLACES, strict=True)):
        a, x, log_p = read_line(before, tokenizer, line, places)
        b, y, log_q = read_line(after, tokenizer, line, places)
        rows = jensen_shannon(a, b)
        divergence.append(rows)
        of_line.append(float(rows.mean()))
        difference.append(np.abs(a - b).reshape(*a.shape[:2], -1))
        cosine.append(1 - (x * y).sum(-1) / np.sqrt((x * x).sum(-1) * (y * y).sum(-1)))
        norm.append(np.linalg.norm(y - x, axis=-1) / np.linalg.norm(x, axis=-1))
        bits.append((np.exp(log_p) * (log_p - log_q)).sum(-1) / np.log(2))
        for place, p, q in zip(places, log_p.argmax(-1), log_q.argmax(-1), strict=True):
            if p != q:
                changes.append([number, place, int(p), int(q)])
    mean = {name: np.concatenate(parts, -1).mean(-1).ravel().tolist() for name, parts in
            (("divergence", divergence), ("difference", difference),
             ("cosineDistance", cosine), ("relativeNorm", norm), ("predictions", bits))}
    return {"lines": LINES, "places": PLACES, **mean, "predictions": mean["predictions"][0],
            "lineDivergence": of_line, "changes": changes}


def word_vectors(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast,
                 word: str) -> np.ndarray:
    """Of each occurrence in WORD_LINES, the mean of its tokens' vectors: [occurrence, state,
    size].
    """
    found = []
    for line in WORD_LINES:
        read = tokenizer(line, return_offsets_mapping=True)
        with torch.no_grad():
            states = torch.cat(model(torch.tensor([read["input_ids"]]),
                                     output_hidden_states=True).hidden_states).double().numpy()
        for match in re.finditer(rf"\b{word}\b", line, re.IGNORECASE):
            pieces = [at for at, (start, end) in enumerate(read["offset_mapping"])
                      if end > start and start < match.end() and end > match.start()]
            found.append(states[:, pieces].mean(1))
    return np.stack(found)


def cosines(vectors: np.ndarray) -> np.ndarray:
    """Of all pairs [occurrence, occurrence, state] of vectors [occurrence, state, size]."""
    unit = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.einsum("asd,bsd->abs", unit, unit)


def of_pairs(square: np.ndarray) -> np.ndarray:
    """[pair, state] of the pairs above the diagonal."""
    return square[np.triu_indices(len(square), 1)]


def senses(before: PreTrainedModel, after: PreTrainedModel,
           tokenizer: PreTrainedTokenizerFast) -> dict:
    """What ``drift/measure`` says of words, by word and state."""
    a, b = ([word_vectors(model, tokenizer, word) for word in WORDS] for model in (before, after))
    turned = {word: 1 - (x * y).sum(-1) / (np.linalg.norm(x, axis=-1) * np.linalg.norm(y, axis=-1))
              for word, x, y in zip(WORDS, a, b, strict=True)}
    pairs = {word: (of_pairs(cosines(x)), of_pairs(cosines(y)))
             for word, x, y in zip(WORDS, a, b, strict=True)}
    owner = np.repeat(np.arange(len(WORDS)), [len(one) for one in a])
    differ = of_pairs(owner[:, None, None] != owner[None, :, None])[:, 0]
    p, q = (of_pairs(cosines(np.concatenate(model))) for model in (a, b))
    states = range(p.shape[1])

    def correlation(one: np.ndarray, other: np.ndarray) -> list:
        return [float(np.corrcoef(one[:, state], other[:, state])[0, 1]) for state in states]

    return {"lines": WORD_LINES,
            "words": {word: {"cosineDistance": turned[word].tolist(),
                             "before": one.mean(0).tolist(), "after": other.mean(0).tolist(),
                             "structure": correlation(one, other)
                             if len(one) >= CORRELATED else None}
                      for word, (one, other) in pairs.items()},
            "betweenBefore": p[differ].mean(0).tolist(), "betweenAfter": q[differ].mean(0).tolist(),
            "similarity": correlation(p, q)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fixtures", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    source = arguments.fixtures / "models" / BEFORE.name
    tokenizer = wordpiece_tokenizer()
    model = before_model(source, len(tokenizer))
    folders = {name: arguments.fixtures / "drift" / name for name in ("after", "int8")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
        for file in ("config.json", "tokenizer.json", "tokenizer_config.json"):
            shutil.copy(source / file, folder)

    moved = fine_tuned(model)
    export(BEFORE, moved, folders["after"] / "model.onnx")
    graph = onnx.load(source / "model.onnx")
    quantize_graph(graph, 256, (), {})
    onnx.save(graph, folders["int8"] / "model.onnx")
    moved.set_attn_implementation("eager")
    others = {"after": moved, "int8": of_graph(model, folders["int8"] / "model.onnx")}
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, other in others.items():
        golden = {**drift(model, other, tokenizer), "senses": senses(model, other, tokenizer)}
        text = json.dumps(golden, indent=1)
        (arguments.out / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
