"""Fine-tuning from labelled lines to the folder, on tiny models."""

import errno
import json
import os
import shutil
import signal
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForMaskedLM, BertModel

import fine_tune
from lib.fine_tuning import training
from lib.fine_tuning.classifier import Source, encode, load_source
from lib.fine_tuning.examples import Example, LeftOut, read_examples
from lib.fine_tuning.failures import DataError, ModelError
from lib.fine_tuning.figures import figures_of, paired, wilson
from lib.fine_tuning.split import random_numbers, split, stratified_split
from lib.model_folder import read_json
from lib.onnx_export import export, name_linear_weights
from lib.onnx_session import open_session, run
from lib.quantize import quantize_graph

FIXTURES = Path(fine_tune.__file__).parents[2] / "test" / "fixtures" / "models"
BUILT_IN = Path(fine_tune.__file__).parents[1] / "encoder"
GOOD = ["warm", "kind", "lovely", "bright"]
BAD = ["cold", "cruel", "ugly", "dull"]
OTHERS = ["the", "soup", "room", "film", "was", "a", "very", "and", "story", "."]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = {word: index for index, word in enumerate([*SPECIAL, *GOOD, *BAD, *OTHERS])}
RANDOM_OF_1 = [0.6270739405881613, 0.002735721180215478, 0.5274470399599522]
HELD_OUT_BY_7 = [1, 14, 16, 21, 27, 36, 40, 41]
TEXTS = ["the soup was warm .", "a very dull film", "kind and lovely", "."]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty lines that three of five words decide."""
    path = tmp_path_factory.mktemp("lines") / "lines.tsv"
    generator = np.random.default_rng(0)
    rows: dict[str, str] = {}
    while len(rows) < 60:
        good = len(rows) % 2 == 0
        words = [str(word) for word in generator.choice(OTHERS, size=5)]
        words[1:4] = [str(word) for word in generator.choice(GOOD if good else BAD, size=3)]
        rows[" ".join(words)] = "good" if good else "bad"
    path.write_text("".join(f"{label}\t{text}\n" for text, label in rows.items()),
                    encoding="utf-8")
    return path


def config() -> BertConfig:
    """Of a tiny BERT."""
    return BertConfig(vocab_size=len(VOCABULARY), hidden_size=32, num_hidden_layers=2,
                      num_attention_heads=4, intermediate_size=64, max_position_embeddings=16,
                      initializer_range=0.2, hidden_dropout_prob=0.02,
                      attention_probs_dropout_prob=0.02)


def write_rest(folder: Path) -> None:
    """``config.json`` and the tokenizer."""
    config().save_pretrained(folder)
    tokenizer = Tokenizer(models.WordPiece(VOCABULARY, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.save(str(folder / "tokenizer.json"))


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Transformers folder of a BERT that has learnt nothing."""
    folder = tmp_path_factory.mktemp("checkpoint")
    torch.manual_seed(0)
    BertForMaskedLM(config()).save_pretrained(folder)
    write_rest(folder)
    return folder


class Positional:
    """What the exporter calls: inputs by place, the first output alone."""

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        """[row, token, hidden or vocabulary]"""
        return super().forward(input_ids=ids, attention_mask=mask, token_type_ids=types,
                               return_dict=True)[0]


class Bare(Positional, BertModel):
    """An encoder without a head."""


class WithHead(Positional, BertForMaskedLM):
    """An encoder under a name of its own."""


def write_onnx(module: torch.nn.Module, folder: Path, opset: int) -> onnx.ModelProto:
    """As exporters do: weights of linear layers transposed, under numbers."""
    ids = torch.tensor([[2, 5, 6, 3], [2, 7, 3, 0]])
    example = {"input_ids": ids, "attention_mask": (ids != 0).long(),
               "token_type_ids": torch.zeros_like(ids)}
    tokens = {0: "batch", 1: "sequence"}
    module.set_attn_implementation("eager")
    graph = export(module, example, ["out"], {name: tokens for name in [*example, "out"]}, opset)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(graph, folder / "model.onnx")
    write_rest(folder)
    return graph


