"""Every recipe from its data to its card, on a few steps of tiny models."""

import json
import lzma
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from test_distilling import TEACHERS, write_teacher
from tiny_wordnet import write_wordnet
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig

import decoder
import encoder
import rnn
import rnn_attention
import static
import translator
from lib.encoder_model import EncoderModel

NAMES = ["cow", "dog", "cat", "girl", "boy", "king", "queen", "moon"]
VERBS = ["saw", "found", "liked", "missed", "heard", "followed"]
PLACES = ["house", "river", "garden", "town", "bank", "wood"]
SPANISH = {
    **dict(zip(NAMES, ["vaca", "perro", "gato", "niña", "niño", "rey", "reina", "luna"],
               strict=True)),
    **dict(zip(VERBS, ["vio", "encontró", "quiso", "extrañó", "oyó", "siguió"], strict=True)),
    **dict(zip(PLACES, ["casa", "río", "jardín", "pueblo", "banco", "bosque"], strict=True)),
}
WORDS = [*SPANISH, "the", "a", "in", "and", ".", "good", "bad", "film", "very"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def sentence(generator: np.random.Generator) -> tuple[str, str]:
    """English and Spanish of one of 1,728 sentences."""
    name, verb, other, place = (str(generator.choice(words))
                                for words in (NAMES, VERBS, NAMES, PLACES))
    english = f"The {name} {verb} a {other} in the {place}."
    spanish = [SPANISH[word] for word in (name, verb, other, place)]
    return english, "El {} {} un {} en el {}.".format(*spanish)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in the layout of the real one."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "mlm").mkdir()
    generator = np.random.default_rng(0)
    for name, lines in (("gum", 1800), ("wordnet-glosses", 600)):
        with lzma.open(folder / "mlm" / f"{name}.txt.xz", "wt", encoding="utf-8") as file:
            for _ in range(lines):
                file.write(" ".join(sentence(generator)[0] for _ in range(6)) + "\n")
    pairs = {sentence(generator) for _ in range(600)}
    (folder / "en-es.tsv").write_text(
        "".join(f"{a}\t{b}\n" for a, b in sorted(pairs)), encoding="utf-8")
    for part, count in (("train", 200), ("dev", 40)):
        rows = [f"{turn % 2}\tthe {generator.choice(NAMES)} film {part} {turn} is very "
                f"{'good' if turn % 2 else 'bad'} .\n" for turn in range(count)]
        (folder / f"sst2-{part}.tsv").write_text("".join(rows), encoding="utf-8")
    return folder


def run(module: object, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    """As from a shell."""
    monkeypatch.setattr(sys, "argv", [module.__name__, *map(str, arguments)])
    module.main()


def check_folder(out: Path, work: Path, *graphs: str) -> dict:
    """What every recipe leaves behind; returns the figures."""
    for name in ("README.md", "SHA256SUMS", "config.json", "tokenizer.json",
                 "tokenizer_config.json", *graphs):
        assert (out / name).stat().st_size > 0, name
    assert (work / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert "$" not in (out / "README.md").read_text(encoding="utf-8")
    return json.loads((out / "figures.json").read_text(encoding="utf-8"))


TRANSLATORS = [
    (translator, ["--size", 16, "--layers", 2],
     ["encoder_model.onnx", "decoder_model.onnx", "decoder_with_past_model.onnx"]),
    (rnn, ["--size", 32, "--embedding", 32], ["encoder_model.onnx", "decoder_model.onnx"]),
    (rnn_attention, ["--size", 32, "--embedding", 32],
     ["encoder_model.onnx", "decoder_model.onnx"]),
]


@pytest.mark.parametrize(("module", "shape", "graphs"), TRANSLATORS,
                         ids=[case[0].__name__ for case in TRANSLATORS])
def test_translators(module: object, shape: list, graphs: list[str], data: Path, tmp_path: Path,
                     monkeypatch: pytest.MonkeyPatch) -> None:
    common = ["--data", data, "--work", tmp_path / "work", "--validation", 20, "--test", 30]
    run(module, monkeypatch, "train", *common, *shape, "--steps", 60, "--tokens", 256,
        "--rate", 1e-2, "--evaluate-every", 10)
    run(module, monkeypatch, "export", *common, "--out", tmp_path / "out")
    figures = check_folder(tmp_path / "out", tmp_path / "work", *graphs)
    assert figures["torch_difference"] <= 1e-4
    assert figures["pairs"] == 30
    assert figures["bytes"]["int8"] < figures["bytes"]["float32"]
    history = (tmp_path / "work" / "history.jsonl").read_text(encoding="utf-8").splitlines()
    first, last = (json.loads(line)["validation"] for line in (history[0], history[-1]))
    assert last < first


def test_decoder(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    common = ["--data", data, "--work", tmp_path / "work", "--windows", 3]
    run(decoder, monkeypatch, "train", *common, "--vocabulary", 300, "--size", 32, "--layers", 2,
        "--steps", 20, "--tokens", 1024, "--rate", 1e-2, "--evaluate-every", 10)
    run(decoder, monkeypatch, "export", *common, "--out", tmp_path / "out")
    figures = check_folder(tmp_path / "out", tmp_path / "work", "model.onnx")
    assert figures["torch_difference"] <= 1e-4
    # Three hundred tokens are equally likely before training.
    assert figures["perplexity"]["torch"] < 200
    assert figures["perplexity"]["int8"] == pytest.approx(figures["perplexity"]["torch"], rel=0.02)


def test_static(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    common = ["--data", data, "--work", tmp_path / "work"]
    # WordSim-353 has none of this data's few words.
    monkeypatch.setattr(static, "similarity", lambda vectors: (0.0, 1.0))
    run(static, monkeypatch, "train", *common, "--words", 40, "--size", 8, "--epochs", 2)
    run(static, monkeypatch, "export", *common, "--out", tmp_path / "out")
    figures = check_folder(tmp_path / "out", tmp_path / "work", "model.onnx")
    assert len(figures["neighbours"]["bank"]) == static.NEIGHBOURS
    tokenizer = Tokenizer.from_file(str(tmp_path / "out" / "tokenizer.json"))
    assert tokenizer.encode("The  Bank, zebra").tokens == ["the", "bank", "[UNK]", "[UNK]"]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT that has learnt nothing."""
    folder = tmp_path_factory.mktemp("checkpoint")
    torch.manual_seed(0)
    # Masking draws random words from id 1000 on, as in BERT's vocabulary.
    vocabulary = {word: index for index, word in enumerate(
        [*SPECIAL, *(f"[unused{number}]" for number in range(1000)), *WORDS])}
    model = EncoderModel(BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=512, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0))
    model.save_pretrained(folder)
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer", "mask_token": "[MASK]"}), encoding="utf-8")
    return folder


@pytest.mark.parametrize("taught", [False, True], ids=["alone", "with a teacher"])
def test_encoder(taught: bool, data: Path, checkpoint: Path, tmp_path: Path,
                 monkeypatch: pytest.MonkeyPatch) -> None:
    common = ["--data", data, "--work", tmp_path / "work", "--masks", 60, "--pairs", 20]
    teacher = ["--teacher", write_teacher(tmp_path / "teacher", [*TEACHERS[:4], *WORDS, "<mask>"]),
               "--wordnet", write_wordnet(tmp_path / "wordnet")] if taught else []
    run(encoder, monkeypatch, "train", *common, *teacher, "--start", checkpoint, "--steps", 30,
        "--tokens", 512, "--rate", 1e-2, "--evaluate-every", 15)
    history = (tmp_path / "work" / "history.jsonl").read_text(encoding="utf-8").splitlines()
    last = json.loads(history[-1])
    assert ("loss_context" in last) == taught
    if taught:
        assert last["loss_whole"] < encoder.WHOLE
    run(encoder, monkeypatch, "export", *common, "--out", tmp_path / "out")
    figures = check_folder(tmp_path / "out", tmp_path / "work", "model.onnx")
    assert figures["torch_difference"] <= 1e-4
    assert figures["masks"] == 60
    # One of about a thousand words by chance.
    assert figures["int8"]["top1"] > 0.05
    assert figures["int8"]["perplexity"] < 300
