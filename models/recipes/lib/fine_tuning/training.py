"""Freeze, train the head, unfreeze: the two halves of transfer learning.

What a step sees follows from the seed and its number, so a run that was stopped and goes on ends
with the same weights as one that was not.
"""

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from lib.files import write_atomically
from lib.fine_tuning.classifier import Classifier, encode
from lib.fine_tuning.failures import DivergedError, FineTuneError, StoppedError, not_written
from lib.fine_tuning.progress import Stop, say
from lib.fine_tuning.split import Split

FROZEN_STEPS = 300
FROZEN_RATE = 0.02
FROZEN_PATIENCE = 40
"""Steps without a lower validation loss until the head is trained."""
HEAD_RATE = 5.0
"""Learning rate of the head above that of the last layer, once all is unfrozen."""
LAYER_DECAY = 0.9
"""Learning rate of a layer as a share of that of the layer above it: what is general changes least
(discriminative fine-tuning, Howard & Ruder 2018, arXiv:1801.06146).
"""
WARMUP = 0.1
WEIGHT_DECAY = 0.01
CLIP = 1.0
PATIENCE = 2
"""Epochs without a lower validation loss until the run ends."""
SAVE_EVERY_S = 60.0


@dataclass(frozen=True)
class Plan:
    """How long and how fast the unfrozen half learns."""

    epochs: int
    batch: int
    rate: float
    """Greatest learning rate of the last layer."""
    seed: int
    device: str


@dataclass(frozen=True)
class Said:
    """Of some examples: the class that is most probable for each, and the mean loss."""

    said: list[int]
    loss: float

    def accuracy(self, targets: list[int]) -> float:
        """Share of right answers."""
        return float(np.mean(np.array(self.said) == np.array(targets)))


class Lines:
    """The examples as tokens, in batches of like length."""

    def __init__(self, tokenizer: Tokenizer, texts: list[str], targets: list[int], longest: int,
                 classifier: Classifier) -> None:
        self.targets = targets
        self.texts = texts
        self._encode = lambda rows: encode(tokenizer, [texts[row] for row in rows], longest,
                                           classifier.inputs)
        self.lengths = [int(length) for start in range(0, len(texts), 512)
                        for length in self._encode(range(start, min(start + 512, len(texts))))[1]
                        .sum(axis=1)]

    def batch(self, rows: list[int], device: str) -> tuple[list[torch.Tensor], torch.Tensor]:
        """Inputs [row, token] and classes [row]."""
        inputs = [torch.from_numpy(array).to(device) for array in self._encode(rows)]
        return inputs, torch.tensor([self.targets[row] for row in rows], device=device)

    def by_length(self, rows: list[int], size: int) -> Iterator[list[int]]:
        """All rows, those of like length together."""
        order = sorted(rows, key=lambda row: self.lengths[row])
        for start in range(0, len(order), size):
            yield order[start:start + size]

    def of(self, rows: list[int]) -> list[int]:
        """The classes of rows."""
        return [self.targets[row] for row in rows]


def read_features(classifier: Classifier, lines: Lines, plan: Plan, stop: Stop) -> torch.Tensor:
    """The frozen encoder's vector of every example, [example, hidden], read once."""
    classifier.eval()
    features = torch.zeros(len(lines.texts), classifier.classifier.in_features)
    done = 0
    for rows in lines.by_length(list(range(len(lines.texts))), plan.batch):
        stop.check()
        with torch.no_grad():
            inputs, _ = lines.batch(rows, plan.device)
            features[rows] = classifier.features(*inputs).cpu()
        done += len(rows)
        say(message="Reading the lines with the frozen encoder", step=done, of=len(lines.texts))
    return features


