"""The training loop, what it is fed, and what becomes of the weights."""

import itertools
from pathlib import Path
from random import Random

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from lib.beam_search import LENGTH_PENALTY, beam_search
from lib.bpe_dropout import BpeDropout
from lib.model_folder import read_json
from lib.muon import orthogonalize
from lib.onnx_session import open_session, run
from lib.pairs import Pair, related, split_pairs, words
from lib.quantize import quantize_graph, quantize_matrix
from lib.texts import split_sentences
from lib.training import PLAN, Plan, Run, Task, learning_rate, plan_text
from lib.translation import STOP_ID, train_tokenizer


class CutOffError(Exception):
    """A run that stops in the middle."""


def little_run(folder: Path, cut_at: int | None = None, steps: int = 16,
               minutes: float | None = None) -> Run:
    """Sixteen steps of a model with dropout, a matrix for Muon, and a running mean; it counts what
    it has seen.
    """
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Dropout(0.2), torch.nn.Linear(8, 2))
    model.register_buffer("seen", torch.zeros(()))
    counted = itertools.count()

    def losses(model: torch.nn.Module, batch: dict, _done: float) -> dict:
        if next(counted) == cut_at:
            raise CutOffError
        model.seen += 1
        return {"loss": model(batch["x"]).square().mean()}
    task = Task(lambda _step, generator: {"x": generator.normal(size=(4, 6)).astype(np.float32)},
                losses, lambda _model: {"figure": 1.0})
    plan = Plan(steps, 1e-2, warmup=2, average=0.9, evaluate_every=8, save_every_s=0.0,
                minutes=minutes)
    return Run(model, task, plan, folder, seed=3, device="cpu")


def test_a_run_that_was_cut_off_ends_with_the_same_weights(tmp_path: Path) -> None:
    whole = little_run(tmp_path / "whole").train()
    with pytest.raises(CutOffError):
        little_run(tmp_path / "cut", cut_at=7).train()
    resumed = little_run(tmp_path / "cut")
    assert resumed.step == 7
    for one, other in zip(whole.parameters(), resumed.train().parameters(), strict=True):
        assert torch.equal(one, other)


