"""Sequences that are being written: prompts computed once each, then one position of some sequences a call.

Letters: N sequences, D width.
"""
import torch

from attention import PromptCache, SlabCache

# Slots are read in windows of this many, so that few shapes occur.
WINDOW = 32
# Rows are put together again once fewer than this share of those that compute is asked for.
LEAST_SHARE = 0.75


class Decoder:
    """A cache of N rows; sequences that are left out of a step keep their place, and cost nothing once they are many."""

    @torch.no_grad()
    def __init__(self, policy, prompts, copies, positions):
        self.policy, device = policy, policy.device
        count = sum(copies)
        longest = max(len(prompt) for prompt in prompts)
        capacity = -(-(longest + positions) // WINDOW) * WINDOW
        self.cache = SlabCache(policy.config.num_hidden_layers, count, capacity)
        self.place = list(range(count))
        states, lengths, row = [], [], 0
        for prompt, own in zip(prompts, copies):
            ids = torch.as_tensor(prompt, device=device)[None, :, None]
            taken = PromptCache()
            at = torch.arange(len(prompt), device=device)[None]
            hidden = policy.backbone(policy.embed(ids, torch.ones(ids.shape, device=device)), at, cache=taken)
            for layer, (keys, values) in taken.taken.items():
                self.cache.fill(layer, row, own, keys[0], values[0])
            states += [hidden[:, -1]] * own
            lengths += [len(prompt)] * own
            row += own
        self.lengths = torch.tensor(lengths, device=device)
        self.host_lengths = lengths
        self.states = torch.cat(states)

    @torch.no_grad()
    def step(self, sequences, ids, weights, offset):
        """(n, D) states after one more position of some sequences; row i of the inputs is of sequence i of them."""
        places = [self.place[sequence] for sequence in sequences]
        if len(places) < LEAST_SHARE * self.cache.active or max(places) >= self.cache.active:
            places = self.bring_together(sequences)
        cache, policy = self.cache, self.policy
        rows = torch.tensor(places, device=policy.device)
        own = policy.embed(ids, weights, offset)
        # Rows that are not asked for compute along, at a slot that is written again when they are.
        inputs = torch.zeros((cache.active, own.shape[-1]), dtype=own.dtype, device=policy.device)
        inputs[rows] = own
        longest = max(self.host_lengths[place] for place in range(cache.active)) + 1
        window = -(-longest // WINDOW) * WINDOW
        # A row that has all its positions computes along at its last one, which nothing reads again.
        lengths = self.lengths[:cache.active]
        slots = lengths.clamp_max(cache.capacity - 1)
        cache.place(slots, window)
        allowed = (torch.arange(window, device=policy.device)[None] <= slots[:, None])[:, None, None]
        hidden = policy.backbone(inputs[:, None], slots[:, None], allowed, cache)[:, 0]
        self.lengths[rows] += 1
        for place in places:
            self.host_lengths[place] += 1
        return hidden[rows]

    def bring_together(self, sequences):
        """Moves the rows of these sequences to the front; they alone compute from now on."""
        front = [self.place[sequence] for sequence in sequences]
        chosen = set(front)
        order = front + [place for place in range(self.cache.rows) if place not in chosen]
        self.cache.reorder(torch.tensor(order, device=self.policy.device))
        self.lengths = self.lengths[torch.tensor(order, device=self.policy.device)]
        self.host_lengths = [self.host_lengths[place] for place in order]
        to = {place: i for i, place in enumerate(order)}
        self.place = [to[place] for place in self.place]
        self.cache.active = len(front)
        return list(range(len(front)))
