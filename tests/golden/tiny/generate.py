"""What transformers makes of models/tiny: ids, chat text, logits, greedy text.

python tests/golden/tiny/generate.py > tests/golden/tiny/tiny.json
"""
import hashlib
import json

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

FOLDER = "models/tiny"
QUESTIONS = ["47+38", "38-64", "7*38+6*47", "47*38", "47*384", "11+11", "99-11", "9*99+9*99"]
MAX_NEW_TOKENS = 40

torch.set_num_threads(1)
tokenizer = AutoTokenizer.from_pretrained(FOLDER)
model = AutoModelForCausalLM.from_pretrained(FOLDER, dtype=torch.float32, attn_implementation="eager").eval()
cases = []
for question in QUESTIONS:
    chat = tokenizer.apply_chat_template([{"role": "user", "content": question}], add_generation_prompt=True, tokenize=False)
    ids = tokenizer(chat)["input_ids"]
    with torch.no_grad():
        prompt_logits = model(torch.tensor([ids])).logits[0, -1]
        out = model.generate(torch.tensor([ids]), do_sample=False, temperature=None, top_p=None, top_k=None, max_new_tokens=MAX_NEW_TOKENS)[0]
        all_logits = model(out[None]).logits[0]
    completion = out[len(ids):].tolist()
    cases.append({
        "question": question,
        "chat": chat,
        "ids": ids,
        "lastLogits": prompt_logits.tolist(),
        "greedyIds": completion,
        "greedyText": tokenizer.decode(completion),
        "greedyLogits": all_logits[len(ids) - 1 : -1].tolist(),
    })
weights = open(f"{FOLDER}/model.safetensors", "rb").read()
print(json.dumps({
    "torch": torch.__version__,
    "transformers": transformers.__version__,
    "weightsSha256": hashlib.sha256(weights).hexdigest(),
    "vocabulary": len(tokenizer),
    "parameters": sum(p.numel() for p in model.parameters()),
    "cases": cases,
}))
