"""One micro-batch of prompts with completions: states, what is read of them, and the gradient of what comes back.

A row is a prompt with one or more of its completions behind it, [prompt | c1 | c2 | ...]: each completion sees the prompt
and itself, at positions that go on from the prompt.

Letters: R rows, S positions of the longest, N scored positions, D width.
"""
from contextlib import nullcontext

import torch

from sharding import summed_in_32_bits

PROMPT, PADDING = 0, -1


class MicroBatch:
    """What is fed, and which positions are scored: those after which a completion acts, in the order of completions."""

    def __init__(self, policy, rows, ids, weights, offsets, train_inputs):
        """rows: for each, the length of its prompt and of the inputs of its completions; ids and weights (P, K) of all
        positions one row after the other; offsets (P, D), or None."""
        device = policy.device
        lengths = [prompt + sum(completions) for prompt, completions in rows]
        count, longest = len(rows), max(lengths)
        segments = torch.full((count, longest), PADDING)
        positions = torch.arange(longest).repeat(count, 1)
        fed = torch.cat([row * longest + torch.arange(length) for row, length in enumerate(lengths)])
        scored = []
        for row, (prompt, completions) in enumerate(rows):
            segments[row, :prompt] = PROMPT
            start = prompt
            for segment, length in enumerate(completions, 1):
                segments[row, start:start + length] = segment
                positions[row, start:start + length] = torch.arange(prompt, prompt + length)
                scored.append(row * longest + torch.cat([torch.tensor([prompt - 1]), torch.arange(start, start + length)]))
                start += length
        allowed = None
        if any(len(completions) > 1 for _, completions in rows):
            own = segments.to(device)
            same = (own[:, :, None] == own[:, None, :]) | (own == PROMPT)[:, None, :]
            allowed = (same & torch.ones((longest, longest), dtype=torch.bool, device=device).tril())[:, None]

        def compute():
            embedded = policy.embed(ids, weights, offsets, train_inputs)
            flat = torch.zeros((count * longest, embedded.shape[-1]), dtype=embedded.dtype, device=device)
            inputs = flat.index_copy(0, fed.to(device), embedded).view(count, longest, -1)
            return policy.backbone(inputs, positions.to(device), allowed)

        hidden = policy.run(compute)
        self.policy = policy
        # (N, D), with its graph where gradients are wanted.
        self.states = hidden.reshape(count * longest, -1).index_select(0, torch.cat(scored).to(device))

    def backward(self, slopes_of, chunk):
        """Adds to the gradients what the scored positions hand back, by chunks of rows.

        slopes_of(logits, first, last): pairs of what is read there and the slopes by it.
        """
        states = self.states.detach().requires_grad_()
        shared = self.policy.shards is not None
        with summed_in_32_bits(list(self.policy.head_module.parameters())) if shared else nullcontext():
            for first in range(0, len(states), chunk):
                last = min(first + chunk, len(states))
                pairs = slopes_of(self.policy.head(states[first:last]), first, last)
                if pairs:
                    torch.autograd.backward([value for value, _ in pairs], [slope for _, slope in pairs])
        if shared or states.grad is not None:
            # Layers in pieces sum their gradients over processes, also that of one that has nothing to add.
            self.states.backward(torch.zeros_like(states) if states.grad is None else states.grad)
