"""Model cards: templates in ``cards/`` filled with measured figures."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).parents[1] / "cards"


def percent(share: float) -> str:
    """One decimal: 0.3941 is ``39.4 %``."""
    return f"{100 * share:.1f} %"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def write_card(folder: Path, template: str, values: dict[str, object]) -> None:
    """Fills ``cards/<template>.md``, all of whose names need a value; writes ``README.md``."""
    text = (TEMPLATES / f"{template}.md").read_text(encoding="utf-8")
    (folder / "README.md").write_text(Template(text).substitute(values), encoding="utf-8")
