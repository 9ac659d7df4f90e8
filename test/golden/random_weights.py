"""Weights of tiny random models."""

import torch
from make_fixtures import SPREAD

MIXING = 0.6
"""Spread of the matrices."""


@torch.no_grad()
def draw_weights(model: torch.nn.Module) -> None:
    """Every parameter drawn wide enough that heads differ and no bias is zero."""
    for name, parameter in model.named_parameters():
        if "embed_positions" in name and not parameter.requires_grad:
            continue
        # Tied embeddings would else have every token write itself again.
        parameter.normal_(0, SPREAD if parameter.ndim == 1 or "emb" in name else MIXING)
        if parameter.ndim == 1 and name.endswith("weight"):
            parameter.add_(1)
