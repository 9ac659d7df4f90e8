"""The learning curve of a run as a picture."""

import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402


def read_history(folder: Path) -> list[dict]:
    """The run's figures in the order of their steps; of a step reported twice the later."""
    lines = (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()
    by_step = {line["step"]: line for line in map(json.loads, lines)}
    return [by_step[step] for step in sorted(by_step)]


def draw_curve(folder: Path) -> None:
    """``curve.png``: one small chart a figure, over the steps."""
    history = read_history(folder)
    names = [name for name in history[-1] if name not in ("step", "steps")]
    figure, charts = pyplot.subplots(len(names), 1, sharex=True, squeeze=False,
                                     figsize=(6, 1.6 * len(names)), layout="constrained")
    for chart, name in zip(charts[:, 0], names, strict=True):
        points = [(line["step"], line[name]) for line in history if name in line]
        chart.plot(*zip(*points, strict=True), marker=".")
        chart.set_title(name.replace("_", " "), loc="left", fontsize=9)
        chart.grid(alpha=0.3)
    charts[-1, 0].set_xlabel("step")
    figure.savefig(folder / "curve.png", dpi=120)
    pyplot.close(figure)