def run_recipe(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """As from a shell; returns the exit code."""
    monkeypatch.setattr(sys, "argv", ["fine_tune.py", *map(str, arguments)])
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        fine_tune.main()
    except SystemExit as ended:
        return ended.code
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
    return 0


def progress(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    """The JSON lines on standard output."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def said_by(folder: Path, texts: list[str]) -> np.ndarray:
    """Logits of an exported folder."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    feeds = dict(zip(inputs, encode(tokenizer, texts, 16, inputs), strict=True))
    return run(open_session(folder / "model.onnx"), feeds)["logits"]


def test_formats(tmp_path: Path) -> None:
    expected = [Example(1, "good", "warm, kind"), Example(2, "bad", "dull"),
                Example(3, "good", "lovely"), Example(4, "bad", "cold")]
    for name, text, shift in [
        ("a.tsv", "good\twarm, kind\nbad\tdull\r\ngood\tlovely\nbad\tcold\n", 0),
        ("b.csv", 'text,label\n"warm, kind",good\ndull,bad\nlovely,good\ncold,bad', 1),
        ("c.txt", 'good,"warm, kind"\nbad,dull\ngood,lovely\nbad,cold\n', 0),
        ("d.jsonl", "\n".join(json.dumps({"label": one.label, "text": one.text})
                              for one in expected), 0),
    ]:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        found = read_examples(path)
        assert found.labels == ["bad", "good"]
        assert found.targets == [1, 0, 1, 0]
        assert found.examples == [Example(one.line + shift, one.label, one.text)
                                  for one in expected], name


def test_lines_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('label,text\ngood,"two\nlines"\nbad,x\ngood,x\n,y\nbad,z\nbad,z\ngood,w,v\n'
                    "good,u\nbad,t\n", encoding="utf-8")
    found = read_examples(path)
    assert [(one.line, one.label) for one in found.examples] == [
        (2, "good"), (7, "bad"), (10, "good"), (11, "bad")]
    assert found.left_out == [
        LeftOut(4, "has the text of line 5, with another label"),
        LeftOut(5, "has the text of line 4, with another label"),
        LeftOut(6, "has no label"), LeftOut(8, "is the same as line 7"),
        LeftOut(9, "has 3 fields, while the header names 2")]


@pytest.mark.parametrize(("name", "text", "word"), [
    ("a.tsv", " \n", "empty"),
    ("a.tsv", "no tab here\n", "line 1 has 1 field, not a tab"),
    ("a.tsv", "good\ta\ngood\tb\n", "have the label “good”"),
    ("a.tsv", "good\ta\ngood\tb\nbad\tc\n", "one example only, such as “bad” (line 3)"),
    ("a.csv", 'good,"a\nbad,b\n', "begins in line 1"),
    ("a.jsonl", '{"text": "a"}\n', 'has no "label"'),
])
def test_data_that_cannot_be_learnt_from(name: str, text: str, word: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as raised:
        read_examples(tmp_path / name)
    assert word in str(raised.value)


def test_split_is_that_of_headlight() -> None:
    # Both by src/math/random.ts and src/math/stratified.ts.
    random = random_numbers(1)
    assert [random() for _ in range(3)] == RANDOM_OF_1
    targets = [i * i % 3 % 2 + (i % 7 == 0) for i in range(43)]
    assert stratified_split(targets, 0.2, random_numbers(7))[1] == HELD_OUT_BY_7
    parts = split(targets, 7)
    assert parts.held_out == HELD_OUT_BY_7
    assert sorted([*parts.training, *parts.validation, *parts.held_out]) == list(range(43))


def test_figures() -> None:
    figures = figures_of([0, 0, 1, 1], [0, 1, 1, 1], 0.5, 2)
    assert figures.confusion == [[1, 0], [1, 2]]
    assert figures.accuracy == 0.75
    assert figures.macro_f1 == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert wilson(8, 10) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    pair = paired([0] * 6, [1] * 6, [1] * 6)
    assert (pair.only_first, pair.only_second, pair.p) == (0, 6, 2 / 64)


@pytest.mark.parametrize("kind", ["names of a head", "bare", "old opset", "int8", "readable"])
def test_rebuilds_onnx(kind: str, checkpoint: Path, tmp_path: Path) -> None:
    model = (Bare if kind == "bare" else WithHead).from_pretrained(checkpoint)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    graph = write_onnx(model, tmp_path, 14 if kind == "old opset" else 18)
    if kind in ("int8", "readable"):
        name_linear_weights(graph)
        if kind == "int8":
            quantize_graph(graph, 256, keep=(), moments={})
        onnx.save(graph, tmp_path / "model.onnx")
    source = load_source(tmp_path, ["bad", "good"], None, TEXTS)
    assert source.difference <= 1e-4
    assert not source.has_head
    if kind != "int8":
        expected = dict(model.named_parameters())
        own = dict(source.classifier.encoder.named_parameters())
        prefix = "" if kind == "bare" else "bert."
        assert all(torch.equal(own[name], expected[prefix + name]) for name in own)
        assert len(own) > 30


def test_rebuilds_equal_biases(checkpoint: Path, tmp_path: Path) -> None:
    # Biases of nothing but zeros are stored once.
    write_onnx(Bare.from_pretrained(checkpoint), tmp_path, 18)
    assert load_source(tmp_path, ["bad", "good"], "mean", TEXTS).difference <= 1e-4


def test_rebuilds_the_built_in_encoder() -> None:
    texts = ["The cow jumped over the moon.", "She put the sheet music on the stand.", "No."]
    source = load_source(BUILT_IN, ["negative", "positive"], None, texts)
    assert source.difference <= 1e-4
    assert source.classifier.depth("bert.encoder.layer.5.output.dense.weight") == 0
    assert source.classifier.depth("bert.embeddings.word_embeddings.weight") == 6
    assert source.classifier.depth("classifier.weight") is None


@pytest.mark.parametrize("name", ["bert-tiny", "bert-tiny-dynamo", "bert-tiny-opset14",
                                  "distilbert-tiny", "gpt2-tiny", "roberta-tiny"])
def test_rebuilds_what_exporters_make(name: str) -> None:
    source = load_source(FIXTURES / name, ["bad", "good"], None, ["The cow", "a b c d", "Hi"])
    assert source.difference <= 1e-4
    assert source.classifier.pooling == ("mean" if name == "gpt2-tiny" else "cls")


def test_models_that_cannot_be_rebuilt(checkpoint: Path, tmp_path: Path) -> None:
    def failure(change: object) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        graph = write_onnx(Bare.from_pretrained(checkpoint), folder, 18)
        change(folder, graph)
        with pytest.raises(ModelError) as raised:
            load_source(folder, ["bad", "good"], None, TEXTS)
        return str(raised.value)

    def other_weights(folder: Path, graph: onnx.ModelProto) -> None:
        # A gelu that config.json does not tell of.
        for node in graph.graph.node:
            if node.op_type == "Erf":
                node.op_type = "Tanh"
        onnx.save(graph, folder / "model.onnx")

    def no_names(folder: Path, graph: onnx.ModelProto) -> None:
        node = helper.make_node("EmbedLayerNormalization", [], ["x"], domain="com.microsoft")
        del graph.graph.node[:]
        del graph.graph.initializer[:]
        graph.graph.node.append(node)
        onnx.save(graph, folder / "model.onnx")

    def other_shape(folder: Path, _graph: onnx.ModelProto) -> None:
        settings = read_json(folder / "config.json")
        (folder / "config.json").write_text(json.dumps({**settings, "intermediate_size": 48}))

    assert "differs from it" in failure(other_weights)
    assert "EmbedLayerNormalization" in failure(no_names)
    assert "without optimization" in failure(no_names)
    assert "where config.json makes" in failure(other_shape)
    assert "model.safetensors nor model.onnx" in failure(
        lambda folder, _: (folder / "model.onnx").unlink())
    assert "no config.json" in failure(lambda folder, _: (folder / "config.json").unlink())
    assert "cannot be read as ONNX" in failure(
        lambda folder, _: (folder / "model.onnx").write_bytes(b"no graph"))


def test_learns_and_goes_on(lines: Path, checkpoint: Path, tmp_path: Path,
                            monkeypatch: pytest.MonkeyPatch,
                            capsys: pytest.CaptureFixture[str]) -> None:
    out, frozen = tmp_path / "out", tmp_path / "frozen"
    common = [lines, "--rate", 5e-4, "--batch", 8, "--epochs", 8, "--seed", 4]
    assert run_recipe(monkeypatch, *common, "--model", checkpoint, "--out", out,
                      "--frozen-out", frozen) == 0
    printed = progress(capsys)
    for phase in ("frozen", "unfrozen"):
        steps = [line for line in printed if line.get("phase") == phase]
        assert [line["step"] for line in steps] == list(range(1, len(steps) + 1))
        assert min(line["loss"] for line in steps[1:]) < steps[0]["loss"]
    done = printed[-1]
    assert done["done"] == str(out)
    assert done["unfrozen"] >= 0.9
    assert done["unfrozen"] > done["frozen"]
    figures = read_json(out / "figures.json")
    assert figures["torch_difference"] <= 1e-4
    assert figures["rebuilt_difference"] is None
    assert figures["unfrozen"]["accuracy"] == done["unfrozen"]
    assert figures["best_step"] > 0
    assert read_json(frozen / "figures.json")["frozen"] == figures["frozen"]
    settings = read_json(out / "config.json")
    assert settings["id2label"] == {"0": "bad", "1": "good"}
    assert settings["label2id"] == {"bad": 0, "good": 1}
    assert settings["architectures"] == ["BertForSequenceClassification"]
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "$" not in card
    assert "12 held-out lines" in card
    found = read_examples(lines)
    held_out = [one for one in found.examples if one.line in figures["held_out_lines"]]
    assert len(held_out) == 12
    for folder, part in ((out, "unfrozen"), (frozen, "frozen")):
        said = said_by(folder, [one.text for one in held_out]).argmax(axis=1)
        right = [settings["id2label"][str(index)] == one.label
                 for index, one in zip(said.tolist(), held_out, strict=True)]
        assert sum(right) / 12 == figures[part]["accuracy"]
    # The folder is a start in its turn: with its head, in whatever order its labels are.
    swapped = {**settings, "id2label": {"0": "bad", "1": "good"}}
    (out / "config.json").write_text(json.dumps(swapped), encoding="utf-8")
    source = load_source(out, ["bad", "good"], None, TEXTS)
    assert source.has_head
    assert logits_of(source) == pytest.approx(said_by(out, TEXTS), abs=1e-4)
    assert not load_source(out, ["bad", "better"], None, TEXTS).has_head
    assert run_recipe(monkeypatch, *common, "--model", out, "--out", tmp_path / "again") == 0
    printed = progress(capsys)
    assert not any(line.get("phase") == "frozen" for line in printed)
    assert printed[-1]["frozen"] == done["unfrozen"]


@pytest.mark.parametrize("name", ["distilbert-tiny", "gpt2-tiny", "roberta-tiny"])
def test_other_families(name: str, lines: Path, tmp_path: Path,
                        monkeypatch: pytest.MonkeyPatch,
                        capsys: pytest.CaptureFixture[str]) -> None:
    assert run_recipe(monkeypatch, lines, "--model", FIXTURES / name, "--out", tmp_path / "out",
                      "--epochs", 1) == 0
    assert progress(capsys)[-1]["held_out"] == 12
    source = load_source(tmp_path / "out", ["bad", "good"], None, TEXTS)
    assert source.has_head
    assert source.difference <= 1e-4
    depths = {source.classifier.depth(key) for key, _ in source.classifier.named_parameters()}
    assert depths == {None, *range(source.classifier.encoder.config.num_hidden_layers + 1)}


def logits_of(source: Source) -> np.ndarray:
    """What the rebuilt classifier says of ``TEXTS``."""
    inputs = encode(source.tokenizer, TEXTS, source.longest, source.classifier.inputs)
    with torch.no_grad():
        return source.classifier.eval()(*map(torch.from_numpy, inputs)).numpy()


def test_goes_on_where_it_stopped(lines: Path, checkpoint: Path, tmp_path: Path,
                                  monkeypatch: pytest.MonkeyPatch,
                                  capsys: pytest.CaptureFixture[str]) -> None:
    common = [lines, "--model", checkpoint, "--rate", 2e-3, "--batch", 8, "--epochs", 3]
    stopped = [*common, "--out", tmp_path / "stopped"]
    assert run_recipe(monkeypatch, *common, "--out", tmp_path / "whole") == 0
    stop_in_step(monkeypatch, 7)
    assert run_recipe(monkeypatch, *stopped) == 130
    monkeypatch.undo()
    assert "Stopped after 7 of 15 steps" in capsys.readouterr().err
    assert not (tmp_path / "stopped").exists()
    shutil.copytree(tmp_path / "stopped.work", tmp_path / "finished.work")
    assert run_recipe(monkeypatch, *stopped, "--seed", 2) == 1
    assert "another run (other seed)" in capsys.readouterr().err
    assert run_recipe(monkeypatch, *stopped) == 0
    assert progress(capsys)[-1]["held_out"] == 12
    assert said_by(tmp_path / "stopped", TEXTS) == pytest.approx(
        said_by(tmp_path / "whole", TEXTS), abs=1e-5)
    assert not (tmp_path / "stopped.work").exists()
    # What was best until then is made into a model, without another step.
    assert run_recipe(monkeypatch, *common, "--out", tmp_path / "finished", "--finish") == 0
    assert not any("loss" in line for line in progress(capsys))
    assert read_json(tmp_path / "finished" / "figures.json")["best_step"] == 5


def stop_in_step(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Has the process be told to stop while it is in this step of the unfrozen half."""
    advance = training.Unfrozen._advance

    def stop_after(run: training.Unfrozen) -> float:
        if run.step == step - 1:
            os.kill(os.getpid(), signal.SIGTERM)
        return advance(run)
    monkeypatch.setattr(training.Unfrozen, "_advance", stop_after)


def test_failures_in_words(lines: Path, checkpoint: Path, tmp_path: Path,
                           monkeypatch: pytest.MonkeyPatch,
                           capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    common = [lines, "--model", checkpoint, "--out", out]

    def failure(*arguments: object) -> tuple[int, str]:
        code = run_recipe(monkeypatch, *arguments)
        return code, capsys.readouterr().err

    code, words = failure(tmp_path / "none.tsv", *common[1:])
    assert code == 3
    assert "Give the file's path" in words
    code, words = failure(*common, "--batch", 0)
    assert code == 1
    assert "--batch has to be" in words
    code, words = failure(*common, "--rate", 1e30)
    assert code == 5
    assert "lower --rate" in words
    code, words = failure(lines, "--model", checkpoint, "--out", tmp_path)
    assert code == 7
    assert "is there already" in words
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "onnxruntime", None)
        code, words = failure(*common)
    assert code == 6
    assert "-m pip install torch transformers onnx onnxruntime" in words

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "checkpoint.pt")
    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", full)
        code, words = failure(lines, "--model", checkpoint, "--out", tmp_path / "full")
    assert code == 7
    assert "disk is full" in words
