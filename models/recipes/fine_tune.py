"""Fine-tunes a classifier of texts on a file of labelled lines: freeze, train the head, unfreeze.

    python fine_tune.py LINES.tsv --model models/encoder --out FOLDER

LINES holds `label<TAB>text`, CSV or JSONL with `label` and `text`. The model is a Transformers
folder, or an ONNX one whose weights can be read, such as Headlight's built-in encoder or a
classifier that Headlight trained, whose head is then gone on with. FOLDER becomes a model folder:
model.onnx with `logits`, config.json with the labels, the tokenizer, figures and a card.

Progress goes to standard output as JSON lines, words to standard error. SIGINT or SIGTERM stops
after the step; the same command goes on, and `--finish` makes a model of the best weights so far.
Exit codes: 0 done, 2 usage, 3 the lines, 4 the model, 5 the loss is no number, 6 a package is
missing, 7 a file cannot be written, 8 memory, 130 stopped.
"""

import argparse
import os
import sys
from pathlib import Path

from lib.fine_tuning.failures import FineTuneError, MissingPackagesError
from lib.fine_tuning.progress import Stop

PACKAGES = ("torch", "transformers", "onnx", "onnxruntime")


def command_line() -> argparse.ArgumentParser:
    """The arguments."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=Path, help="file of labelled lines")
    parser.add_argument("--model", type=Path, required=True,
                        help="model folder, or one of its ONNX files")
    parser.add_argument("--out", type=Path, required=True, help="folder to make")
    parser.add_argument("--frozen-out", type=Path,
                        help="folder to make of the classifier before anything is unfrozen")
    parser.add_argument("--work", type=Path, help="folder for the checkpoint (default: OUT.work)")
    parser.add_argument("--pooling", choices=("cls", "mean"),
                        help="vector of a text (default: cls where there is such a token)")
    parser.add_argument("--epochs", type=int, default=4, help="most epochs with all unfrozen")
    parser.add_argument("--batch", type=int, default=16, help="lines a step")
    parser.add_argument("--rate", type=float, default=5e-5,
                        help="learning rate of the last layer; those below learn slower")
    parser.add_argument("--seed", type=int, default=1, help="what is held out, and all chance")
    parser.add_argument("--device", choices=("cpu", "cuda"),
                        help="default: cuda where there is one")
    parser.add_argument("--threads", type=int, help="threads of the CPU")
    parser.add_argument("--finish", action="store_true",
                        help="no more steps: make a model of the best weights so far")
    return parser


def require_packages() -> None:
    """Raises ``MissingPackagesError`` with the command that installs what is missing."""
    for name in PACKAGES:
        try:
            __import__(name)
        except ImportError as error:
            raise MissingPackagesError(
                f"{sys.executable} cannot import {name} ({error}). Install what is needed: "
                f"{sys.executable} -m pip install {' '.join(PACKAGES)}") from error


def positive(arguments: argparse.Namespace) -> None:
    """Raises ``FineTuneError`` for numbers that make no sense."""
    for name in ("epochs", "batch", "rate", "threads"):
        value = getattr(arguments, name)
        if value is not None and not value > 0:
            raise FineTuneError(f"--{name} has to be greater than 0.")


def main() -> None:
    """Reads the command line; a failure is one sentence and an exit code."""
    arguments = command_line().parse_args()
    stop = Stop()
    stop.listen()
    try:
        positive(arguments)
        # Before Transformers is loaded: nothing is fetched, whatever a folder names.
        os.environ["HF_HUB_OFFLINE"] = "1"
        require_packages()
        from lib.fine_tuning.run import fine_tune
        fine_tune(arguments, stop)
    except FineTuneError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