def test_steps_that_are_only_timed_leave_no_trace(tmp_path: Path) -> None:
    plain = little_run(tmp_path / "plain").train()
    timed = little_run(tmp_path / "timed", minutes=10).train()
    assert timed.seen == 16
    for one, other in zip(plain.parameters(), timed.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_run_may_be_shortened_and_tells_so(tmp_path: Path) -> None:
    with pytest.raises(CutOffError):
        little_run(tmp_path, cut_at=7).train()
    with pytest.raises(ValueError, match="done already"):
        little_run(tmp_path, steps=7)
    little_run(tmp_path, steps=10).train()
    plan = read_json(tmp_path / PLAN)
    assert (plan["steps"], plan["earlier"]) == (10, [{"steps": 16, "until": 7}])
    assert plan_text(plan | {"tokens": 2048}) \
        == "10 steps of about 2,048 tokens (planned as 16 until step 7)"
    assert little_run(tmp_path, steps=10).earlier == plan["earlier"]


def test_dropped_merges_follow_from_the_seed() -> None:
    texts = ["The cow jumped over the moon.", "La vaca saltó sobre la luna.", "¿Qué? 1984…"] * 3
    tokenizer = train_tokenizer(texts, 60)
    dropping = BpeDropout(tokenizer)
    for text in [*texts, "A zebra, über 🐄"]:
        assert [*dropping.encode(text, 0, Random(1)), STOP_ID] == tokenizer.encode(text).ids
    one, same, other = (dropping.encode(texts[0], 0.5, Random(seed)) for seed in (1, 1, 2))
    assert one == same != other
    assert tokenizer.decode(one) == texts[0]
    assert len(dropping.encode(texts[0], 1, Random(1))) == len(texts[0]) + 1


def test_learning_rate_rises_and_falls_to_zero() -> None:
    plan = Plan(100, 1.0, warmup=10)
    assert learning_rate(plan, 100, 0) == pytest.approx(0.1)
    assert learning_rate(plan, 100, 9) == learning_rate(plan, 100, 10) == 1.0
    assert learning_rate(plan, 100, 55) == pytest.approx(0.5)
    assert learning_rate(plan, 100, 100) == 0.0


@pytest.mark.parametrize("shape", [(8, 8), (5, 12), (12, 5)])
def test_muon_evens_out_singular_values(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonalize(torch.randn(3, *shape)))
    assert values.min() > 0.5
    assert values.max() < 1.3


def test_nothing_related_to_a_held_out_pair_is_learnt_from() -> None:
    pairs = [Pair(f"w{a}", f"p{b}") for a in range(40) for b in (a, a + 100, 200 + a // 2)]
    split = split_pairs(pairs, 3, 5, seed=1)
    assert (len(split.validation), len(split.test)) == (3, 5)
    learnt = {side for pair in split.train for side in (pair.english, pair.spanish)}
    for pair in (*split.validation, *split.test):
        assert not {pair.english, pair.spanish} & learnt
    groups = related([Pair("Go!", "Ve."), Pair("go", "Vete."), Pair("Run", "Vete")])
    assert len(set(groups)) == 1
    assert words("Can't, go!") == ["can", "t", "go"]


def test_sentences() -> None:
    text = 'Mr. Fox ran. "Stop!" cried J. Smith. he did... And so? Yes.'
    assert split_sentences(text) == [
        "Mr. Fox ran.", '"Stop!"' + " cried J. Smith. he did...", "And so?", "Yes."]


class Table:
    """A writer whose next token depends on the last one alone."""

    def __init__(self, table: torch.Tensor) -> None:
        self.table = table

    def scores(self, last: torch.Tensor) -> torch.Tensor:
        return self.table[last]

    def reorder(self, rows: torch.Tensor) -> None:
        """Nothing is remembered."""


def test_beam_search_finds_the_best_of_all_texts() -> None:
    torch.manual_seed(1)
    table = torch.randn(5, 5).mul(2).log_softmax(dim=1)
    start, stop, limit = 0, 1, 4

    def score(text: tuple[int, ...]) -> float:
        path = [start, *text, stop]
        total = sum(float(table[a, b]) for a, b in itertools.pairwise(path))
        return total / (len(text) + 1) ** LENGTH_PENALTY

    texts = [text for length in range(limit)
             for text in itertools.product((0, 2, 3, 4), repeat=length)]
    found = beam_search(lambda _beams: Table(table), 2, beams=60, limit=limit, start=start,
                        stop=stop)
    assert found == [list(max(texts, key=score))] * 2


def test_quantized_matrix_is_close_by_channel() -> None:
    weight = np.random.default_rng(0).normal(size=(20, 30)).astype(np.float32)
    weight[3] *= 100
    stored = quantize_matrix(weight, axis=0)
    back = stored.values * stored.scales[:, None]
    assert stored.values.dtype == np.int8
    assert (np.abs(back - weight).mean(axis=1) < 0.01 * np.abs(weight).max(axis=1)).all()


def test_bias_of_a_gemm_stays_float() -> None:
    arrays = {"w": np.ones((6, 8)), "b": np.ones(8)}
    graph = helper.make_graph(
        [helper.make_node("Gemm", ["x", "w", "b"], ["y"])], "gemm",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 6])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2, 8])],
        [numpy_helper.from_array(array.astype(np.float32), name) for name, array in arrays.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    quantize_graph(model, smallest=1, keep=(), moments={})
    kinds = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    assert kinds == {"b": TensorProto.FLOAT, "w_quantized": TensorProto.INT8,
                     "w_scale": TensorProto.FLOAT}


def test_quantized_lstm_runs(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    arrays = {"w": generator.normal(size=(1, 16, 3)), "r": generator.normal(size=(1, 16, 4)) / 4}
    graph = helper.make_graph(
        [helper.make_node("LSTM", ["x", "w", "r"], ["y"], hidden_size=4)], "lstm",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [5, 2, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [5, 1, 2, 4])],
        [numpy_helper.from_array(array.astype(np.float32), name) for name, array in arrays.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    feeds = {"x": generator.normal(size=(5, 2, 3)).astype(np.float32)}
    answers = []
    for name in ("whole", "small"):
        if name == "small":
            quantize_graph(model, smallest=1, keep=(), moments={})
        onnx.save(model, tmp_path / f"{name}.onnx")
        answers.append(run(open_session(tmp_path / f"{name}.onnx"), feeds)["y"])
    assert {tensor.data_type for tensor in model.graph.initializer} == {
        TensorProto.INT8, TensorProto.FLOAT}
    np.testing.assert_allclose(*answers, atol=0.02)
    assert not np.array_equal(*answers)
