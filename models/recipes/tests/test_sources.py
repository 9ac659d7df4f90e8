"""Parsers on small samples, and downloads from a server on this machine."""

import io
import json
import lzma
import re
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError

import pytest

from lib import source_formats as formats
from lib import sources
from lib.download import RECORD, Download, DownloadError, SafeRedirects, fetch, read_record
from lib.sources import SOURCES, Source, SourceError, chosen, download_data

BOOK = ("\ufeffTitle: A Book\r\n\r\n*** START OF THE PROJECT GUTENBERG EBOOK A\r\nBOOK ***\r\n\r\n"
        "Produced by Somebody\r\n\r\n[Illustration: a\r\nhare]\r\n\r\nCHAPTER I\r\n\r\n"
        "It was a _very_\r\nfine day.\r\n\r\nThe end came.\r\n\r\n"
        "*** END OF THE PROJECT GUTENBERG EBOOK A BOOK ***\r\nlicence\r\n").encode()
RHYMES = (b"*** START OF THIS PROJECT GUTENBERG EBOOK R ***\n\nA LIST OF THE RHYMES\n\nRain  1\n\n"
          b"PREFACE\n\nRAIN\n\n  Rain, rain,\n  Go away,\n\n  Little Johnny.\n\nBEES\n\n"
          b"A swarm.\n\n"
          b"*** END OF THIS PROJECT GUTENBERG EBOOK R ***\n")
CONLLU = (b"# newdoc id = a\n# sent_id = 1\n# text = One day.\n1\tOne\tone\n\n"
          b"# text = It  rained.\n"
          b"# newpar\n# newpar_block = item (1 s)\n# text = # text = odd\n# newdoc id = b\n"
          b"# text = ____ __ _\n")
TEI = (b"<?xml version='1.0'?><TEI xmlns='http://www.tei-c.org/ns/1.0'><teiHeader><p>No</p>"
       b"</teiHeader><text><front><p>Title</p></front><body><div><head>I</head>\n<p>A <hi>very</hi>"
       b"\n fine<note>not <hi>this</hi></note> day.</p><p> </p><p>Next.</p></div></body></text>"
       b"</TEI>")
MARKED = b"""<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE D SYSTEM "d.dtd">
<D><word text="/" break_level="NO_BREAK"/><word text="a.txt" break_level="NO_BREAK"/>
<word text="It" break_level="PARAGRAPH_BREAK"/><word text="&#39;s" break_level="NO_BREAK"/>
<word text="late" lemma="late" sense="x" break_level="LINE_BREAK"/>
<word text="." break_level="NO_BREAK"/><word text="Go" break_level="SENTENCE_BREAK"/>
<word text="Then" break_level="PARAGRAPH_BREAK"/></D>"""
WORDNET = (b"  1 This is the licence | not a gloss\n"
           b"00001740 29 v 04 force_out 0 take_a_breath 0 001 * 00005041 v 0000 01 + 02 00 | draw "
           b'air into, and expel out of, the lungs; "I can breathe better"; "Really?"  \n'
           b"00001741 00 s 01 galore(ip) 0 000 | in great numbers  \n")


@pytest.mark.parametrize(("parse", "raw", "lines"), [
    (formats.gutenberg_book, BOOK, ["It was a very fine day.", "The end came."]),
    (formats.gutenberg_rhymes, RHYMES, ["RAIN Rain, rain, Go away, Little Johnny.",
                                        "BEES A swarm."]),
    (formats.conllu_paragraphs, CONLLU, ["One day. It rained.", "# text = odd"]),
    (formats.tei_paragraphs, TEI, ["A very fine day.", "Next."]),
    (formats.sense_marked, MARKED, ["It's late. Go", "Then"]),
    (formats.glosses, WORDNET, [
        "force out: draw air into, and expel out of, the lungs.", "I can breathe better.",
        "Really?", "galore: in great numbers."]),
    (formats.graded_news, b"Intermediate \r\nOne \x93two\x94.\r\n\r\nThree.", [
        "One “two”.", "Three."]),
    (formats.dialogues, json.dumps([
        {"turns": [{"speaker": "USER", "utterance": "Hi."},
                   {"speaker": "SYSTEM", "utterance": "Yes?\n"}]},
        {"turns": [{"utterance": "Bye."}]}]).encode(), ["Hi. Yes?", "Bye."]),
    (formats.pairs, "Go.\tVe.\tCC-BY 2.0\nBe.\t\nRun!\t¡Corre!\n".encode(), [
        "Go.\tVe.", "Run!\t¡Corre!"]),
    (formats.labelled, b"sentence\tlabel\na fine film \t1\nbad\t0\n", ["1\ta fine film", "0\tbad"]),
    (formats.text_paragraphs, b"A HEADING\n\nwrapped at\na width.\n\nNext one.\n", [
        "wrapped at a width.", "Next one."]),
    (formats.text_paragraphs, b"A HEADING\n" + b"a long line " * 20 + b"\nb.\n", [
        ("a long line " * 20).strip(), "b."]),
])
def test_parser(parse: formats.Parser, raw: bytes, lines: list[str]) -> None:
    """Each format becomes the lines that a reader of it expects."""
    assert list(parse(raw)) == lines


