"""The decoder of Qwen2, Qwen3 and Llama in plain PyTorch, float64 throughout: what goldens are computed with.

transformers rounds norms, RoPE and softmax to float32 whatever the dtype, so it only confirms this file (to 1e-5), and
this file gives the numbers.
"""
import math

import torch


def inverse_frequencies(config, head_size):
    rope = config["rope"]
    inverse = rope["theta"] ** (-torch.arange(0, head_size, 2, dtype=torch.float64) / head_size)
    if rope.get("kind") == "linear":
        inverse = inverse / rope["factor"]
    if rope.get("kind") == "llama3":
        wavelength = 2 * math.pi / inverse
        turns = rope["original"] / wavelength
        smooth = ((turns - rope["low"]) / (rope["high"] - rope["low"])).clamp(0, 1)
        inverse = (1 - smooth) * inverse / rope["factor"] + smooth * inverse
    return inverse


def rms_norm(x, weight, epsilon):
    return x / torch.sqrt(x.pow(2).mean(-1, keepdim=True) + epsilon) * weight


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


def forward(config, weights, inputs):
    """inputs (T, D) embeddings -> logits (T, V)."""
    heads, kv_heads, size = config["heads"], config["kv_heads"], config["head_size"]
    count = inputs.shape[0]
    angles = torch.outer(torch.arange(count, dtype=torch.float64), inverse_frequencies(config, size))
    cos, sin = (torch.cat([f(angles), f(angles)], -1) for f in (torch.cos, torch.sin))
    mask = torch.full((count, count), -torch.inf, dtype=torch.float64).triu(1)
    x = inputs
    for layer in range(config["layers"]):
        w = lambda name: weights[f"model.layers.{layer}.{name}"]
        h = rms_norm(x, w("input_layernorm.weight"), config["epsilon"])

        def project(name, n):
            y = h @ w(f"self_attn.{name}_proj.weight").T
            if f"model.layers.{layer}.self_attn.{name}_proj.bias" in weights:
                y = y + w(f"self_attn.{name}_proj.bias")
            y = y.view(count, n, size).transpose(0, 1)
            norm = f"model.layers.{layer}.self_attn.{name}_norm.weight"
            return rms_norm(y, weights[norm], config["epsilon"]) if norm in weights else y

        q = rotate(project("q", heads), cos, sin)
        k = rotate(project("k", kv_heads), cos, sin).repeat_interleave(heads // kv_heads, 0)
        v = project("v", kv_heads).repeat_interleave(heads // kv_heads, 0)
        attention = torch.softmax(q @ k.transpose(1, 2) / math.sqrt(size) + mask, -1) @ v
        x = x + attention.transpose(0, 1).reshape(count, heads * size) @ w("self_attn.o_proj.weight").T
        h = rms_norm(x, w("post_attention_layernorm.weight"), config["epsilon"])
        gate = torch.nn.functional.silu(h @ w("mlp.gate_proj.weight").T)
        x = x + (gate * (h @ w("mlp.up_proj.weight").T)) @ w("mlp.down_proj.weight").T
    x = rms_norm(x, weights["model.norm.weight"], config["epsilon"])
    return x @ weights.get("lm_head.weight", weights["model.embed_tokens.weight"]).T


def embed(table, ids, mixture_weights, offset=None):
    """(R, K) ids and weights -> (R, D)."""
    x = (table[torch.tensor(ids)] * torch.tensor(mixture_weights, dtype=torch.float64)[..., None]).sum(1)
    return x if offset is None else x + torch.tensor(offset, dtype=torch.float64)


def adam_w(weights, gradients, moments, step, rate, beta1, beta2, epsilon, decay, max_norm):
    """One update in place (arXiv:1711.05101), gradients clipped as torch.nn.utils.clip_grad_norm_ does; the norm before."""
    norm = math.sqrt(sum(g.pow(2).sum().item() for g in gradients.values()))
    factor = min(1.0, max_norm / (norm + 1e-6))
    for name, w in weights.items():
        g = gradients[name] * factor
        first, second = moments.setdefault(name, (torch.zeros_like(w), torch.zeros_like(w)))
        first.mul_(beta1).add_(g, alpha=1 - beta1)
        second.mul_(beta2).add_(g * g, alpha=1 - beta2)
        corrected = first / (1 - beta1**step) / (torch.sqrt(second / (1 - beta2**step)) + epsilon)
        w.data.mul_(1 - rate * decay).sub_(rate * corrected)
    return norm
