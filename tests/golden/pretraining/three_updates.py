"""The first three updates of models/tiny in PyTorch, from the weights and batches that dump.ts writes.

deno run --allow-read --allow-write tests/golden/pretraining/dump.ts FOLDER
python tests/golden/pretraining/three_updates.py FOLDER > tests/golden/pretraining/three_updates.json
"""
import json
import math
import sys

import torch
import transformers
from transformers import AutoTokenizer, Qwen2ForCausalLM

folder = sys.argv[1]
torch.set_num_threads(1)
model = Qwen2ForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").train()
tokenizer = AutoTokenizer.from_pretrained("models/tiny")
optimizer = torch.optim.AdamW(model.parameters(), lr=0.0, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.01)
losses, norms = [], []
for step, batch in enumerate(json.load(open(f"{folder}/batches.json"))):
    rows = [(tokenizer(p)["input_ids"], tokenizer(c)["input_ids"]) for p, c in batch]
    tokens = sum(len(completion) for _, completion in rows)
    total = 0.0
    for prompt, completion in rows:  # one by one: no padding, no mask to get wrong
        ids = torch.tensor([prompt + completion])
        logits = model(ids).logits[0, len(prompt) - 1 : -1]
        loss = torch.nn.functional.cross_entropy(logits, ids[0, len(prompt) :], reduction="sum") / tokens
        loss.backward()
        total += loss.item()
    norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0).item())
    losses.append(total)
    rate = 2e-3 * min(1, (step + 1) / 100) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / 2050)))
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    optimizer.zero_grad()
print(json.dumps({"torch": torch.__version__, "transformers": transformers.__version__, "losses": losses, "gradientNorms": norms}))