def train_head(head: torch.nn.Linear, features: torch.Tensor, targets: list[int], split: Split,
               stop: Stop, seed: int) -> None:
    """The first half: the head alone, on all training examples at once, until the validation loss
    rises. Columns are standardized while it learns, and the scale is folded into the head.
    """
    torch.manual_seed(seed)
    classes = torch.tensor(targets)
    mean = features[split.training].mean(dim=0)
    scale = features[split.training].std(dim=0).clamp_min(1e-6)
    columns = (features - mean) / scale
    weight = torch.zeros(head.out_features, head.in_features, requires_grad=True)
    bias = torch.zeros(head.out_features, requires_grad=True)
    optimizer = torch.optim.AdamW([weight, bias], lr=FROZEN_RATE, weight_decay=WEIGHT_DECAY)
    entropy = torch.nn.functional.cross_entropy
    best, best_at, kept = math.inf, 0, (weight.detach().clone(), bias.detach().clone())
    for step in range(1, FROZEN_STEPS + 1):
        stop.check()
        loss = entropy(columns[split.training] @ weight.T + bias, classes[split.training])
        require_number(loss, step, "The encoder's vectors hold no numbers: its weights are broken. "
                                   "Take another model.")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            validation = entropy(columns[split.validation] @ weight.T + bias,
                                 classes[split.validation]).item()
        say(step=step, of=FROZEN_STEPS, loss=loss.item(), phase="frozen")
        if validation < best:
            best, best_at = validation, step
            kept = (weight.detach().clone(), bias.detach().clone())
        elif step - best_at >= FROZEN_PATIENCE:
            break
    with torch.no_grad():
        head.weight.copy_(kept[0] / scale)
        head.bias.copy_(kept[1] - (kept[0] / scale) @ mean)


def answers(classifier: Classifier, lines: Lines, rows: list[int], plan: Plan) -> Said:
    """What the classifier says of some examples."""
    classifier.eval()
    said = dict.fromkeys(rows, 0)
    total = 0.0
    for own in lines.by_length(rows, plan.batch):
        with torch.no_grad():
            inputs, targets = lines.batch(own, plan.device)
            logits = classifier(*inputs)
            total += torch.nn.functional.cross_entropy(logits, targets, reduction="sum").item()
        said.update(zip(own, logits.argmax(dim=1).tolist(), strict=True))
    return Said([said[row] for row in rows], total / len(rows))


