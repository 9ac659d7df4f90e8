"""The encoder's model card: a template filled with measured figures."""

from pathlib import Path
from string import Template

TEMPLATE = Path(__file__).parent / "encoder_card.md"


def percent(share: float) -> str:
    """One decimal: 0.3941 is ``39.4 %``."""
    return f"{100 * share:.1f} %"


def examples_table(examples: dict) -> str:
    """Markdown rows of the masked sentences and their likeliest words."""
    rows = ["| sentence | most likely |", "|---|---|"]
    for sentence, words in examples["masked"].items():
        said = ", ".join(f"{word['token']} {word['probability']:.2f}" for word in words)
        rows.append(f"| {sentence} | {said} |")
    return "\n".join(rows)


def pairs_table(examples: dict) -> str:
    """Markdown rows of the sentence pairs and the probability of the second."""
    rows = ["| first | second | P(next) |", "|---|---|---|"]
    for pair in examples["next"]:
        rows.append(f"| {pair['first']} | {pair['second']} | {pair['probability']:.3f} |")
    return "\n".join(rows)


def figures_table(figures: dict) -> str:
    """Markdown rows comparing the float32 graph with the one in the folder."""
    before, after = figures["float32"], figures["int8"]
    rows = ["| | float32 export | this folder |", "|---|---|---|"]
    for title, key in (("top-1 of masked words", "top1"), ("top-5 of masked words", "top5"),
                       ("next sentence", "next_sentence")):
        rows.append(f"| {title} | {percent(before[key])} | {percent(after[key])} |")
    rows.append(f"| perplexity at the masks | {before['perplexity']:.1f} "
                f"| {after['perplexity']:.1f} |")
    rows.append(f"| bytes of the graph | {before['bytes']:,} | {after['bytes']:,} |")
    return "\n".join(rows)


def write_card(folder: Path, figures: dict) -> None:
    """Fill the template and write ``README.md`` beside the model."""
    text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        masks=f"{figures['masks']:,}", pairs=f"{figures['pairs']:,}", seed=figures["seed"],
        agreement=percent(figures["agreement"]),
        torch_difference=f"{figures['torch_difference']:.1e}",
        figures=figures_table(figures),
        examples=examples_table(figures["examples"]),
        pairs_said=pairs_table(figures["examples"]),
    )
    (folder / "README.md").write_text(text, encoding="utf-8")
