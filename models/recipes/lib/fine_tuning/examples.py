"""Labelled lines: ``label<TAB>text``, CSV or JSONL, by the same rules as in Headlight.

(``src/lenses/training/examples.ts`` there: the same lines have to be held out.)
"""

import csv
import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from lib.fine_tuning.failures import DataError

LONGEST_LABEL = 200
BY_ENDING = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
ADVICE = ("Write a line for each example: label, a tab and the text; or CSV with these two "
          'columns; or JSONL with "label" and "text".')


@dataclass(frozen=True)
class Example:
    """A text with its label, and the line where it begins, from 1."""

    line: int
    label: str
    text: str


@dataclass(frozen=True)
class LeftOut:
    """A line that is not used; ``reason`` goes on from its number: ``has no label``."""

    line: int
    reason: str


@dataclass(frozen=True)
class Examples:
    """What a file of labelled lines holds."""

    labels: list[str]
    """Sorted; a label's index is its class."""
    examples: list[Example]
    left_out: list[LeftOut]

    @property
    def targets(self) -> list[int]:
        """The class of each example."""
        classes = {label: index for index, label in enumerate(self.labels)}
        return [classes[example.label] for example in self.examples]


Read = Example | LeftOut


def read_examples(path: Path) -> Examples:
    """The examples of a file; lines that cannot be used are left out and named.

    Texts that stand there with different labels are left out too, and of equal lines all but the
    first. Raises ``DataError`` for a file that no classifier can be trained on.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name} is no UTF-8 text. Save it as UTF-8.") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. Give the file's path.") \
            from error
    if not text.strip():
        raise DataError(f"{path.name} is empty. {ADVICE}")
    if "\0" in text:
        raise DataError(f"{path.name} is a binary file. {ADVICE}")
    examples, left_out = checked(read_lines(path.name, text))
    if not examples:
        why = f": line {left_out[0].line} {left_out[0].reason}" if left_out else ""
        raise DataError(f"No line of {path.name} can be used{why}. {ADVICE}")
    return Examples(sorted_labels(path.name, examples), examples, left_out)


def read_lines(name: str, text: str) -> list[Read]:
    """Every line, by the format that the name's ending or else the first line tells."""
    format_ = BY_ENDING.get(Path(name).suffix.lower()) or guess(text)
    if format_ == "jsonl":
        return [json_line(line, content) for line, content in plain_lines(text)]
    if format_ == "tsv":
        rows = [(line, content.split("\t")) for line, content in plain_lines(text)]
        return in_columns(rows, "a tab between label and text")
    return in_columns(csv_rows(name, text),
                      "two fields, label and text; a text with commas goes in quotes")


def guess(text: str) -> str:
    """The format of a file whose name does not tell."""
    first = next(line for line in text.splitlines() if line.strip()).strip()
    if first.startswith("{"):
        return "jsonl"
    return "tsv" if "\t" in first or "," not in first else "csv"


def plain_lines(text: str) -> list[tuple[int, str]]:
    """Lines that hold something, with their numbers."""
    lines = enumerate(re.split(r"\r\n|\r|\n", text), start=1)
    return [(line, content) for line, content in lines if content.strip()]


def csv_rows(name: str, text: str) -> list[tuple[int, list[str]]]:
    """Records of RFC 4180 with the line where each begins."""
    rows, begin = [], 1
    reader = csv.reader(re.split(r"(?<=\n)|(?<=\r)(?!\n)", text), strict=True)
    try:
        for fields in reader:
            if fields:
                rows.append((begin, fields))
            begin = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{name} is broken in the record that begins in line {begin} ({error}). "
                        "Close its quotes, and write quotes within quotes twice.") from error
    return rows


def in_columns(rows: list[tuple[int, list[str]]], wanted: str) -> list[Read]:
    """Rows of label and text, in the order that a header says, if there is one."""
    names = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    has_header = "label" in names and "text" in names
    label, text = (names.index("label"), names.index("text")) if has_header else (0, 1)
    expected = len(names) if has_header else 2
    complaint = f", while the header names {expected}" if has_header else f", not {wanted}"
    return [Example(line, cells[label], cells[text]) if len(cells) == expected
            else LeftOut(line, f"has {len(cells)} field{'s' * (len(cells) != 1)}{complaint}")
            for line, cells in rows[has_header:]]


def json_line(line: int, content: str) -> Read:
    """One object with ``label`` and ``text``."""
    try:
        value = json.loads(content)
    except ValueError:
        return LeftOut(line, "is no JSON")
    if not isinstance(value, dict):
        return LeftOut(line, 'is no JSON object with "label" and "text"')
    label, text = value.get("label"), value.get("text")
    if not isinstance(text, str):
        return LeftOut(line, 'has no "text"')
    if isinstance(label, bool):
        label = json.dumps(label)
    if not isinstance(label, str | int | float):
        return LeftOut(line, 'has no "label"')
    return Example(line, str(label), text)


def checked(lines: list[Read]) -> tuple[list[Example], list[LeftOut]]:
    """What can be used, and what cannot."""
    usable: list[Example] = []
    left_out: list[LeftOut] = []
    for read in lines:
        reason = problem(read)
        if reason:
            left_out.append(LeftOut(read.line, reason))
        else:
            # Letters that can be written in several ways are one label however they are written.
            label = unicodedata.normalize("NFC", read.label.strip())
            usable.append(Example(read.line, label, read.text.strip()))
    by_text: dict[str, list[Example]] = {}
    for example in usable:
        by_text.setdefault(example.text, []).append(example)
    examples = []
    for example in usable:
        same = by_text[example.text]
        other = next((one for one in same if one.label != example.label), None)
        if other:
            reason = f"has the text of line {other.line}, with another label"
            left_out.append(LeftOut(example.line, reason))
        elif same[0] is not example:
            left_out.append(LeftOut(example.line, f"is the same as line {same[0].line}"))
        else:
            examples.append(example)
    return examples, sorted(left_out, key=lambda one: one.line)


def problem(read: Read) -> str | None:
    """Why a line cannot be used."""
    if isinstance(read, LeftOut):
        return read.reason
    if not read.label.strip():
        return "has no label"
    if not read.text.strip():
        return "has no text"
    if len(read.label) > LONGEST_LABEL:
        return f"has a label of {len(read.label)} characters: are label and text swapped?"
    return None


def sorted_labels(name: str, examples: list[Example]) -> list[str]:
    """The labels, by UTF-16 as JavaScript compares; each needs an example on either side."""
    counts: dict[str, int] = {}
    for example in examples:
        counts[example.label] = counts.get(example.label, 0) + 1
    if len(counts) < 2:
        raise DataError(f"All {len(examples)} examples of {name} have the label "
                        f"“{examples[0].label}”. A classifier tells labels apart: add examples "
                        "of another.")
    few = [label for label, count in counts.items() if count < 2]
    if few:
        line = next(example.line for example in examples if example.label == few[0])
        raise DataError(f"{len(few)} of {len(counts)} labels have one example only, such as "
                        f"“{few[0][:40]}” (line {line}). Give each at least two, one to train on "
                        "and one to hold out. If labels and texts stand in each "
                        "other's place, swap the columns.")
    return sorted(counts, key=lambda label: label.encode("utf-16-be"))
