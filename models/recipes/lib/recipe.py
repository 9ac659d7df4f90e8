"""What all recipes share on the command line."""

import argparse
import logging
from collections.abc import Callable
from pathlib import Path

from lib.sources import download_data
from lib.training import best_device

log = logging.getLogger("recipe")
CACHE = Path(".cache/recipes")

Stage = Callable[[argparse.Namespace], None]


class CommandLine:
    """``python RECIPE.py STAGE …``; each stage has the arguments that it is given here."""

    def __init__(self, doc: str, name: str) -> None:
        self.name = name
        self.parser = argparse.ArgumentParser(
            description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
        self.stages = self.parser.add_subparsers(required=True, metavar="STAGE")

    def stage(self, name: str, run: Stage) -> argparse.ArgumentParser:
        """A stage with the arguments for data, working folder and seed."""
        stage = self.stages.add_parser(name, help=run.__doc__)
        stage.add_argument("--data", type=Path,
                           help="folder with the data; the public sources if not given")
        stage.add_argument("--work", type=Path, default=CACHE / self.name,
                           help="folder for checkpoints and curves (default: %(default)s)")
        stage.add_argument("--seed", type=int, default=1)
        stage.set_defaults(run=run)
        return stage

    def training_stage(self, run: Stage, *, steps: int, tokens: int, rate: float,
                       ) -> argparse.ArgumentParser:
        """``train``, with how long, how much at a time, how fast, and where."""
        stage = self.stage("train", run)
        stage.add_argument("--steps", type=int, default=steps)
        stage.add_argument("--minutes", type=float, help="fewer steps if that is what fits")
        stage.add_argument("--tokens", type=int, default=tokens, help="tokens a step")
        stage.add_argument("--rate", type=float, default=rate)
        stage.add_argument("--evaluate-every", type=int, default=1000, metavar="STEPS")
        stage.add_argument("--device", default=best_device(), choices=("cpu", "cuda"))
        return stage

    def export_stage(self, run: Stage) -> argparse.ArgumentParser:
        """``export``, with where to."""
        stage = self.stage("export", run)
        stage.add_argument("--out", type=Path, required=True, help="model folder")
        return stage

    def run(self) -> None:
        """Reads the command line and runs its stage."""
        logging.basicConfig(level=logging.INFO, format="%(message)s")
        logging.getLogger("gensim").setLevel(logging.WARNING)
        arguments = self.parser.parse_args()
        arguments.run(arguments)


def data_folder(arguments: argparse.Namespace) -> Path:
    """``--data``, or what was downloaded from the public sources."""
    return arguments.data or download_data(CACHE / "data")
