"""How a golden case is stored: one JSON file and one file of float32 numbers."""

import json
from pathlib import Path

import numpy as np


def write_json(path: Path, value: dict) -> None:
    """UTF-8 JSON, one line for each key of the object."""
    lines = [f"{json.dumps(key)}: {json.dumps(item, ensure_ascii=False)}"
             for key, item in value.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def write_case(stem: Path, case: dict, tensors: dict[str, np.ndarray]) -> None:
    """Write ``stem.json`` (``case`` and where each tensor lies) and ``stem.bin``.

    The binary file holds the tensors one after the other as little-endian float32,
    row-major; ``offset`` counts numbers, not bytes.
    """
    layout, offset = {}, 0
    with stem.with_suffix(".bin").open("wb") as numbers:
        for name, tensor in tensors.items():
            layout[name] = {"dims": list(tensor.shape), "offset": offset}
            offset += tensor.size
            numbers.write(np.ascontiguousarray(tensor, dtype="<f4").tobytes())
    write_json(stem.with_suffix(".json"), {**case, "tensors": layout})


def utf16_offsets(text: str, offsets: list[tuple[int, int]]) -> list[list[int]]:
    """Code-point ranges of ``text`` as ranges of UTF-16 code units."""
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
    return [[units[start], units[end]] for start, end in offsets]


def encoded_case(tokenizer, text: str, pair: str | None) -> dict:
    """Text, ids, tokens and where each token stands in its text (UTF-16; [0, 0] if special)."""
    encoding = tokenizer(text, pair, return_offsets_mapping=True)
    sequences = encoding.sequence_ids()
    texts = {None: text, 0: text, 1: pair}
    ranges = [utf16_offsets(texts[sequence], [offset])[0]
              for sequence, offset in zip(sequences, encoding["offset_mapping"], strict=True)]
    case = {
        "text": text,
        "pair": pair,
        "ids": encoding["input_ids"],
        "tokens": tokenizer.convert_ids_to_tokens(encoding["input_ids"]),
        "ranges": ranges,
    }
    if "token_type_ids" in encoding:
        case["token_type_ids"] = encoding["token_type_ids"]
    return case


def top_predictions(tokenizer, logits: np.ndarray, count: int = 5) -> list[dict]:
    """The likeliest tokens for ``logits`` [vocabulary] with their probabilities."""
    exponents = np.exp(logits.astype(np.float64) - logits.max())
    probabilities = exponents / exponents.sum()
    return [{"id": int(index), "token": tokenizer.convert_ids_to_tokens(int(index)),
             "probability": float(probabilities[index])}
            for index in np.argsort(-probabilities)[:count]]