def test_encodings() -> None:
    """UTF-8, Big5 punctuation and Windows-1252 are told apart."""
    assert formats.decode("\ufeffcafé".encode()) == "café"
    assert formats.decode("America’s — yes".encode("big5")) == "America’s — yes"
    assert formats.decode("café “a”".encode("cp1252")) == "café “a”"


def test_book_without_marks() -> None:
    """An error page is not taken for a book."""
    with pytest.raises(ValueError, match="START OF"):
        list(formats.gutenberg_book(b"<html>Not found, sorry</html>"))


def test_table() -> None:
    """Every address is https, every file has one source, and no two downloads share a name."""
    downloads = {download for source in SOURCES for download in source.downloads}
    assert all(download.address.startswith("https://") for download in downloads)
    assert len({download.name for download in downloads}) == len(downloads)
    assert len({source.file for source in SOURCES}) == len(SOURCES)
    assert {"en-es.tsv", "sst2-train.tsv", "sst2-dev.tsv"} <= {source.file for source in SOURCES}
    assert all(source.licence for source in SOURCES)


def test_members() -> None:
    """Names are matched whole, and the deepest of namesakes is read."""
    names = ["r/Texts/Int/a.txt", "r/Texts/Int/Int/a.txt", "r/Texts/b.txt", "../Texts/c.txt.exe"]
    assert chosen(names, re.compile(r"[^/]+/Texts/(?:[^/]+/)*([^/]+\.txt)")) == [
        "r/Texts/Int/Int/a.txt", "r/Texts/b.txt"]
    patterns = {source.file: source.members for source in SOURCES}
    for file, name in [
        ("en-es.tsv", "spa-eng/spa.txt"), ("sst2-dev.tsv", "SST-2/dev.tsv"),
        ("mlm/eltec.txt.xz", "ELTeC-eng-0d4f/level1/ENG18652_Carroll.xml"),
        ("mlm/masc-semcor.txt.xz", "w-451a/masc/written/blog/detroit.xml"),
        ("mlm/masc-semcor.txt.xz", "w-451a/semcor/br-a01.xml"),
        ("mlm/novels100.txt.xz", "100_english_novels-b94d/corpus/Conrad_Nostromo_1904.txt"),
        ("mlm/onestop-english.txt.xz",
         "O-4144/Texts-SeparatedByReadingLevel/Int-Txt/Int-Txt/Life on Mars-int.txt"),
        ("mlm/sgd-dialogues.txt.xz", "d-0168/train/dialogues_001.json"),
        ("mlm/us-speeches.txt.xz", "state_union/1945-Truman.txt"),
        ("mlm/wordnet-glosses.txt.xz", "wordnet/data.noun"),
    ]:
        assert chosen([name, "elsewhere/" + name + ".bak"], re.compile(patterns[file])) == [name]


