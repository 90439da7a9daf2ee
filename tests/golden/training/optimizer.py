"""AdamW with clipping, and a schedule, in PyTorch: writes optimizer.json beside this file.

Run: python tests/golden/training/optimizer.py   (torch 2.15, CPU, float64)
"""

import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
STEPS = 7
SETTINGS = {
    "verl": {"lr": 1e-2, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01, "clip": 1.0},
    "embedded": {"lr": 3e-2, "betas": (0.9, 0.95), "eps": 1e-6, "weight_decay": 0.0, "clip": 0.5},
    "unclipped": {"lr": 1e-3, "betas": (0.8, 0.9), "eps": 1e-8, "weight_decay": 0.3, "clip": None},
}


def gradient(step: int, size: int, phase: float) -> torch.Tensor:
    index = torch.arange(size)
    return torch.sin(1.7 * index + 0.9 * step + phase) * 10.0 ** (index % 3 - 1)


def run(setting: dict) -> dict:
    a = torch.nn.Parameter(torch.cos(torch.arange(5.0)))
    b = torch.nn.Parameter(torch.sin(torch.arange(3.0)))
    optimizer = torch.optim.AdamW(
        [a, b],
        lr=setting["lr"],
        betas=setting["betas"],
        eps=setting["eps"],
        weight_decay=setting["weight_decay"],
        foreach=False,
    )
    norms = []
    for step in range(1, STEPS + 1):
        a.grad = gradient(step, 5, 0.0)
        b.grad = gradient(step, 3, 2.0)
        limit = setting["clip"] if setting["clip"] is not None else float("inf")
        norms.append(torch.nn.utils.clip_grad_norm_([a, b], limit).item())
        optimizer.step()
    return {**setting, "norms": norms, "a": a.tolist(), "b": b.tolist()}


golden = {"torch": torch.__version__, "steps": STEPS, "runs": {name: run(s) for name, s in SETTINGS.items()}}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
