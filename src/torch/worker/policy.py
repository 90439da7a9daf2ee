"""A causal language model of transformers, taken apart: embedding, backbone, head. What it is taken for is proved at load.

Letters: R rows, S positions, N scored positions, V vocabulary, D width, K kept tokens.
"""
import torch
from torch.nn import functional as F
from transformers import AutoConfig, AutoModelForCausalLM

import attention
from adapters import WithoutAdapter, add_adapter, trained
from refusal import Refusal
from sharding import Shards

attention.register()

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
# Two ways through the same weights differ by the rounding of their numbers: of the largest logit, or derivative.
AGREEMENT = {torch.float32: 1e-4, torch.bfloat16: 5e-2}
PROBE_POSITIONS = 7
# Wavelengths that depend on the longest sequence of a batch: a completion would depend on its neighbours.
BATCH_DEPENDENT_ROPE = {"dynamic", "longrope"}
ATTENTION = {"attn_implementation": attention.NAME}


class HeadProduct(torch.autograd.Function):
    """hidden (N, D) times head (V, D), summed and kept in 32 bits whatever the weights are stored in."""

    @staticmethod
    def forward(ctx, hidden, head):
        ctx.save_for_backward(hidden, head)
        if hidden.dtype == torch.float32:
            return hidden @ head.t()
        if hidden.is_cuda:
            return torch.mm(hidden, head.t(), out_dtype=torch.float32)
        return hidden.float() @ head.float().t()

    @staticmethod
    def backward(ctx, slopes):
        hidden, head = ctx.saved_tensors
        narrow = slopes.to(hidden.dtype)
        to_hidden = narrow @ head if ctx.needs_input_grad[0] else None
        to_head = narrow.t() @ hidden if ctx.needs_input_grad[1] else None
        return to_hidden, to_head


def fresh_model(config, device):
    """A model of `config.json` with random numbers, the same each time, made where it computes."""
    # Some kinds name a padding token by themselves, which a small vocabulary lacks; nothing here is padded with one.
    settings = {"pad_token_id": None, **config}
    kind = settings.pop("model_type")
    torch.manual_seed(0)
    with torch.device(device):
        own = AutoConfig.for_model(kind, **settings)
        return AutoModelForCausalLM.from_config(own, dtype=torch.float32, **ATTENTION)


def stored_model(folder):
    """The model of a folder, in 32 bits."""
    return AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True, trust_remote_code=False, **ATTENTION)


