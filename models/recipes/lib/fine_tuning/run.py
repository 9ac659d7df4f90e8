"""One run from the lines to the folder."""

import argparse
import hashlib
import platform
import shutil
import sys
from pathlib import Path

import onnxruntime
import torch
import transformers

from lib.fine_tuning.classifier import Source, load_source
from lib.fine_tuning.examples import Examples, read_examples
from lib.fine_tuning.export import Report, export_folder
from lib.fine_tuning.failures import DataError, MemoryFullError, NotWrittenError
from lib.fine_tuning.figures import Figures, figures_of, paired
from lib.fine_tuning.progress import Stop, say
from lib.fine_tuning.split import Split, split
from lib.fine_tuning.training import (
    FROZEN_STEPS,
    HEAD_RATE,
    LAYER_DECAY,
    Lines,
    Plan,
    Said,
    Unfrozen,
    answers,
    plan_values,
    read_features,
    train_head,
)

COMPARED = 4
"""Texts on which graphs are compared with PyTorch."""
WORK_OF = ".work"


def fine_tune(arguments: argparse.Namespace, stop: Stop) -> None:
    """From the lines to the folder; raises ``FineTuneError``."""
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    for folder in (arguments.out, arguments.frozen_out):
        if folder is not None and folder.exists() and not (
                folder == arguments.frozen_out and checkpoint_of(arguments).exists()):
            raise NotWrittenError(f"{folder} is there already. Give the folder another name.")
    try:
        Run(arguments, stop).run()
    except torch.OutOfMemoryError as error:
        raise MemoryFullError("The GPU's memory does not suffice. Take a smaller --batch, or "
                              "--device cpu.") from error
    except MemoryError as error:
        raise MemoryFullError("The memory does not suffice. Take a smaller --batch or a smaller "
                              "model.") from error


def checkpoint_of(arguments: argparse.Namespace) -> Path:
    """Where a run is kept until it is done."""
    work = arguments.work or arguments.out.with_name(arguments.out.name + WORK_OF)
    return work / "checkpoint.pt"


