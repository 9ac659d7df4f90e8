"""Lets the tests import the recipes and their ``lib``."""

import os
import sys
from pathlib import Path

# Before PyTorch is imported: several threads wait for each other longer than such models take.
os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
