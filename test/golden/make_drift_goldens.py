"""Two other files of the tiny BERT of ``make_fixtures.py``, and how far PyTorch says they moved.

    python make_drift_goldens.py FIXTURES OUT_FOLDER

``FIXTURES`` holds ``models/bert-tiny``; written beside it are ``drift/after``, the same model
with noise on every weight as fine-tuning leaves it, and ``drift/int8``, its graph with weights
in eight bits. ``OUT_FOLDER`` gets a golden of each: divergences with numpy in double precision,
line by line without padding, from eager PyTorch.
"""

import argparse
import json
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
SEED = 11
LINES = (SENTENCES[0], "Beans.", SENTENCES[3], SENTENCES[4], SENTENCES[6])
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
        text = json.dumps(drift(model, other, tokenizer), indent=1)
        (arguments.out / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
