"""The files of a model folder beside its graphs."""

import hashlib
import json
from pathlib import Path

HASHED = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")


def write_json(path: Path, value: object, indent: int | None = 2) -> None:
    """UTF-8 JSON; ``indent=None`` writes it without any white space."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    path.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path) -> dict:
    """A JSON object from a UTF-8 file."""
    return json.loads(path.read_text(encoding="utf-8"))


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def graph_files(folder: Path) -> list[Path]:
    """The ONNX files of a model folder."""
    return sorted(folder.glob("*.onnx"))


def graph_bytes(folder: Path) -> int:
    """Size of all its graphs."""
    return sum(path.stat().st_size for path in graph_files(folder))


def write_sums(folder: Path) -> None:
    """``SHA256SUMS`` in the format of the ``sha256sum`` command."""
    stated = [name for name in HASHED if (folder / name).exists()]
    names = [*stated, *(path.name for path in graph_files(folder))]
    lines = [f"{sha256(folder / name)}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