class Run:
    """The run of one command line."""

    def __init__(self, arguments: argparse.Namespace, stop: Stop) -> None:
        self.arguments, self.stop = arguments, stop
        self.found = read_examples(arguments.lines)
        self.split = split(self.found.targets, arguments.seed)
        if not self.split.validation:
            raise DataError(f"{arguments.lines.name} has too few examples to stop by. Give each "
                            "label at least five.")
        texts = [example.text for example in self.found.examples]
        self.compared = [texts[row] for row in self.split.training[:COMPARED]]
        say(message="Loading the model")
        self.source = load_source(arguments.model, self.found.labels, arguments.pooling,
                                  self.compared)
        device = arguments.device or ("cuda" if torch.cuda.is_available() else "cpu")
        self.plan = Plan(arguments.epochs, arguments.batch, arguments.rate, arguments.seed, device)
        self.classifier = self.source.classifier.to(device)
        self.lines = Lines(self.source.tokenizer, texts, self.found.targets, self.source.longest,
                           self.classifier)
        run_id = {"lines": digest(arguments.lines), "model": str(arguments.model.resolve()),
                  "pooling": arguments.pooling, **plan_values(self.plan)}
        self.unfrozen = Unfrozen(self.classifier, self.lines, self.split, self.plan,
                                 checkpoint_of(arguments), run_id)

    def run(self) -> None:
        """Freeze, train the head, unfreeze, export."""
        if not self.unfrozen.restore():
            self._frozen_half()
        if not self.arguments.finish:
            self.unfrozen.run(self.stop)
        self.unfrozen.use_best()
        said = answers(self.classifier, self.lines, self.split.held_out, self.plan)
        targets = self.lines.of(self.split.held_out)
        frozen = self._figures(Said(self.unfrozen.frozen, self.unfrozen.frozen_loss))
        best = self._figures(said)
        pair = paired(self.unfrozen.frozen, said.said, targets)
        say(message="Exporting")
        report = self._report(frozen, best, pair)
        export_folder(self.classifier, self.source, self.compared, report, self.arguments.out)
        shutil.rmtree(checkpoint_of(self.arguments).parent, ignore_errors=True)
        say(done=str(self.arguments.out.resolve()), frozen=frozen.accuracy, unfrozen=best.accuracy,
            held_out=len(targets),
            frozen_folder=self.arguments.frozen_out and str(self.arguments.frozen_out.resolve()))

    def _frozen_half(self) -> None:
        """Trains the head, unless the model brought one, and keeps what it says."""
        if not self.source.has_head:
            features = read_features(self.classifier, self.lines, self.plan, self.stop)
            train_head(self.classifier.classifier, features, self.found.targets, self.split,
                       self.stop, self.plan.seed)
        frozen = answers(self.classifier, self.lines, self.split.held_out, self.plan)
        if self.arguments.frozen_out is not None:
            report = self._report(self._figures(frozen), None, None)
            export_folder(self.classifier, self.source, self.compared, report,
                          self.arguments.frozen_out)
        self.unfrozen.begin(frozen)

    def _figures(self, said: Said) -> Figures:
        return figures_of(said.said, self.lines.of(self.split.held_out), said.loss,
                          len(self.found.labels))

    def _report(self, frozen: Figures, best: Figures | None, pair: object) -> Report:
        return Report(
            self.found.labels, data_text(self.arguments.lines.name, self.found, self.lines,
                                         self.source),
            split_text(self.split), head_text(self.source), self._unfrozen_text(best is not None),
            self.plan.seed, versions(), frozen, best, pair,
            {"lines_sha256": digest(self.arguments.lines),
             "held_out_lines": [self.found.examples[row].line for row in self.split.held_out],
             "validation_lines": [self.found.examples[row].line for row in self.split.validation],
             "left_out": [{"line": one.line, "reason": one.reason} for one in self.found.left_out],
             "plan": {**plan_values(self.plan), "device": self.plan.device},
             "best_step": self.unfrozen.best_step, "curve": self.unfrozen.curve})

    def _unfrozen_text(self, trained: bool) -> str:
        if not trained:
            return "left as they were"
        best, steps = self.unfrozen.best_step, self.unfrozen.step
        kept = f"those of step {best} had the lowest validation loss and are kept" if best else \
            "none is kept, as no epoch came to its end"
        return (f"AdamW, learning rate {self.plan.rate:g}, a layer {LAYER_DECAY:g} of the one "
                f"above it, the head {HEAD_RATE:g} times as much; {steps} steps of "
                f"{self.plan.batch} lines, of which {kept}")


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def data_text(name: str, found: Examples, lines: Lines, source: Source) -> str:
    """What was learnt from."""
    cut = sum(length >= source.longest for length in lines.lengths)
    longer = f"; {cut} texts fill the window of {source.longest} tokens or are cut" if cut else ""
    return f"{name}: {len(found.examples)} examples, {len(found.left_out)} lines left out{longer}"


def split_text(parts: Split) -> str:
    """How the examples are parted."""
    return (f"{len(parts.training)} to train on, {len(parts.validation)} to stop by, "
            f"{len(parts.held_out)} held out; each label in proportion")


def head_text(source: Source) -> str:
    """How the head came to be."""
    if source.has_head:
        return "as the model brought it, trained before on the frozen encoder"
    return (f"multinomial logistic regression on standardized vectors of the frozen encoder, at "
            f"most {FROZEN_STEPS} steps, stopped by the validation lines")


def versions() -> str:
    """Of what the run depends on."""
    return (f"Python {platform.python_version()}, torch {torch.__version__}, transformers "
            f"{transformers.__version__}, onnxruntime {onnxruntime.__version__} on "
            f"{sys.platform}")