def zipped(files: dict[str, str]) -> bytes:
    """A zip archive with these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


class Server:
    """Serves ``bodies`` by path, counts requests, and can promise more bytes than it sends."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.missing_bytes = 0
        self.requests: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            """Answers from the outer server's bodies."""

            def do_GET(self) -> None:
                """Sends the body of the path, or 404."""
                outer.requests.append(self.path)
                if self.path not in outer.bodies:
                    self.send_error(404)
                    return
                body = outer.bodies[self.path]
                self.send_response(200)
                self.send_header("Content-Length", str(len(body) + outer.missing_bytes))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def download(self, path: str, sha256: str | None = None) -> Download:
        """A download of a path."""
        return Download(f"http://127.0.0.1:{self.http.server_port}{path}", sha256)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on this machine, stopped after the test."""
    running = Server()
    yield running
    running.http.shutdown()
    running.http.server_close()


def test_fetched_once(server: Server, tmp_path: Path) -> None:
    """A whole file is kept and recorded, and not requested again."""
    server.bodies["/a.txt"] = b"text"
    download = server.download("/a.txt")
    for _ in range(2):
        assert fetch(download, tmp_path, "a source").read_bytes() == b"text"
    assert server.requests == ["/a.txt"]
    assert read_record(tmp_path) == {download.address: {
        "file": "downloads/a.txt", "bytes": 4,
        "sha256": "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1"}}


def test_not_found(server: Server, tmp_path: Path) -> None:
    """The message names the source, the status and the place for the file."""
    with pytest.raises(DownloadError) as raised:
        fetch(server.download("/gone.txt"), tmp_path, "a source")
    for part in ("a source", "HTTP 404", "/gone.txt", str(tmp_path / "downloads/gone.txt")):
        assert part in str(raised.value)
    assert not (tmp_path / RECORD).exists()


def test_cut_off(server: Server, tmp_path: Path) -> None:
    """Half a file is an error and does not stay."""
    server.bodies["/a.txt"] = b"text"
    server.missing_bytes = 3
    with pytest.raises(DownloadError, match="4 of 7 bytes"):
        fetch(server.download("/a.txt"), tmp_path, "a source")
    assert list((tmp_path / "downloads").iterdir()) == []


def test_changed(server: Server, tmp_path: Path) -> None:
    """A file with another hash than the recorded or known one is refused and does not stay."""
    server.bodies["/a.txt"] = b"text"
    download = server.download("/a.txt")
    fetch(download, tmp_path, "a source").unlink()
    before = read_record(tmp_path)
    server.bodies["/a.txt"] = b"other"
    with pytest.raises(DownloadError, match="a source: .* has changed"):
        fetch(download, tmp_path, "a source")
    with pytest.raises(DownloadError, match="lib/sources.py has 00"):
        fetch(server.download("/a.txt", "00"), tmp_path / "known", "a source")
    assert list((tmp_path / "downloads").iterdir()) == []
    assert read_record(tmp_path) == before


def test_put_there_by_hand(server: Server, tmp_path: Path) -> None:
    """A file that is there is used and recorded without a request."""
    path = tmp_path / "downloads/a.txt"
    path.parent.mkdir()
    path.write_bytes(b"text")
    assert fetch(server.download("/a.txt"), tmp_path, "a source") == path
    assert server.requests == []
    assert len(read_record(tmp_path)) == 1


def test_only_https(tmp_path: Path) -> None:
    """Neither an address nor a redirect leaves https."""
    with pytest.raises(DownloadError, match="not https"):
        fetch(Download("http://192.0.2.1/a.txt"), tmp_path, "a source")
    with pytest.raises(URLError, match="not https"):
        SafeRedirects().redirect_request(None, None, 302, "", {}, "http://192.0.2.1/a.txt")


def test_folder(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is built from plain files and archives, cut evenly, and only once."""
    server.bodies["/pairs.zip"] = zipped({"../../spa.txt": "Go.\tVe.\n", "readme": "x\ty\n"})
    server.bodies["/books.zip"] = zipped({
        f"c/{name}.txt": f"One {name}.\n\nTwo {name}.\n\nThree {name}.\n" for name in "ab"})
    monkeypatch.setattr(sources, "SOURCES", (
        Source("en-es.tsv", "x", (server.download("/pairs.zip"),), formats.pairs, r".*/spa\.txt"),
        Source("mlm/books.txt.xz", "x", (server.download("/books.zip"),),
               formats.text_paragraphs, r"c/.*\.txt", 16),
    ))
    folder = tmp_path / "inner/data"
    for _ in range(2):
        assert download_data(folder) == folder
    assert (folder / "en-es.tsv").read_text(encoding="utf-8") == "Go.\tVe.\n"
    books = lzma.decompress((folder / "mlm/books.txt.xz").read_bytes())
    assert books == b"One a.\nTwo a.\nOne b.\nTwo b.\n"
    assert server.requests == ["/pairs.zip", "/books.zip"]
    assert not list(tmp_path.rglob("spa.txt"))


@pytest.mark.parametrize("body", [
    b"<html>moved</html>", zipped({"other.txt": "Go.\tVe.\n"}), zipped({"spa.txt": "nothing\n"})])
def test_unexpected_content(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                            body: bytes) -> None:
    """What the parser cannot read is an error that names the file, and nothing is built."""
    server.bodies["/pairs.zip"] = body
    monkeypatch.setattr(sources, "SOURCES", (
        Source("en-es.tsv", "x", (server.download("/pairs.zip"),), formats.pairs, r"spa\.txt"),))
    with pytest.raises(SourceError, match=r"en-es\.tsv: .*pairs\.zip could not be read"):
        download_data(tmp_path)
    assert not (tmp_path / "en-es.tsv").exists()
