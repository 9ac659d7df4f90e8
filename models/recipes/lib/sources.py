"""The public sources of the training data, and the folder that is built from them.

Left out, and why:

- ``senses.tsv.xz`` and ``senses-wordnet.tsv.xz``: no recipe that downloads its data reads them.
- Books of Standard Ebooks and later novels: ``books-children-misc`` has the Project Gutenberg
  titles below and no others, so it is smaller.
- Presidential addresses outside the inaugural and State of the Union corpora of NLTK.
- WordNet from wordnetcode.princeton.edu: the address is reported to be gone; NLTK's copy of the
  same release stands in for it.

``en-es.tsv`` still holds the pairs of the public Tatoeba test sets; remove those before a
translator that was trained on it is measured on them.
"""

import logging
import lzma
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

from lib import source_formats as formats
from lib.download import Download, fetch
from lib.files import write_atomically

log = logging.getLogger("recipe")
MOST_MEMBER_BYTES = 1 << 28
GUTENBERG_PAUSE = 2.0
"""Seconds between two books, as Project Gutenberg asks of programs."""

UD_RELEASE = "r2.15"
NLTK_COMMIT = "c38fae336d2400f1d7bf5754d2c13cba832e64d8"
PUBLIC_DOMAIN = "public domain in the US"
BOOKS = {
    11: "Alice's Adventures in Wonderland", 12: "Through the Looking-Glass", 16: "Peter Pan",
    35: "The Time Machine", 36: "The War of the Worlds", 43: "Dr Jekyll and Mr Hyde",
    45: "Anne of Green Gables", 46: "A Christmas Carol", 54: "The Marvelous Land of Oz",
    55: "The Wonderful Wizard of Oz", 74: "Tom Sawyer", 76: "Huckleberry Finn",
    84: "Frankenstein", 103: "Around the World in Eighty Days", 113: "The Secret Garden",
    120: "Treasure Island", 139: "The Lost World", 146: "A Little Princess",
    174: "The Picture of Dorian Gray", 215: "The Call of the Wild", 219: "Heart of Darkness",
    236: "The Jungle Book", 244: "A Study in Scarlet", 271: "Black Beauty",
    289: "The Wind in the Willows", 345: "Dracula", 421: "Kidnapped",
    479: "Little Lord Fauntleroy", 500: "Pinocchio", 514: "Little Women",
    521: "Robinson Crusoe", 708: "The Princess and the Goblin", 778: "Five Children and It",
    829: "Gulliver's Travels", 902: "The Happy Prince", 910: "White Fang", 1448: "Heidi",
    1661: "The Adventures of Sherlock Holmes", 1837: "The Prince and the Pauper",
    1874: "The Railway Children", 2591: "Grimms' Fairy Tales", 2781: "Just So Stories",
    2852: "The Hound of the Baskervilles",
}


class SourceError(RuntimeError):
    """A source does not hold what its parser reads."""


@dataclass(frozen=True)
class Source:
    """A file of the data folder, and what it is made from.

    ``members`` matches the names of the files to read in zip archives; of names with the same
    last group, the one deepest down is read. ``characters`` is about how much of all documents
    is taken, the same from the start of each.
    """

    file: str
    licence: str
    downloads: tuple[Download, ...]
    parse: formats.Parser
    members: str | None = None
    characters: int | None = None


def github_archive(repository: str, commit: str) -> Download:
    """A zip archive of all files at a commit."""
    return Download(f"https://github.com/{repository}/archive/{commit}.zip")


def treebank(name: str, file: str) -> Download:
    """A file of a Universal Dependencies treebank at a release."""
    return Download("https://raw.githubusercontent.com/UniversalDependencies/"
                    f"{name}/{UD_RELEASE}/{file}")


def nltk_corpus(name: str, sha256: str | None = None) -> Download:
    """A zip archive of NLTK's data."""
    return Download(f"https://raw.githubusercontent.com/nltk/nltk_data/{NLTK_COMMIT}"
                    f"/packages/corpora/{name}.zip", sha256)


def gutenberg(book: int) -> Download:
    """The plain text of a Project Gutenberg book."""
    return Download(f"https://www.gutenberg.org/cache/epub/{book}/pg{book}.txt",
                    pause=GUTENBERG_PAUSE)


SST2 = Download("https://dl.fbaipublicfiles.com/glue/data/SST-2.zip",
                "d67e16fb55739c1b32cdce9877596db1c127dc322d93c082281f64057c16deaa")

