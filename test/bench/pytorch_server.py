"""PyTorch beside us: answers each line of JSON with the milliseconds that it took.

``{"ids": […]}``: one forward pass, as attention viewers on Transformers make it: eager attention with
``output_attentions=True``, the weights turned into NumPy arrays. ``{"ids": […], "mask": id}``: the log-probability of
every token but the first and last, each masked in turn, in batches. ``{"embed": [[…], …]}``: the hidden states of
every token of each text as NumPy arrays, in batches of texts of like length, with PyTorch's fused attention and
without the weights of attention. ``{"embed": [[…], …], "labels": […]}``: a classifier trained on these texts with
scikit-learn, with all that Headlight measures of it. Weights are those of the model folder.
"""

import json
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "golden"))
from make_goldens import load_model  # noqa: E402


BATCH = 32
"""Texts in a batch that is embedded."""

PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1, 1, 10)
"""Inverse strengths of the penalty that are tried, as ours."""

ROWS = 16
"""Masked copies of the text in a batch."""


def attend(model, ids: torch.Tensor) -> None:
    attentions = model(input_ids=ids, output_attentions=True).attentions
    _ = [layer.numpy() for layer in attentions]


def surprise(model, ids: torch.Tensor, mask: int) -> list[float]:
    places = torch.arange(1, ids.shape[1] - 1)
    bits = []
    for chosen in places.split(ROWS):
        rows = ids.repeat(len(chosen), 1)
        every = torch.arange(len(chosen))
        rows[every, chosen] = mask
        hidden = model.bert(input_ids=rows).last_hidden_state[every, chosen]
        logs = model.cls.predictions(hidden).log_softmax(dim=1)
        bits += logs[every, ids[0, chosen]].tolist()
    return bits


def embed(model, texts: list[list[int]]) -> list:
    """The states that the index is made of, ``[text, token, hidden]`` for each batch and state."""
    arrays = []
    by_length = sorted(texts, key=len)
    for at in range(0, len(by_length), BATCH):
        batch = by_length[at:at + BATCH]
        width = len(batch[-1])
        ids = torch.tensor([text + [0] * (width - len(text)) for text in batch])
        mask = torch.tensor([[1] * len(text) + [0] * (width - len(text)) for text in batch])
        outputs = model.bert(input_ids=ids, attention_mask=mask,
                             output_attentions=False, output_hidden_states=True)
        arrays += [state.numpy() for state in outputs.hidden_states[-3:]]
    return arrays


def train(model, texts: list[list[int]], labels: list[int]) -> None:
    """Vectors of all states by both poolings; cross-validation, the classifier, and both curves."""
    # Imported here: the other measurements need no scikit-learn.
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    size, states = model.config.hidden_size, model.config.num_hidden_layers + 1
    vectors = np.empty((2, states, len(texts), size), dtype=np.float32)
    for at in range(0, len(order), BATCH):
        rows = order[at:at + BATCH]
        width = max(len(texts[row]) for row in rows)
        ids = torch.tensor([texts[row] + [0] * (width - len(texts[row])) for row in rows])
        mask = torch.tensor([[1] * len(texts[row]) + [0] * (width - len(texts[row])) for row in rows])
        hidden = model.bert(input_ids=ids, attention_mask=mask,
                            output_hidden_states=True).hidden_states
        weights = mask[:, :, None].float()
        for state, values in enumerate(hidden):
            vectors[0, state, rows] = values[:, 0].numpy()
            vectors[1, state, rows] = ((values * weights).sum(1) / weights.sum(1)).numpy()

    def classifier(c: float):
        return make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=500))

    targets = np.array(labels)
    rows, held = train_test_split(np.arange(len(texts)), test_size=0.2, stratify=targets, random_state=1)
    last = vectors[1, -1]
    folds = StratifiedKFold(5, shuffle=True, random_state=1)
    losses = {c: cross_val_score(classifier(c), last[rows], targets[rows], cv=folds,
                                 scoring="neg_log_loss").mean() for c in PENALTIES}
    c = max(losses, key=losses.get)
    classifier(c).fit(last[rows], targets[rows]).predict_proba(last[held])
    for share in np.geomspace(8 / len(rows), 1, 8)[:-1]:
        for draw in range(5):
            some, _ = train_test_split(rows, train_size=max(8, round(share * len(rows))),
                                       stratify=targets[rows], random_state=draw)
            classifier(c).fit(last[some], targets[some]).score(last[held], targets[held])
    for pooling in vectors:
        for state in pooling:
            classifier(c).fit(state[rows], targets[rows]).score(state[held], targets[held])


def main(folder: str) -> None:
    model = load_model(Path(folder))
    print("ready", flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        ids = torch.tensor([question.get("ids", [])])
        model.set_attn_implementation("sdpa" if "embed" in question else "eager")
        start = time.perf_counter()
        with torch.inference_mode():
            if "labels" in question:
                train(model, question["embed"], question["labels"])
            elif "embed" in question:
                embed(model, question["embed"])
            elif "mask" in question:
                surprise(model, ids, question["mask"])
            else:
                attend(model, ids)
        print((time.perf_counter() - start) * 1000, flush=True)


main(sys.argv[1])
