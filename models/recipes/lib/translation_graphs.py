"""What the graphs of all three translators have in common."""

import torch

from lib.translation import PAD_ID, STOP_ID

OPSET = 18
SOURCE = {0: "batch", 1: "source"}
TARGET = {0: "batch", 1: "target"}


def example_source() -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and attention mask [2, 4] to trace with; the second row is padded."""
    ids = torch.tensor([[5, 6, 7, STOP_ID], [8, 9, STOP_ID, PAD_ID]])
    return ids, (ids != PAD_ID).long()