class Policy:
    """A model on one device: what it computes with, in 32 or 16 bits, and the numbers that are trained, always in 32.

    Shared among devices, it holds those numbers in pieces, and puts together what computes (`Shards`).
    """

    def __init__(self, model, dtype, device, shared=False):
        self.dtype, self.device = DTYPES[dtype], torch.device(device)
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        self.config = model.config
        self.model = model
        # A layer after the other goes to its device, and is taken apart there.
        self.shards = Shards(model, self.device, self.dtype) if shared else None
        self.model.to(self.device)
        self.parameters = dict(self.model.named_parameters())
        self.masters = {name: p.data for name, p in self.parameters.items()}
        if self.dtype != torch.float32 and not shared:
            # Parameters alone: rotary wavelengths are buffers, and keep their 32 bits.
            for p in self.model.parameters():
                p.data = p.data.to(self.dtype)
        self.decoder_module = self.model.get_decoder()
        self.head_module = self.model.get_output_embeddings()
        self.table_module = self.model.get_input_embeddings()
        self.model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        self.model.eval()
        self.gather()
        self.probe()
        self.scatter()

    @property
    def table(self):
        """(V, D), the input embedding table."""
        return self.table_module.weight

    def adapt(self, rank, alpha, targets):
        """Puts an adapter beside some layers, in 32 bits; it alone is trained from now on. Returns the policy without it."""
        frozen = WithoutAdapter(self, self.parameters)
        self.adapted = add_adapter(self.model, rank, alpha, targets)
        self.parameters = trained(self.adapted)
        self.masters = {name: p.data for name, p in self.parameters.items()}
        return frozen

    def run(self, call):
        """The result of a call that computes: embedding and head can be used in it, and until a backward pass or `rest`."""
        return call() if self.shards is None else self.shards.run(call)

    def rest(self):
        """Nothing computes any more."""
        if self.shards is not None:
            self.shards.rest()

    def gather(self):
        """Everything can be used, by each process alone, until `scatter`."""
        if self.shards is not None:
            self.shards.gather()

    def scatter(self):
        if self.shards is not None:
            self.shards.scatter()

    @property
    def longest(self):
        """Most positions of a sequence whose numbers depend on itself alone, under masks that are plainly causal."""
        rope = getattr(self.config, "rope_parameters", None) or {}
        limits = [self.config.max_position_embeddings, getattr(self.config, "sliding_window", None)]
        if rope.get("rope_type") in BATCH_DEPENDENT_ROPE:
            limits.append(rope.get("original_max_position_embeddings"))
        return min(limit for limit in limits if limit)

    def describe(self):
        """Shapes and limits, as the client needs them."""
        vocabulary, width = self.table.shape
        return {
            "shapes": [[name, list(master.shape)] for name, master in self.masters.items()],
            "vocabularySize": vocabulary, "hiddenSize": width, "maxPositions": self.longest,
            "layers": self.config.num_hidden_layers, "architecture": type(self.model).__name__,
        }

    def embed(self, ids, weights, offset=None, train=False):
        """Input rows (..., D): the sum over K of weights times rows of the table, plus an offset."""
        # Not the module: it keeps the gradient from the row of its padding id.
        rows = F.embedding(ids, self.table if train else self.table.detach()).float()
        mixed = (rows * weights[..., None]).sum(-2)
        return (mixed if offset is None else mixed + offset).to(self.dtype)

    def backbone(self, inputs, positions, allowed=None, cache=None):
        """Hidden states (R, S, D) of inputs (R, S, D).

        allowed: (R, 1, S, slots), which position sees which; absent: all before it, and itself.
        """
        return self.decoder_module(
            inputs_embeds=inputs, position_ids=positions, attention_mask=allowed, past_key_values=cache,
            use_cache=cache is not None,
        ).last_hidden_state

    def head(self, hidden):
        """(N, V) logits in 32 bits."""
        logits = HeadProduct.apply(hidden, self.head_module.weight)
        bias = getattr(self.head_module, "bias", None)
        return logits if bias is None else logits + bias.float()

    def probe(self):
        """Refuses a model that is not embedding, backbone and head, or whose gradients a checkpoint changes."""
        ids = torch.arange(1, 1 + PROBE_POSITIONS, device=self.device)[None] % self.table.shape[0]
        positions = torch.arange(PROBE_POSITIONS, device=self.device)[None]
        one = torch.ones_like(ids)[..., None]
        with torch.no_grad():
            inputs = self.embed(ids[..., None], one)
            expected = self.model(input_ids=ids, use_cache=False).logits[0].float()
            found = self.head(self.backbone(inputs, positions)[0])
            self.agree(found, expected, "its logits are not its head times its last hidden state, of rows of its table")
            cached = self.head(self.cached_state(inputs, positions))
            self.agree(cached, found[-1:], "it does not decode through a key-value cache as it reads at once")
        self.agree(*(self.probe_gradient(inputs, positions, mode) for mode in (True, False)),
                   "checkpointed gradients are not the plain ones")

    def cached_state(self, inputs, positions):
        """(1, D), the state of the last position, the others being in a cache."""
        prompt = attention.PromptCache()
        self.backbone(inputs[:, :-1], positions[:, :-1], cache=prompt)
        cache = attention.SlabCache(self.config.num_hidden_layers, 1, PROBE_POSITIONS)
        for layer, (keys, values) in prompt.taken.items():
            cache.fill(layer, 0, 1, keys[0], values[0])
        cache.place(positions[:, -1], PROBE_POSITIONS)
        allowed = torch.ones((1, 1, 1, PROBE_POSITIONS), dtype=torch.bool, device=self.device)
        return self.backbone(inputs[:, -1:], positions[:, -1:], allowed, cache)[:, -1]

    def probe_gradient(self, inputs, positions, checkpointed):
        """The derivative of a sum of cosines of hidden states by the inputs."""
        self.model.train(checkpointed)
        probe = inputs.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(self.backbone(probe, positions).float().cos().sum(), probe)
        self.model.eval()
        return gradient

    def agree(self, found, expected, otherwise):
        """Raises a refusal where two tensors differ by more than rounding."""
        error = (found - expected).abs().max() / expected.abs().max().clamp_min(torch.finfo(torch.float32).tiny)
        if not error <= AGREEMENT[self.dtype]:
            raise Refusal(f"{type(self.model).__name__} is not supported: {otherwise} (off by {error:.1g})")