class Unfrozen:
    """The second half: everything learns, the deeper the slower. Can be stopped and gone on with.

    ``run_id`` tells runs apart: a checkpoint of another one is refused.
    """

    def __init__(self, classifier: Classifier, lines: Lines, split: Split, plan: Plan,
                 checkpoint: Path, run_id: dict) -> None:
        self.classifier, self.lines, self.split, self.plan = classifier, lines, split, plan
        self.checkpoint, self.run_id = checkpoint, run_id
        self.per_epoch = math.ceil(len(split.training) / plan.batch)
        self.steps = self.per_epoch * plan.epochs
        self.optimizer = torch.optim.AdamW(parameter_groups(classifier))
        self.step = 0
        self.frozen: list[int] = []
        self.frozen_loss = math.nan
        self.best: dict[str, torch.Tensor] = {}
        self.best_step = 0
        self.curve: list[dict] = []

    def begin(self, frozen: Said) -> None:
        """Starts from the trained head; what it said of the held-out examples is kept."""
        self.frozen, self.frozen_loss = frozen.said, frozen.loss
        self._remember_best()
        self._evaluate()
        self._save()

    def restore(self) -> bool:
        """Goes on from the checkpoint, if there is one of this run."""
        if not self.checkpoint.exists():
            return False
        state = torch.load(self.checkpoint, map_location=self.plan.device, weights_only=True)
        if state["run"] != self.run_id:
            changed = [key for key in self.run_id if state["run"].get(key) != self.run_id[key]]
            raise FineTuneError(f"{self.checkpoint.parent} holds another run (other "
                                f"{', '.join(changed)}). Choose another folder with --work, or "
                                "delete it to start anew.")
        self.classifier.load_state_dict(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.best, self.best_step = state["step"], state["best"], state["best_step"]
        self.frozen, self.frozen_loss = state["frozen"], state["frozen_loss"]
        self.curve, self.classifier.pooling = state["curve"], state["pooling"]
        return True

    def run(self, stop: Stop) -> None:
        """To the last step, or until the validation loss rises."""
        saved = time.monotonic()
        losses: list[float] = []
        while self.step < self.steps and not self._past_best():
            if stop.asked:
                self._save()
                raise StoppedError(
                    f"Stopped after {self.step} of {self.steps} steps. The same command goes on "
                    "from there; with --finish it makes a model of the best weights so far.")
            losses.append(self._advance())
            say(step=self.step, of=self.steps, loss=losses[-1], phase="unfrozen")
            ends = self.step % self.per_epoch == 0
            if ends:
                self._evaluate(float(np.mean(losses)))
                losses = []
            if ends or time.monotonic() - saved > SAVE_EVERY_S:
                self._save()
                saved = time.monotonic()

    def use_best(self) -> None:
        """Puts the weights with the lowest validation loss into the classifier."""
        self.classifier.load_state_dict(self.best)

    def _past_best(self) -> bool:
        return self.step - self.best_step >= PATIENCE * self.per_epoch

    def _rows(self) -> list[int]:
        """The examples of this step: each once an epoch, in an order of the epoch's own."""
        epoch, turn = divmod(self.step, self.per_epoch)
        generator = np.random.default_rng((self.plan.seed, epoch))
        order = generator.permutation(self.split.training)
        return order[turn * self.plan.batch:(turn + 1) * self.plan.batch].tolist()

    def _advance(self) -> float:
        # Dropout, like the batch, follows from the seed and the step's number.
        torch.manual_seed(self.plan.seed * 1_000_003 + self.step)
        self.classifier.train()
        inputs, targets = self.lines.batch(self._rows(), self.plan.device)
        loss = torch.nn.functional.cross_entropy(self.classifier(*inputs), targets)
        require_number(loss, self.step + 1, "The weights have run away. Start anew with a lower "
                                            f"--rate than {self.plan.rate:g}, and another --work.")
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.rate * group["scale"] * self._share_of_rate()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.classifier.parameters(), CLIP)
        self.optimizer.step()
        self.step += 1
        return loss.item()

    def _share_of_rate(self) -> float:
        """Linear warm-up, then linear decay to zero after the last step."""
        warm = max(1, round(WARMUP * self.steps))
        if self.step < warm:
            return (self.step + 1) / warm
        return (self.steps - self.step) / max(1, self.steps - warm)

    def _remember_best(self) -> None:
        self.best = copy.deepcopy(self.classifier.state_dict())
        self.best_step = self.step

    def _evaluate(self, loss: float | None = None) -> None:
        """On the validation examples; the best weights until now are remembered. ``loss`` is the
        mean of the epoch's steps.
        """
        said = answers(self.classifier, self.lines, self.split.validation, self.plan)
        if math.isnan(said.loss):
            raise DivergedError("The loss is no number any more. Start anew with a lower --rate "
                                f"than {self.plan.rate:g}, and another --work.")
        accuracy = said.accuracy(self.lines.of(self.split.validation))
        # The head was stopped by the same examples: its own loss there is too good to compare with.
        earlier = [point["validation_loss"] for point in self.curve[1:]]
        if self.step > 0 and said.loss < min(earlier, default=math.inf):
            self._remember_best()
        self.curve.append({"step": self.step, "loss": loss, "validation_loss": said.loss,
                           "validation_accuracy": accuracy})
        say(message=f"Validation loss {said.loss:.3f}, accuracy {100 * accuracy:.1f} %",
            step=self.step, of=self.steps)

    def _save(self) -> None:
        state = {"run": self.run_id, "weights": self.classifier.state_dict(),
                 "optimizer": self.optimizer.state_dict(), "step": self.step, "best": self.best,
                 "best_step": self.best_step, "frozen": self.frozen,
                 "frozen_loss": self.frozen_loss, "curve": self.curve,
                 "pooling": self.classifier.pooling}

        def write(path: Path) -> None:
            with path.open("wb") as file:
                torch.save(state, file)
        try:
            write_atomically(self.checkpoint, write)
        except OSError as error:
            raise not_written(error) from error


def parameter_groups(classifier: Classifier) -> list[dict]:
    """For AdamW, each with its ``scale`` of the learning rate; vectors do not decay."""
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in classifier.named_parameters():
        depth = classifier.depth(name)
        scale = HEAD_RATE if depth is None else LAYER_DECAY ** depth
        decay = WEIGHT_DECAY if parameter.ndim > 1 else 0.0
        groups.setdefault((scale, decay), []).append(parameter)
    return [{"params": parameters, "scale": scale, "weight_decay": decay}
            for (scale, decay), parameters in groups.items()]


def require_number(loss: torch.Tensor, step: int, advice: str) -> None:
    """Raises ``DivergedError`` for NaN and infinity."""
    if not torch.isfinite(loss):
        raise DivergedError(f"The loss is no number any more at step {step}. {advice}")


def plan_values(plan: Plan) -> dict:
    """What of the plan decides the weights."""
    return {name: value for name, value in asdict(plan).items() if name != "device"}
