"""Greedy answers of a GGUF checkpoint by transformers, whose own code decodes the weights, renders the chat template and
encodes it.

    python tests/slow/greedy_answers.py asked.json        (gguf 0.19.0, torch 2.15.0, transformers 5.23.0)

Reads {"model": path, "turns": [text], "maxNewTokens", "endTokens": [id]}; prints [{"prompt": [id], "answer": [id]}].
"""
import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

AT_ONCE = 8

asked = json.loads(pathlib.Path(sys.argv[1]).read_text())
path = pathlib.Path(asked["model"])
tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name, padding_side="left")
model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32).eval()
ends, padding = asked["endTokens"], asked["endTokens"][0]


def until_end(ids):
    """What was generated, its end token included, without what fills the batch."""
    return ids[: next((i + 1 for i, token in enumerate(ids) if token in ends), len(ids))]


found = []
for first in range(0, len(asked["turns"]), AT_ONCE):
    prompts = [
        tokenizer.apply_chat_template([{"role": "user", "content": turn}], add_generation_prompt=True, return_dict=False)
        for turn in asked["turns"][first : first + AT_ONCE]
    ]
    width = max(map(len, prompts))
    ids = torch.tensor([[padding] * (width - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    with torch.no_grad():
        answers = model.generate(
            ids, attention_mask=mask, do_sample=False, max_new_tokens=asked["maxNewTokens"], eos_token_id=ends, pad_token_id=padding
        )
    found += [
        {"prompt": prompt, "answer": until_end(answer[width:].tolist())} for prompt, answer in zip(prompts, answers)
    ]
print(json.dumps(found))
