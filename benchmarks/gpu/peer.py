"""What one would write without this project: transformers `generate`, and a GRPO step of a plain PyTorch loop.

    peer.py CONFIG_JSON float32|bfloat16 cpu|cuda

Answers each line of JSON on stdin, {"do": "generate" | "step", "prompts", "group", "promptTokens", "tokens"}, with
{"seconds", "decodeSeconds", "tokens"}. Weights are random; every completion has its full length.
"""
import json
import os
import sys
import time

CONFIG, DTYPE, DEVICE = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3]
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import torch
from transformers import AutoConfig, AutoModelForCausalLM

torch.manual_seed(0)
kind = CONFIG.pop("model_type")
with torch.device(DEVICE):
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **CONFIG), dtype=getattr(torch, DTYPE))
model.eval()
vocabulary = model.config.vocab_size
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6, foreach=True)


def wait():
    if DEVICE == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def generate(prompts, group, prompt_tokens, tokens):
    """(prompts x group, all tokens)."""
    ids = torch.randint(1, min(vocabulary, 60), (prompts, prompt_tokens), device=DEVICE).repeat_interleave(group, 0)
    return model.generate(
        ids, attention_mask=torch.ones_like(ids), do_sample=True, temperature=1.0, top_k=None, top_p=None,
        max_new_tokens=tokens, min_new_tokens=tokens, pad_token_id=0, eos_token_id=vocabulary - 1)


def update(sequences, group, prompt_tokens):
    """One padded forward and backward pass over all completions, a prompt at a time, clipping and AdamW."""
    completions = sequences[:, prompt_tokens:]
    rewards = (completions % 2 == 0).sum(1).float().view(-1, group)
    advantages = ((rewards - rewards.mean(1, keepdim=True)) / (rewards.std(1, keepdim=True) + 1e-4)).view(-1, 1)
    model.train()
    for start in range(0, len(sequences), group):
        part = slice(start, start + group)
        logits = model(sequences[part], use_cache=False).logits[:, prompt_tokens - 1:-1].float()
        density = torch.log_softmax(logits, -1).gather(-1, completions[part][..., None])[..., 0]
        ratio = (density - density.detach()).exp()
        surrogate = torch.min(ratio * advantages[part], ratio.clamp(0.8, 1.2) * advantages[part])
        (-surrogate.sum() / completions.numel()).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    model.eval()


for line in sys.stdin:
    asked = json.loads(line)
    sizes = (asked["prompts"], asked["group"], asked["promptTokens"], asked["tokens"])
    try:
        start = wait()
        sequences = generate(*sizes)
        decoded = wait()
        if asked["do"] == "step":
            update(sequences.clone(), sizes[1], sizes[2])
        found = {"seconds": wait() - start, "decodeSeconds": decoded - start, "tokens": sizes[0] * sizes[1] * sizes[3]}
    except torch.OutOfMemoryError as error:
        found = {"failed": str(error).split("\n")[0]}
    print(json.dumps(found), file=ANSWERS, flush=True)
