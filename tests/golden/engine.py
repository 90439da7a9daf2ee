"""Writes engine.json: logits and gradients of small random decoders in float64, by Hugging Face transformers.

    python tests/golden/engine.py        (torch 2.15.0, transformers 5.23.0)

Weights, prompts, inputs and loss coefficients come from the generator below, which the test repeats
(tests/engine/golden.ts), so the file holds shapes and results alone. The loss of a scored row with logits z is
a * logsumexp(z) + sum(c * z). Input embeddings are detached unless the key says `trained inputs`.
"""
import base64, json, pathlib
import numpy as np, torch, transformers
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM


class Numbers:
    """x <- 1664525 x + 1013904223 mod 2^32 (Numerical Recipes), as float32 in [-1, 1)."""

    def __init__(self, seed):
        self.x = seed

    def take(self, count):
        out = np.empty(count)
        for i in range(count):
            self.x = (1664525 * self.x + 1013904223) % 2**32
            out[i] = self.x / 2**31 - 1
        return out.astype(np.float32)

    def below(self, n):
        return int((float(self.take(1)[0]) + 1) / 2 * n) % n


LLAMA3 = dict(rope_type="llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)
# D width, L layers, H heads, KV key-value heads, d head size, F intermediate, V vocabulary; P prompt lengths, T actions of
# each completion, K kept tokens of an input row.
CASES = {
    "one head, tied, biases": dict(family="qwen2", D=10, L=2, H=1, KV=1, d=10, F=13, V=17, tied=True, P=[3, 1], T=[[5, 1, 7], [2]], K=3),
    "many heads, untied": dict(family="qwen2", D=29, L=3, H=7, KV=7, d=4, F=31, V=23, tied=False, P=[5], T=[[11, 13]], K=2),
    "shared key-value heads, linear rope": dict(family="llama", D=30, L=2, H=6, KV=2, d=6, F=37, V=41, tied=True, P=[7, 2, 3], T=[[3], [6, 4], [1]], K=1, rope=dict(rope_type="linear", factor=2.5)),
    "normalised queries and keys": dict(family="qwen3", D=19, L=2, H=4, KV=2, d=14, F=23, V=29, tied=True, P=[4, 6], T=[[8, 3], [9]], K=5),
    "llama 3 rope, long and ragged": dict(family="llama", D=26, L=2, H=2, KV=1, d=16, F=43, V=19, tied=False, P=[37, 61], T=[[97, 1, 53], [31, 79]], K=2, rope=LLAMA3),
}
MAX_POSITIONS, THETA, EPS = 256, 1000.0, 1e-5


def build(case):
    common = dict(vocab_size=case["V"], hidden_size=case["D"], num_hidden_layers=case["L"], num_attention_heads=case["H"],
                  num_key_value_heads=case["KV"], head_dim=case["d"], intermediate_size=case["F"], rms_norm_eps=EPS,
                  tie_word_embeddings=case["tied"], max_position_embeddings=MAX_POSITIONS, attn_implementation="eager",
                  rope_parameters=dict(dict(rope_type="default"), rope_theta=THETA, **case.get("rope", {})))
    kinds = dict(qwen2=(Qwen2Config, Qwen2ForCausalLM), qwen3=(Qwen3Config, Qwen3ForCausalLM), llama=(LlamaConfig, LlamaForCausalLM))
    config, model = kinds[case["family"]]
    return model(config(**common)).double()


def fill(model, numbers):
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            values = numbers.take(p.numel())
            values = np.float32(1) + values * np.float32(0.25) if "norm" in name else values * np.float32(0.5)
            p.copy_(torch.from_numpy(values.astype(np.float64)).view(p.shape))


def encode(t):
    return base64.b64encode(t.detach().numpy().astype("<f4").tobytes()).decode()


def run(case, train_inputs):
    numbers = Numbers(20261)
    model = build(case)
    fill(model, numbers)
    V, D, K = case["V"], case["D"], case["K"]
    table = model.get_input_embeddings().weight
    table = table if train_inputs else table.detach()
    loss, logits_all = 0, []
    for P, lengths in zip(case["P"], case["T"]):
        prompt = [numbers.below(V) for _ in range(P)]
        for T in lengths:
            rows = T - 1
            ids = np.array([numbers.below(V) for _ in range(rows * K)], dtype=np.int64).reshape(rows, K)
            weights = numbers.take(rows * K).reshape(rows, K)
            offset = numbers.take(rows * D).reshape(rows, D) * np.float32(0.1)
            a, c = numbers.take(T), numbers.take(T * V).reshape(T, V)
            fed = torch.from_numpy(weights.astype(np.float64))[..., None] * table[torch.from_numpy(ids).view(rows, K)]
            fed = fed.sum(1) + torch.from_numpy(offset.astype(np.float64))
            x = torch.cat([table[torch.tensor(prompt)], fed])[None]
            z = model(inputs_embeds=x).logits[0, P - 1:]
            loss = loss + (torch.from_numpy(a.astype(np.float64)) * z.logsumexp(-1)).sum()
            loss = loss + (torch.from_numpy(c.astype(np.float64)) * z).sum()
            logits_all.append(z.reshape(-1))
    model.zero_grad()
    loss.backward()
    return encode(torch.cat(logits_all)), {n: encode(torch.zeros_like(p) if p.grad is None else p.grad) for n, p in sorted(model.named_parameters())}


out = {"versions": {"torch": torch.__version__, "transformers": transformers.__version__}, "cases": []}
for name, case in CASES.items():
    logits, gradients = run(case, False)
    entry = dict(name=name, **case, maxPositions=MAX_POSITIONS, theta=THETA, epsilon=EPS, logits=logits, gradients=gradients)
    entry["trainedInputs"] = run(case, True)[1]["model.embed_tokens.weight"]
    out["cases"].append(entry)
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(out, indent=1) + "\n")
print(path, path.stat().st_size)
