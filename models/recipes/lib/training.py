"""A training loop that can be cut off at any step and goes on where it was.

What a step sees depends on the seed and its number alone, so a run that was cut off
and one that was not end with the same weights (on one device, up to the order of sums).
"""

import copy
import ctypes
import json
import math
import multiprocessing
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from lib.curve import draw_curve
from lib.files import write_atomically
from lib.model_folder import write_json
from lib.muon import Muon

Arrays = Mapping[str, np.ndarray]
Tensors = dict[str, torch.Tensor]

PREPARED_AHEAD = 8
PLAN = "plan.json"
PREPARERS = max(1, min(8, (os.cpu_count() or 1) // 2))


@dataclass(frozen=True)
class Plan:
    """How long and how fast.

    ``rate`` is AdamW's greatest learning rate: it rises to it over ``warmup`` steps and falls
    linearly to zero. ``average`` is the decay of the running mean of the weights, which is what
    is kept (0: the last weights). ``minutes`` shortens ``steps`` to what fits, going by the
    speed of the first steps. ``tokens`` is how many a step has, for the record only.
    """

    steps: int
    rate: float
    warmup: int
    weight_decay: float = 0.01
    clip: float = 1.0
    average: float = 0.0
    minutes: float | None = None
    tokens: int = 0
    half: bool = True
    """bfloat16 on a GPU; recurrent layers are faster without."""
    evaluate_every: int = 1000
    save_every_s: float = 120.0


@dataclass(frozen=True)
class Task:
    """What is learnt: batches by step, losses by name, and figures on held-out data."""

    batch: Callable[[int, np.random.Generator], Arrays]
    losses: Callable[[torch.nn.Module, Tensors, float], Tensors]
    evaluate: Callable[[torch.nn.Module], dict[str, float]]
    """``losses`` also gets the share of the steps that are done, 0 to 1."""
    parameter_groups: Callable[[torch.nn.Module], list[dict]] | None = None
    """For AdamW, each with ``scale``; those with ``muon`` are for Muon instead."""


def learning_rate(plan: Plan, steps: int, step: int) -> float:
    """Linear warm-up, then linear decay to zero after the last step."""
    if step < plan.warmup:
        return plan.rate * (step + 1) / plan.warmup
    return plan.rate * (steps - step) / max(1, steps - plan.warmup)


def plain_groups(model: torch.nn.Module) -> list[dict]:
    """Muon for the hidden matrices, AdamW for embeddings and, without decay, for vectors."""
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    embeddings = {id(module.weight) for module in model.modules()
                  if isinstance(module, torch.nn.Embedding)}
    hidden = [p for _, p in named if p.ndim == 2 and id(p) not in embeddings]
    return [
        {"params": hidden, "scale": 1.0, "muon": True},
        {"params": [p for _, p in named if id(p) in embeddings], "scale": 1.0},
        {"params": [p for _, p in named if p.ndim < 2], "scale": 1.0, "weight_decay": 0.0},
    ]


def batches(task: Task, seed: int, first: int, steps: int) -> Iterator[Arrays]:
    """The batches of steps ``first`` to ``steps - 1``, prepared ahead in processes of their own."""
    with ProcessPoolExecutor(PREPARERS, mp_context=multiprocessing.get_context("fork"),
                             initializer=_set_preparer, initargs=(task.batch, seed)) as pool:
        ahead = [pool.submit(_prepare, step)
                 for step in range(first, min(steps, first + PREPARED_AHEAD))]
        for step in range(first, steps):
            if step + PREPARED_AHEAD < steps:
                ahead.append(pool.submit(_prepare, step + PREPARED_AHEAD))
            yield ahead.pop(0).result()


_preparer: tuple[Callable[[int, np.random.Generator], Arrays], int] | None = None


def _set_preparer(batch: Callable[[int, np.random.Generator], Arrays], seed: int) -> None:
    global _preparer
    _preparer = batch, seed
    torch.set_num_threads(1)


def _prepare(step: int) -> Arrays:
    batch, seed = _preparer
    return batch(step, np.random.default_rng((seed, step)))


class Run:
    """One training run in ``folder``: its checkpoint, plan, history and curve.

    A run that is resumed with another number of steps goes on by the new plan; the plans that
    were left are recorded.
    """

    def __init__(self, model: torch.nn.Module, task: Task, plan: Plan, folder: Path, *,
                 seed: int, device: str) -> None:
        keep_memory()
        self.model = model.to(device)
        self.task = task
        self.plan = plan
        self.folder = folder
        self.seed = seed
        self.device = device
        self.step = 0
        self.steps = plan.steps if plan.minutes is None else 0
        self.earlier: list[dict[str, int]] = []
        groups = (task.parameter_groups or plain_groups)(model)
        self.optimizers = [
            torch.optim.AdamW([group for group in groups if "muon" not in group], lr=plan.rate,
                              betas=(0.9, 0.98), eps=1e-8, weight_decay=plan.weight_decay,
                              fused=device == "cuda"),
        ]
        if matrices := [group for group in groups if "muon" in group]:
            self.optimizers.append(Muon(matrices, plan.rate, weight_decay=plan.weight_decay))
        self.mean = ([parameter.detach().clone() for parameter in model.parameters()]
                     if plan.average else [])
        folder.mkdir(parents=True, exist_ok=True)
        self._restore()

    @property
    def checkpoint(self) -> Path:
        """Everything that is needed to go on."""
        return self.folder / "checkpoint.pt"

    def train(self) -> torch.nn.Module:
        """Run to the last step; returns the model, in evaluation mode, with averaged weights."""
        if self.steps == 0:
            self.steps = self._steps_in_time()
        write_json(self.folder / PLAN, {
            "steps": self.steps, "tokens": self.plan.tokens, "rate": self.plan.rate,
            "warmup": self.plan.warmup, "seed": self.seed, "earlier": self.earlier})
        saved = time.monotonic()
        running: dict[str, float] = {}
        with tqdm(total=self.steps, initial=self.step, unit="step", mininterval=5) as bar:
            for arrays in batches(self.task, self.seed, self.step, self.steps):
                losses = self._advance(arrays)
                if self.step % 20 == 0 or self.step == self.steps:
                    running = {name: round(loss.item(), 4) for name, loss in losses.items()}
                    bar.set_postfix(running)
                bar.update()
                if self.step % self.plan.evaluate_every == 0 or self.step == self.steps:
                    self._report(running)
                if time.monotonic() - saved > self.plan.save_every_s or self.step == self.steps:
                    self._save()
                    saved = time.monotonic()
        self._use_mean()
        return self.model.eval()

    def _advance(self, arrays: Arrays) -> Tensors:
        """One step; dropout, like the batch, follows from the seed and the step's number."""
        torch.manual_seed(self.seed * 1_000_003 + self.step)
        self.model.train()
        tensors = {name: torch.from_numpy(array).to(self.device, non_blocking=True)
                   for name, array in arrays.items()}
        rate = learning_rate(self.plan, self.steps, self.step)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate * group["scale"]
            optimizer.zero_grad(set_to_none=True)
        with self._precision():
            losses = self.task.losses(self.model, tensors, self.step / self.steps)
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.plan.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        if self.mean:
            # Early on the mean must forget faster than its decay says.
            decay = min(self.plan.average, (self.step + 1) / (self.step + 10))
            with torch.no_grad():
                torch._foreach_lerp_(self.mean, list(self.model.parameters()), 1 - decay)
        self.step += 1
        return losses

    def _steps_in_time(self, warm: int = 60, timed: int = 60) -> int:
        """How many steps fit into the plan's minutes. Leaves no trace in the run."""
        before = copy.deepcopy(self.model.state_dict())
        states = [copy.deepcopy(optimizer.state_dict()) for optimizer in self.optimizers]
        mean = [part.clone() for part in self.mean]
        self.steps = self.plan.steps
        started = 0.0
        for arrays in batches(self.task, self.seed, 0, warm + timed):
            if self.step == warm:
                synchronize(self.device)
                started = time.monotonic()
            self._advance(arrays)
        synchronize(self.device)
        per_step = (time.monotonic() - started) / timed
        self.model.load_state_dict(before)
        self._restore_optimizers(states)
        self.mean, self.step = mean, 0
        return min(self.plan.steps, max(1, math.floor(self.plan.minutes * 60 / per_step)))

    def _report(self, losses: dict[str, float]) -> None:
        """Figures on held-out data with the averaged weights, appended to the history."""
        last = self._use_mean()
        self.model.eval()
        with torch.no_grad(), self._precision():
            figures = self.task.evaluate(self.model)
        self._use(last)
        line = {"step": self.step, "steps": self.steps,
                **{f"loss_{name}": value for name, value in losses.items()}, **figures}
        with (self.folder / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(json.dumps(line) + "\n")
        draw_curve(self.folder)
        tqdm.write(json.dumps(line))

    def _precision(self) -> torch.autocast:
        """bfloat16 on a GPU, if the plan has it; float32 on a CPU: most are slow with less."""
        half = self.plan.half and self.device == "cuda"
        return torch.autocast(self.device, dtype=torch.bfloat16, enabled=half)

    def _use_mean(self) -> list[torch.Tensor]:
        """Puts the averaged weights into the model; returns those that were there."""
        last = [parameter.detach().clone() for parameter in self.model.parameters()] \
            if self.mean else []
        self._use(self.mean)
        return last

    def _use(self, weights: list[torch.Tensor]) -> None:
        with torch.no_grad():
            for parameter, weight in zip(self.model.parameters(), weights, strict=False):
                parameter.copy_(weight)

    def _save(self) -> None:
        state = {"step": self.step, "steps": self.steps, "model": self.model.state_dict(),
                 "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
                 "mean": self.mean, "earlier": self.earlier}
        write_atomically(self.checkpoint, lambda path: torch.save(state, path))

    def _restore(self) -> None:
        if not self.checkpoint.exists():
            return
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self._restore_optimizers(state["optimizers"])
        self.step, self.steps, self.mean = state["step"], state["steps"], state["mean"]
        self.earlier = state["earlier"]
        if self.plan.minutes is None and self.plan.steps != self.steps:
            if self.plan.steps <= self.step:
                raise ValueError(f"{self.step} steps are done already: ask for more than that.")
            self.earlier.append({"steps": self.steps, "until": self.step})
            self.steps = self.plan.steps

    def _restore_optimizers(self, states: list[dict]) -> None:
        for optimizer, state in zip(self.optimizers, states, strict=True):
            optimizer.load_state_dict(state)


def plan_text(plan: dict) -> str:
    """The plan of a run as its model's card tells it: what ``plan.json`` holds."""
    text = f"{plan['steps']:,} steps of about {plan['tokens']:,} tokens"
    left = [f"as {old['steps']:,} until step {old['until']:,}" for old in plan["earlier"]]
    return f"{text} (planned {', '.join(left)})" if left else text


def keep_memory() -> None:
    """Has glibc keep what a step frees for the next one: a step on a CPU is then up to 1.6 times
    as fast, as the kernel need not clear the memory of every large array anew.
    """
    trim_threshold, mmap_max = -1, -4
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(mmap_max, 0)
        libc.mallopt(trim_threshold, -1)


def synchronize(device: str) -> None:
    """Waits for what a GPU still has to do."""
    if device == "cuda":
        torch.cuda.synchronize()


def best_device() -> str:
    """``cuda`` where there is one."""
    return "cuda" if torch.cuda.is_available() else "cpu"
