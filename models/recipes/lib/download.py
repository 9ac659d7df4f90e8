"""Downloads that are kept, recorded and checked."""

import hashlib
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tqdm import tqdm

from lib.files import write_atomically

RECORD = "DOWNLOADS.json"
FILES = "downloads"
TIMEOUT = 60
CHUNK = 1 << 18
MOST_BYTES = 1 << 30
USER_AGENT = "headlight-recipes/1"
LOOPBACK = frozenset({"127.0.0.1", "localhost"})


class DownloadError(RuntimeError):
    """A file could not be downloaded or is not what it was."""


@dataclass(frozen=True)
class Download:
    """A public file; ``sha256`` if its hash is known, ``pause`` in seconds before it."""

    address: str
    sha256: str | None = None
    pause: float = 0

    @property
    def name(self) -> str:
        """The last part of the address."""
        return urlsplit(self.address).path.rsplit("/", 1)[-1]


class SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects unless they leave https."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str,
                         ) -> urllib.request.Request | None:
        """Raises ``URLError`` for an address that is not https."""
        require_https(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def require_https(address: str) -> None:
    """Raises ``URLError`` unless the address is https, or http on this machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise urllib.error.URLError(f"{address} is not https")


def fetch(download: Download, folder: Path, source: str) -> Path:
    """``folder/downloads/NAME``, transferred if it is not there, whole or absent.

    Its size and SHA-256 are kept in ``folder/DOWNLOADS.json``. Raises ``DownloadError``, which
    names ``source``, if the transfer fails or the hash is not the one that is known or kept.
    """
    path = folder / FILES / download.name
    record = read_record(folder)
    before = record.get(download.address)

    def check(file: Path) -> None:
        found = sha256(file)
        expected = download.sha256 or (before or {}).get("sha256", found)
        if found != expected:
            keeper = "lib/sources.py" if download.sha256 else folder / RECORD
            raise DownloadError(
                f"{source}: {download.address} has changed: its SHA-256 is {found}, and {keeper} "
                f"has {expected}. Remove {path} if it is there, and save the former file as that; "
                f"or remove the hash, to accept the new file.")
        record[download.address] = {
            "file": f"{FILES}/{download.name}", "bytes": file.stat().st_size, "sha256": found}

    def receive(partial: Path) -> None:
        with removed_on_failure(partial):
            try:
                time.sleep(download.pause)
                transfer(download.address, partial)
            except (OSError, http.client.HTTPException) as error:
                raise DownloadError(
                    f"{source}: {download.address} could not be downloaded ({reason(error)}). "
                    f"Try again later, or save that file by hand as {path}.") from error
            check(partial)

    if path.exists():
        check(path)
    else:
        write_atomically(path, receive)
    if record[download.address] != before:
        write_record(folder, record)
    return path


def transfer(address: str, path: Path) -> None:
    """Streams an address to a file. Raises ``OSError`` or ``HTTPException``."""
    require_https(address)
    request = urllib.request.Request(address, headers={"User-Agent": USER_AGENT})
    opener = urllib.request.build_opener(SafeRedirects)
    with opener.open(request, timeout=TIMEOUT) as response, path.open("wb") as file:
        length = response.headers.get("Content-Length")
        total = int(length) if length else None
        name = urlsplit(address).path.rsplit("/", 1)[-1]
        with tqdm(total=total, unit="B", unit_scale=True, desc=name, disable=None) as bar:
            while chunk := response.read(CHUNK):
                file.write(chunk)
                bar.update(len(chunk))
                if file.tell() > MOST_BYTES:
                    raise OSError(f"more than {MOST_BYTES} bytes")
        if total is not None and file.tell() != total:
            raise OSError(f"{file.tell()} of {total} bytes came")
        if file.tell() == 0:
            raise OSError("it is empty")


@contextmanager
def removed_on_failure(path: Path) -> Iterator[None]:
    """Removes the file if the block raises."""
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def reason(error: Exception) -> str:
    """``HTTP 404 Not Found``, or the message of another error."""
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__


def sha256(path: Path) -> str:
    """Hexadecimal digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_record(folder: Path) -> dict[str, dict[str, Any]]:
    """``file``, ``bytes`` and ``sha256`` by address. Empty if nothing was downloaded."""
    path = folder / RECORD
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_record(folder: Path, record: dict[str, dict[str, Any]]) -> None:
    """Writes ``folder/DOWNLOADS.json``."""
    text = json.dumps(record, indent=2, sort_keys=True) + "\n"
    write_atomically(folder / RECORD, lambda partial: partial.write_text(text, encoding="utf-8"))
