"""The formats of the public sources: each parser takes a file's bytes and yields lines."""

import json
import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

Parser = Callable[[bytes], Iterator[str]]

TEI = "{http://www.tei-c.org/ns/1.0}"
BIG5_PUNCTUATION = frozenset("’‘“”—…\u3000")
WRAPPED_WIDTH = 120
GUTENBERG_START = re.compile(r"\*\*\* ?START OF TH(?:E|IS) PROJECT GUTENBERG[^*]*\*\*\*")
GUTENBERG_END = re.compile(r"\*\*\* ?END OF TH(?:E|IS) PROJECT GUTENBERG|End of (?:the )?Project "
                           r"Gutenberg")
GUTENBERG_CREDIT = re.compile(r"(?:Produced by|E-?text prepared by|This e-?text was|"
                              r"Transcriber'?s? notes?)\b", re.IGNORECASE)
PICTURE = re.compile(r"\[Illustration[^\]]*\]")
EMPHASIS = re.compile(r"(?<!\w)_([^_]+)_(?!\w)")
RHYME_LISTS = re.compile(r"(?:A )?LIST OF|CONTENTS|INTRODUCTION")
READING_LEVELS = frozenset({"Advanced", "Intermediate", "Elementary"})
NEXT_PARAGRAPH = "PARAGRAPH_BREAK"
JOINED = "NO_BREAK"
QUOTED = re.compile(r'"([^"]+)"')
ADJECTIVE_PLACE = re.compile(r"\((?:a|p|ip)\)$")


def decode(raw: bytes) -> str:
    """UTF-8, else Big5 with no more than punctuation of it, else Windows-1252."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("big5")
        if all(char.isascii() or char in BIG5_PUNCTUATION for char in text):
            return text
    except UnicodeDecodeError:
        pass
    return raw.decode("cp1252", errors="replace")


def one_line(text: str) -> str:
    """Without white space at the ends, and with single spaces elsewhere."""
    return " ".join(text.split())


def has_words(text: str) -> bool:
    """Whether there is a lower-case letter: headings in capitals, numbers and rules have none."""
    return any(char.islower() for char in text)


def paragraphs(text: str) -> Iterator[str]:
    """One a line, or, if the lines are wrapped, between blank lines."""
    widths = sorted(len(line.strip()) for line in text.splitlines() if line.strip())
    wrapped = not widths or widths[len(widths) * 19 // 20] <= WRAPPED_WIDTH
    for part in re.split(r"\n\s*\n", text) if wrapped else text.splitlines():
        if line := one_line(part):
            yield line


def text_paragraphs(raw: bytes) -> Iterator[str]:
    """Paragraphs of plain text that have words."""
    yield from filter(has_words, paragraphs(decode(raw).replace("\r\n", "\n")))


def gutenberg_text(raw: bytes) -> str:
    """Between the START and END marks, without marks of pictures and emphasis.

    Raises ``ValueError`` if there is no START mark.
    """
    text = decode(raw).replace("\r\n", "\n")
    start = GUTENBERG_START.search(text)
    if start is None:
        raise ValueError("no START OF THE PROJECT GUTENBERG mark")
    end = GUTENBERG_END.search(text, start.end())
    text = text[start.end():end.start() if end else len(text)]
    return EMPHASIS.sub(r"\1", PICTURE.sub("", text))


def gutenberg_book(raw: bytes) -> Iterator[str]:
    """Paragraphs of a Project Gutenberg book."""
    for line in paragraphs(gutenberg_text(raw)):
        if has_words(line) and not GUTENBERG_CREDIT.match(line):
            yield line


def gutenberg_rhymes(raw: bytes) -> Iterator[str]:
    """A rhyme a line: a title in capitals and the stanzas up to the next title."""
    title, stanzas = "", []
    for line in [*paragraphs(gutenberg_text(raw)), "END"]:
        if has_words(line):
            stanzas.append(line)
            continue
        if title and stanzas and not RHYME_LISTS.match(title):
            yield " ".join([title, *stanzas])
        title, stanzas = line, []


def conllu_paragraphs(raw: bytes) -> Iterator[str]:
    """The ``# text =`` lines between ``# newdoc`` and ``# newpar``; masked texts are left out."""
    sentences: list[str] = []
    for line in [*decode(raw).splitlines(), "# newdoc"]:
        if line.startswith(("# newdoc", "# newpar")):
            if sentences:
                yield " ".join(sentences)
            sentences = []
        elif line.startswith("# text = "):
            text = one_line(line.removeprefix("# text = "))
            if text.strip("_ "):
                sentences.append(text)


def tei_paragraphs(raw: bytes) -> Iterator[str]:
    """The ``p`` elements of the TEI body, without notes."""
    body = ElementTree.fromstring(raw).find(f"{TEI}text/{TEI}body")
    for element in () if body is None else body.iter(f"{TEI}p"):
        if line := one_line("".join(element_text(element))):
            yield line


def element_text(element: ElementTree.Element) -> Iterator[str]:
    """Text of an element and those in it, without notes."""
    yield element.text or ""
    for child in element:
        if child.tag != f"{TEI}note":
            yield from element_text(child)
        yield child.tail or ""


def graded_news(raw: bytes) -> Iterator[str]:
    """Lines of an article without the reading level above it."""
    for line in map(one_line, decode(raw).splitlines()):
        if line and line not in READING_LEVELS:
            yield line


def dialogues(raw: bytes) -> Iterator[str]:
    """A dialogue a line, the utterances of both speakers after each other."""
    for dialogue in json.loads(raw):
        yield one_line(" ".join(turn["utterance"] for turn in dialogue["turns"]))


def sense_marked(raw: bytes) -> Iterator[str]:
    """Paragraphs of ``word`` elements, joined by ``break_level``, without the document's name."""
    line = ""
    for word in ElementTree.fromstring(raw).iter("word"):
        gap = word.get("break_level", JOINED)
        if gap == NEXT_PARAGRAPH:
            if line and not line.startswith("/"):
                yield one_line(line)
            line = ""
        elif gap != JOINED:
            line += " "
        line += word.get("text", "")
    if line and not line.startswith("/"):
        yield one_line(line)


def glosses(raw: bytes) -> Iterator[str]:
    """``word: definition.`` and the examples, a line each, of a WordNet ``data`` file."""
    for line in decode(raw).splitlines():
        fields, bar, gloss = line.partition(" | ")
        if line.startswith("  ") or not bar:
            continue
        word = ADJECTIVE_PLACE.sub("", fields.split(" ")[4]).replace("_", " ")
        definition = one_line(gloss.partition('"')[0]).rstrip(" ;:,-")
        if definition:
            yield f"{word}: {definition}."
        for example in QUOTED.findall(gloss):
            yield as_sentence(one_line(example))


def as_sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def pairs(raw: bytes) -> Iterator[str]:
    """``English<TAB>Spanish``; later columns are left out."""
    for line in decode(raw).splitlines():
        columns = [one_line(column) for column in line.split("\t")]
        if len(columns) >= 2 and columns[0] and columns[1]:
            yield f"{columns[0]}\t{columns[1]}"


def labelled(raw: bytes) -> Iterator[str]:
    """``label<TAB>text`` of GLUE's ``sentence<TAB>label`` with a heading."""
    for line in decode(raw).splitlines()[1:]:
        text, tab, label = line.rpartition("\t")
        if tab and text.strip():
            yield f"{label.strip()}\t{text.strip()}"
