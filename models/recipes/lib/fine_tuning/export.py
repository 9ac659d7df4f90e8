"""A classifier as a model folder: graph, configuration, tokenizer, figures and card."""

import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import torch

from lib.card import percent, table, write_card
from lib.fine_tuning.classifier import TOLERANCE, Classifier, Source, encode
from lib.fine_tuning.failures import ModelError, NotWrittenError, first_line, not_written
from lib.fine_tuning.figures import Figures, Paired
from lib.model_folder import read_json, write_json, write_sums
from lib.onnx_export import export, name_linear_weights
from lib.onnx_session import open_session, run

OPSET = 18
COPIED = re.compile(
    r"tokenizer_config\.json|special_tokens_map\.json|added_tokens\.json|vocab\.(txt|json)|"
    r"merges\.txt|spiece\.model|sentencepiece\.bpe\.model|tokenizer\.model|"
    r"(LICEN[CS]E|NOTICE).*|.*-LICENSE", re.IGNORECASE)
"""Files of a tokenizer in all its forms, and what says on which terms a model may be passed on."""
FAMILY = re.compile(r"(For[A-Z]\w*|Model)$")


@dataclass(frozen=True)
class Report:
    """What the card says beside what the model is."""

    labels: list[str]
    data: str
    split: str
    head: str
    unfrozen: str
    seed: int
    versions: str
    frozen: Figures
    best: Figures | None
    """Of all layers trained; none in the folder of the frozen classifier."""
    paired: Paired | None
    details: dict
    """For ``figures.json``."""


def export_folder(classifier: Classifier, source: Source, texts: list[str], report: Report,
                  out: Path) -> None:
    """Writes ``out`` as a whole or not at all; the graph is compared with PyTorch on ``texts``."""
    if out.exists():
        raise NotWrittenError(f"{out} is there already. Give the folder another name with --out.")
    device = next(classifier.parameters()).device
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as temporary:
            folder = Path(temporary) / "model"
            folder.mkdir()
            difference = write_graph(classifier.cpu().eval(), source, texts, folder)
            write_folder(classifier, source, report, folder, difference)
            folder.replace(out)
    except OSError as error:
        raise not_written(error) from error
    finally:
        classifier.to(device)


def write_graph(classifier: Classifier, source: Source, texts: list[str], folder: Path) -> float:
    """``model.onnx``; returns its greatest difference from PyTorch."""
    feeds = dict(zip(classifier.inputs, encode(source.tokenizer, texts, source.longest,
                                               classifier.inputs), strict=True))
    tokens = {0: "batch", 1: "sequence"}
    axes = {**{name: tokens for name in classifier.inputs}, "logits": {0: "batch"}}
    example = {name: torch.from_numpy(array) for name, array in feeds.items()}
    try:
        graph = export(classifier, example, ["logits"], axes, OPSET)
    except OSError:
        raise
    except Exception as error:
        raise ModelError("PyTorch cannot export this model to ONNX: "
                         f"{first_line(error)}. Take another model.") from error
    name_linear_weights(graph)
    onnx.save(graph, folder / "model.onnx")
    session = open_session(folder / "model.onnx")
    rows = [slice(None), slice(0, 1)]
    difference = 0.0
    for own in rows:
        with torch.no_grad():
            expected = classifier(*(tensor[own] for tensor in example.values())).numpy()
        said = run(session, {name: array[own] for name, array in feeds.items()})["logits"]
        difference = max(difference, float(np.abs(said - expected).max()))
    if not difference <= TOLERANCE:
        raise ModelError(f"The exported graph differs from PyTorch by {difference:.1e}. Report "
                         "this with the versions of torch and onnxruntime.")
    return difference


def write_folder(classifier: Classifier, source: Source, report: Report, folder: Path,
                 difference: float) -> None:
    """All but the graph."""
    config = read_json(source.folder / "config.json")
    write_json(folder / "config.json", {
        **config,
        "architectures": [f"{family(config)}ForSequenceClassification"],
        "problem_type": "single_label_classification",
        "id2label": {str(index): label for index, label in enumerate(report.labels)},
        "label2id": {label: index for index, label in enumerate(report.labels)},
    })
    source.tokenizer.no_truncation()
    source.tokenizer.save(str(folder / "tokenizer.json"))
    for path in sorted(source.folder.iterdir()):
        if path.is_file() and COPIED.fullmatch(path.name):
            shutil.copyfile(path, folder / path.name)
    write_json(folder / "figures.json", {
        **report.details, "torch_difference": difference,
        "rebuilt_difference": source.difference, "frozen": asdict(report.frozen),
        "unfrozen": report.best and asdict(report.best),
        "paired": report.paired and asdict(report.paired)})
    write_card(folder, "fine-tuned", card_values(classifier, source, report, difference))
    write_sums(folder)


def family(config: dict) -> str:
    """``Bert`` of ``BertForMaskedLM``, as Transformers names its classes."""
    known = (config.get("architectures") or [None])[0]
    if isinstance(known, str):
        return FAMILY.sub("", known)
    return "".join(part.capitalize() for part in re.split("[-_]", config.get("model_type", "")))


def card_values(classifier: Classifier, source: Source, report: Report,
                difference: float) -> dict[str, object]:
    """What the card's template names."""
    labels = [plain(label) for label in report.labels]
    own = report.best or report.frozen
    rows = [("encoder frozen, head trained", report.frozen),
            *([("all layers trained", report.best)] if report.best else [])]
    rebuilt = "" if source.difference is None else (
        " Its start was rebuilt from an ONNX file, whose norms' outputs it gave to within "
        f"{source.difference:.1e}.")
    return {
        "title": " or ".join(labels) if len(labels) <= 6 else f"{len(labels)} labels",
        "source": f"the encoder “{plain(source.name)}”",
        "vectors": "the vector of the first token" if classifier.pooling == "cls" else
                   "the mean of the vectors of all tokens, special ones included",
        "how": "both fine-tuned" if report.best else "which alone was trained",
        "inputs": ", ".join(f"`{name}`" for name in classifier.inputs),
        "count": len(labels), "data": plain(report.data), "split": report.split,
        "head": report.head, "unfrozen": report.unfrozen, "seed": report.seed,
        "versions": report.versions, "held_out": sum(map(sum, own.confusion)),
        "figures": table(["", "accuracy", "95 % confidence (Wilson)", "macro-F1", "loss"], [
            (name, percent(figures.accuracy), " – ".join(map(percent, figures.interval)),
             f"{figures.macro_f1:.3f}", f"{figures.loss:.3f}") for name, figures in rows]),
        "paired": paired_text(report.paired),
        "confusion": table(["label", *labels], [
            (label, *row) for label, row in zip(labels, own.confusion, strict=True)]),
        "difference": f"{difference:.1e}", "rebuilt": rebuilt,
    }


def paired_text(found: Paired | None) -> str:
    """How frozen and unfrozen differ on the same lines."""
    if found is None:
        return "The encoder is as it was; the folder is there to compare with."
    return (f"Of these lines, {found.only_second} are right only with all layers trained, "
            f"{found.only_first} only with the encoder frozen (exact McNemar: p = {found.p:.3f}).")


def plain(text: str) -> str:
    """Without what Markdown would take for its own signs."""
    return re.sub(r"([\\`*_[\]<>|#&])", r"\\\1", re.sub(r"[\r\n\t]+", " ", text))
