"""What can go wrong in a way that the user can mend, each with its exit code."""

import errno


class FineTuneError(Exception):
    """A whole sentence that says what happened and what to do."""

    exit_code = 1


class DataError(FineTuneError):
    """The labelled lines cannot be learnt from."""

    exit_code = 3


class ModelError(FineTuneError):
    """The model cannot be read, rebuilt or exported."""

    exit_code = 4


class DivergedError(FineTuneError):
    """The loss is no number any more."""

    exit_code = 5


class MissingPackagesError(FineTuneError):
    """This Python lacks a package."""

    exit_code = 6


class NotWrittenError(FineTuneError):
    """A file or folder cannot be written."""

    exit_code = 7


class MemoryFullError(FineTuneError):
    """The memory of the machine, or of its GPU, does not suffice."""

    exit_code = 8


class StoppedError(FineTuneError):
    """The user stopped the run."""

    exit_code = 130


def not_written(error: OSError) -> NotWrittenError:
    """What an error of the file system means for the run."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return NotWrittenError(f"The disk is full{where}. Make room and run the same command "
                               "again: it goes on from the last checkpoint.")
    return NotWrittenError(f"Writing failed{where}: {error.strerror or error}. Choose other "
                           "folders with --out and --work.")


def first_line(error: Exception) -> str:
    """Of a long message."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