SOURCES = (
    # The copy of manythings.org's spa-eng.zip of 2018-05-13, which no longer changes.
    Source("en-es.tsv", "CC BY 2.0 FR, Tatoeba by way of manythings.org",
           (Download("https://storage.googleapis.com/download.tensorflow.org/data/spa-eng.zip"),),
           formats.pairs, r"(?:.*/)?spa\.txt"),
    Source("sst2-train.tsv", "none stated; Stanford Sentiment Treebank by way of GLUE",
           (SST2,), formats.labelled, r"SST-2/train\.tsv"),
    Source("sst2-dev.tsv", "none stated; Stanford Sentiment Treebank by way of GLUE",
           (SST2,), formats.labelled, r"SST-2/dev\.tsv"),
    Source("mlm/books-children-misc.txt.xz", PUBLIC_DOMAIN,
           tuple(gutenberg(book) for book in BOOKS), formats.gutenberg_book),
    Source("mlm/eltec.txt.xz", "texts public domain, markup CC BY 4.0",
           (github_archive("COST-ELTeC/ELTeC-eng", "0d4f12ec993ffdeca7c63d2fa643066ac50a277a"),),
           formats.tei_paragraphs, r"[^/]+/level[01]/(ENG[^/]+\.xml)", 12_000_000),
    Source("mlm/ewt-sources.txt.xz", "CC BY-SA 4.0",
           (treebank("UD_English-EWT", "en_ewt-ud-train.conllu"),), formats.conllu_paragraphs),
    Source("mlm/gum.txt.xz", "CC BY, BY-SA or BY-NC-SA, by document",
           (treebank("UD_English-GUM", "en_gum-ud-train.conllu"),), formats.conllu_paragraphs),
    Source("mlm/masc-semcor.txt.xz", "annotation CC BY 4.0; licences of MASC and SemCor",
           (github_archive("google-research-datasets/word_sense_disambigation_corpora",
                           "451a1ce9289df797488e2a67e0e7963230085407"),),
           formats.sense_marked, r"[^/]+/(?:masc|semcor)/.+\.xml"),
    Source("mlm/novels100.txt.xz", PUBLIC_DOMAIN,
           (github_archive("computationalstylistics/100_english_novels",
                           "b94dc51e0ffcfce4e902d65b56492cf0eaaaf332"),),
           formats.text_paragraphs, r"[^/]+/corpus/[^/]+\.txt", 12_000_000),
    Source("mlm/nursery-rhymes.txt.xz", PUBLIC_DOMAIN,
           (gutenberg(10607),), formats.gutenberg_rhymes),
    Source("mlm/onestop-english.txt.xz", "CC BY-SA 4.0",
           (github_archive("nishkalavallabhi/OneStopEnglishCorpus",
                           "414454e240bb006a2a60d929edf88f967f7a9058"),),
           formats.graded_news,
           r"[^/]+/Texts-SeparatedByReadingLevel/(?:[^/]+/)+([^/]+\.txt)"),
    Source("mlm/sgd-dialogues.txt.xz", "CC BY-SA 4.0",
           (github_archive("google-research-datasets/dstc8-schema-guided-dialogue",
                           "0168cd3b3644e586f09d5062b962d59895784f21"),),
           formats.dialogues, r"[^/]+/train/(dialogues_\d+\.json)", 5_000_000),
    Source("mlm/us-speeches.txt.xz", PUBLIC_DOMAIN,
           (nltk_corpus("inaugural"),
            nltk_corpus("state_union",
                        "366c1dc82b2abf896f42b2ec50ba802a0141a29f75d29ca48a7a243ce5bfbe8d")),
           formats.text_paragraphs, r"(?:inaugural|state_union)/[^/]+\.txt"),
    Source("mlm/wordnet-glosses.txt.xz", "WordNet 3.0 licence",
           (nltk_corpus("wordnet"),), formats.glosses, r"wordnet/data\.(?:noun|verb|adj|adv)"),
)


def download_data(folder: Path) -> Path:
    """Builds the files of ``SOURCES`` that are not in ``folder`` yet, and returns ``folder``.

    Raises ``DownloadError`` or ``SourceError``; files that were built before that stay.
    """
    for source in SOURCES:
        if not (folder / source.file).exists():
            log.info("building %s (%s)", folder / source.file, source.licence)
            build(source, folder)
    return folder


def build(source: Source, folder: Path) -> None:
    """Writes one file of the folder."""
    paths = [fetch(download, folder, source.file) for download in source.downloads]
    try:
        documents = [document for path in paths for document in open_documents(source, path)]
        write_atomically(folder / source.file,
                         lambda partial: write_lines(partial, source, documents))
    except (SourceError, ParseError, zipfile.BadZipFile, ValueError, LookupError) as error:
        places = paths[0] if len(paths) == 1 else f"one of {paths[0].parent}/*"
        raise SourceError(f"{source.file}: {places} could not be read ({error}). "
                          "If it is not the file that its address names, remove it.") from error


def open_documents(source: Source, path: Path) -> Iterator[Callable[[], bytes]]:
    """Functions that read the documents of a downloaded file. Raises ``SourceError`` if none."""
    if source.members is None:
        yield path.read_bytes
        return
    with zipfile.ZipFile(path) as archive:
        names = chosen(archive.namelist(), re.compile(source.members))
    if not names:
        raise SourceError(f"{path.name} has no files like {source.members}")
    for name in names:
        yield lambda name=name: read_member(path, name)


def chosen(names: list[str], members: re.Pattern[str]) -> list[str]:
    """The names that match, sorted; of those with the same last group the deepest."""
    matches = (members.fullmatch(name) for name in names)
    by_depth = sorted(filter(None, matches), key=lambda match: (match[0].count("/"), match[0]))
    return sorted({match[members.groups]: match[0] for match in by_depth}.values())


def read_member(path: Path, name: str) -> bytes:
    """A file of a zip archive, in memory. Raises ``SourceError`` if it is very large."""
    with zipfile.ZipFile(path) as archive:
        if archive.getinfo(name).file_size > MOST_MEMBER_BYTES:
            raise SourceError(f"{name} has more than {MOST_MEMBER_BYTES} bytes")
        return archive.read(name)


def write_lines(path: Path, source: Source, documents: list[Callable[[], bytes]]) -> None:
    """Writes what the parser finds. Raises ``SourceError`` if that is nothing."""
    share = None if source.characters is None else source.characters // len(documents)
    opener = lzma.open if source.file.endswith(".xz") else open
    count = 0
    with opener(path, "wt", encoding="utf-8", newline="\n") as file:
        for read in documents:
            for line in first(source.parse(read()), share):
                file.write(line + "\n")
                count += 1
    if not count:
        raise SourceError("it has no text where text was expected")


def first(lines: Iterator[str], characters: int | None) -> Iterator[str]:
    """Lines up to the one that reaches a number of characters; all if there is none."""
    taken = 0
    for line in lines:
        yield line
        taken += len(line)
        if characters is not None and taken >= characters:
            return
