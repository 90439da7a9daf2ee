"""Attention of every model that is loaded here, and the key-value cache of decoding.

Letters: N rows, H heads, S positions, d width of a head.
"""
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention
from transformers import Cache
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from refusal import Refusal

NAME = "soft_grpo_bench"
# Arguments that change nothing, or that the mask carries already.
HARMLESS = {"is_causal", "position_ids", "use_cache", "sliding_window", "output_attentions", "position_embeddings"}
# Scores that may be held whole; above, a kernel that holds them whole is an error, not a slow success.
MOST_SCORE_BYTES = 1 << 28


def attention(module, query, key, value, attention_mask, scaling=None, dropout=0.0, **options):
    """Scaled dot products as transformers' models call them: (N, H, S, d) -> (N, S, H, d)."""
    strange = [name for name, option in options.items() if option is not None and name not in HARMLESS]
    if strange:
        raise Refusal(f"its attention has {', '.join(strange)}")
    rows, heads, length, _ = query.shape
    repeats = heads // key.shape[1]
    packed = repeats > 1 and length == 1
    if packed:
        # One position: the heads that share keys become positions, so that the cache is never repeated.
        query = query.reshape(rows, key.shape[1], repeats, -1)
    # What shares heads by itself is for narrow numbers without a mask alone.
    shared = repeats > 1 and not packed and attention_mask is None and query.dtype != torch.float32
    if repeats > 1 and not packed and not shared:
        key, value = key.repeat_interleave(repeats, 1), value.repeat_interleave(repeats, 1)
    with sdpa_kernel(kernels(query, key)):
        out = scaled_dot_product_attention(
            query, key, value, attn_mask=attention_mask, scale=scaling,
            is_causal=attention_mask is None and length > 1,
            enable_gqa=shared,
        )
    return out.reshape(rows, heads, length, -1).transpose(1, 2).contiguous(), None


def kernels(query, key):
    """Which kernels may compute: all but those whose memory grows with the square of the length, where that matters."""
    scores = query.shape[0] * query.shape[1] * query.shape[2] * key.shape[2] * query.element_size()
    bounded = [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION]
    return bounded if query.is_cuda and scores > MOST_SCORE_BYTES else [*bounded, SDPBackend.MATH]


def register():
    """Makes `attn_implementation=NAME` known."""
    ALL_ATTENTION_FUNCTIONS.register(NAME, attention)
    ALL_MASK_ATTENTION_FUNCTIONS.register(NAME, ALL_MASK_ATTENTION_FUNCTIONS["sdpa"])


class SlabCache(Cache):
    """Keys and values of some rows in one block a layer: a fixed capacity, and a length of its own for each row."""

    def __init__(self, layers, rows, capacity):
        super().__init__(layers=[])
        self.capacity = capacity
        self.rows = rows
        self.keys, self.values = [None] * layers, [None] * layers
        # Where the coming position goes, (N) each, and how many slots are read.
        self.slots = None
        self.window = capacity
        # Rows that compute: the first ones.
        self.active = rows

    def update(self, key_states, value_states, layer_idx, *_, **__):
        """Writes one position of the active rows, (N, H, 1, d), and returns what they read, (N, H, window, d)."""
        keys, values = self.keys[layer_idx], self.values[layer_idx]
        keys[self.indices, :, self.slots] = key_states[:, :, 0]
        values[self.indices, :, self.slots] = value_states[:, :, 0]
        return keys[:self.active, :, :self.window], values[:self.active, :, :self.window]

    def place(self, slots, window):
        """Says where the coming position of every active row goes, and how many slots are read."""
        self.slots, self.window = slots, window
        self.indices = torch.arange(self.active, device=slots.device)

    def fill(self, layer, row, copies, key, value):
        """Puts a prompt's keys and values, (H, P, d), at the start of some rows; the first call makes the block."""
        heads, length, width = key.shape
        if self.keys[layer] is None:
            shape = (self.rows, heads, self.capacity, width)
            self.keys[layer] = torch.zeros(shape, dtype=key.dtype, device=key.device)
            self.values[layer] = torch.zeros((*shape[:3], value.shape[-1]), dtype=key.dtype, device=key.device)
        self.keys[layer][row:row + copies, :, :length] = key
        self.values[layer][row:row + copies, :, :length] = value

    def reorder(self, order):
        """Puts row order[i] at place i, a layer at a time."""
        for layer, (keys, values) in enumerate(zip(self.keys, self.values)):
            self.keys[layer], self.values[layer] = keys[order], values[order]

    def get_seq_length(self, *_, **__):
        """Positions and masks are given, so that nothing asks for more than a number."""
        return 0


class PromptCache(Cache):
    """Takes the keys and values of a prompt as they are computed."""

    def __init__(self):
        super().__init__(layers=[])
        self.taken = {}

    def update(self, key_states, value_states, layer_idx, *_, **__):
        self.taken[layer_idx] = (key_states, value_states)
        return key_states, value_states

    def get_seq_length(self, *_, **__):
        return 0
