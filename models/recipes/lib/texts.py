"""Documents and their sentences, and which of them are held out."""

import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EVERY = 200
HELD_OUT = 0
CALIBRATION = 100
SENTENCE_END = re.compile(r"""(?<!\b[A-Z])(?<!\bMr)(?<!\bDr)(?<!\bSt)(?<!\bMs)(?<!\bMrs)"""
                          r"""([.!?]["'”’)]*)\s+(?=["'“‘(]?[A-Z])""")
RUNNING = frozenset({"books-children-misc", "eltec", "gum", "masc-semcor", "novels100",
                     "onestop-english", "us-speeches"})
"""Files whose lines follow each other as the paragraphs of a book do."""


@dataclass(frozen=True)
class Line:
    """One line of a text file. Lines of one ``passage`` follow each other."""

    text: str
    passage: int


def text_files(folder: Path) -> list[Path]:
    """The ``*.txt.xz`` files of a folder. Raises if there are none."""
    files = sorted(folder.glob("*.txt.xz"))
    if not files:
        raise FileNotFoundError(f"{folder} has no *.txt.xz files, one document a line")
    return files


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Number and text of each line that is not blank."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if text := line.strip():
                yield number, text


def source_name(path: Path) -> str:
    """``gum`` for ``gum.txt.xz``."""
    return path.name.removesuffix(".txt.xz")


def read_documents(folder: Path, remainder: int, without: frozenset[str] = frozenset(),
                   ) -> list[str]:
    """The lines of each ``*.txt.xz`` file whose number leaves ``remainder`` modulo 200."""
    return [text for path in text_files(folder) if source_name(path) not in without
            for number, text in read_lines(path) if number % EVERY == remainder]


def training_lines(folder: Path, without: frozenset[str] = frozenset()) -> Iterator[Line]:
    """All lines that are not held out. A gap ends a passage."""
    passage = 0
    for path in text_files(folder):
        name = source_name(path)
        if name in without:
            continue
        before = -1
        for number, text in read_lines(path):
            if number % EVERY == HELD_OUT:
                continue
            passage += name not in RUNNING or number != before + 1
            before = number
            yield Line(text, passage)


def split_sentences(text: str) -> list[str]:
    """By final punctuation, white space and a capital letter."""
    ends = [match.end(1) for match in SENTENCE_END.finditer(text)]
    parts = (text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True))
    return [sentence for part in parts if (sentence := part.strip())]
