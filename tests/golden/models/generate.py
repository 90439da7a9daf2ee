"""Makes the checkpoints and golden numbers of this folder.

    python generate.py        (torch 2.15, transformers 5.23, safetensors; CPU)

Each case is a random checkpoint as transformers saves it (its config.json then edited where an older layout is wanted),
with `golden.json` (logits, greedy tokens, soft inputs, norms) and `golden.safetensors` (gradients, weights after three
AdamW updates) from reference.py in float64. Sizes differ from each other, so that a swapped axis fails.
"""
import json
import math
import pathlib
import shutil
import sys

import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, LlamaConfig, PreTrainedTokenizerFast, Qwen2Config, Qwen3Config

import reference
from tokenizers_golden import character_tokenizer

HERE = pathlib.Path(__file__).parent
LLAMA3 = dict(rope_type="llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=19)
# rate, epsilon large enough that a gradient of rounding size moves nothing: Adam's first steps have size rate * sign(g).
ADAM_W = dict(rate=1e-2, beta1=0.9, beta2=0.95, epsilon=1e-3, decay=0.1, max_norm=1.0)
STEPS = 3

CASES = {
    # One file, tied, F32; RoPE in the old form.
    "qwen2_f32_tied": dict(
        config=Qwen2Config(vocab_size=31, hidden_size=24, intermediate_size=29, num_hidden_layers=2, num_attention_heads=4,
                           num_key_value_heads=2, max_position_embeddings=97, rms_norm_eps=1e-6, tie_word_embeddings=True,
                           rope_parameters=dict(rope_type="default", rope_theta=1e4), eos_token_id=1, pad_token_id=0),
        dtype=torch.float32, edit=dict(rope_theta=1e4, rope_parameters=None), tokenizer="qwen"),
    # Sharded, untied, BF16; RoPE in the form of transformers 5.
    "qwen2_bf16_sharded": dict(
        config=Qwen2Config(vocab_size=37, hidden_size=30, intermediate_size=23, num_hidden_layers=2, num_attention_heads=3,
                           num_key_value_heads=1, max_position_embeddings=89, rms_norm_eps=1e-5, tie_word_embeddings=False,
                           rope_parameters=dict(rope_type="default", rope_theta=1e6), eos_token_id=[3, 5]),
        dtype=torch.bfloat16, shard="8KB"),
    # Head width apart from hidden / heads, norms of queries and keys, untied, F16.
    "qwen3_f16_untied": dict(
        config=Qwen3Config(vocab_size=41, hidden_size=22, intermediate_size=31, num_hidden_layers=2, num_attention_heads=6,
                           num_key_value_heads=2, head_dim=10, max_position_embeddings=83, tie_word_embeddings=False,
                           rope_parameters=dict(rope_type="default", rope_theta=5e4)),
        dtype=torch.float16),
    # llama3 scaling inside rope_parameters.
    "qwen3_bf16_tied": dict(
        config=Qwen3Config(vocab_size=43, hidden_size=26, intermediate_size=19, num_hidden_layers=1, num_attention_heads=3,
                           num_key_value_heads=3, head_dim=14, max_position_embeddings=79, tie_word_embeddings=True,
                           rope_parameters=dict(LLAMA3, rope_theta=1e4)),
        dtype=torch.bfloat16),
    # Llama 3.2's layout: tied, BF16, llama3 scaling in the old form, BOS in tokenizer and chat template.
    "llama_bf16_tied": dict(
        config=LlamaConfig(vocab_size=33, hidden_size=30, intermediate_size=37, num_hidden_layers=2, num_attention_heads=6,
                           num_key_value_heads=3, head_dim=8, max_position_embeddings=73, rms_norm_eps=1e-5,
                           tie_word_embeddings=True, rope_parameters=dict(LLAMA3, rope_theta=5e5), bos_token_id=2, eos_token_id=[1, 4]),
        dtype=torch.bfloat16, edit=dict(rope_theta=5e5, rope_scaling=LLAMA3, rope_parameters=None), tokenizer="llama"),
    # Linear scaling under its oldest key, untied, F32.
    "llama_f32_linear": dict(
        config=LlamaConfig(vocab_size=47, hidden_size=20, intermediate_size=17, num_hidden_layers=3, num_attention_heads=5,
                           num_key_value_heads=1, head_dim=6, max_position_embeddings=71, tie_word_embeddings=False,
                           rope_parameters=dict(rope_type="linear", factor=2.5, rope_theta=1e4)),
        dtype=torch.float32,
        edit=dict(rope_theta=1e4, rope_scaling=dict(type="linear", factor=2.5), rope_parameters=None, head_dim=6)),
}


def reference_config(config):
    rope = dict(config.rope_parameters)
    kind = rope["rope_type"]
    found = dict(theta=rope["rope_theta"], kind=kind)
    if kind != "default":
        found["factor"] = rope["factor"]
    if kind == "llama3":
        found |= dict(low=rope["low_freq_factor"], high=rope["high_freq_factor"], original=rope["original_max_position_embeddings"])
    return dict(heads=config.num_attention_heads, kv_heads=config.num_key_value_heads, layers=config.num_hidden_layers,
                head_size=getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads,
                epsilon=config.rms_norm_eps, rope=found)


def groups_for(vocabulary, width, draw):
    """Two prompts with two completions each, of different lengths; discrete, mixed and offset inputs."""
    def ids(count):
        return torch.randint(vocabulary, (count,), generator=draw).tolist()

    def completion(actions, kept, offset):
        rows = actions - 1
        weights = torch.softmax(2 * torch.randn(rows, kept, generator=draw, dtype=torch.float64), -1)
        found = dict(ids=[ids(kept) for _ in range(rows)], weights=rounded(weights))
        if offset:
            found["offset"] = rounded(0.1 * torch.randn(rows, width, generator=draw, dtype=torch.float64))
        return found

    return [dict(prompt=ids(5), completions=[completion(4, 1, False), completion(7, 3, False)]),
            dict(prompt=ids(3), completions=[completion(6, 2, True), completion(1, 1, False)])]


def rounded(tensor):
    """Values that float32 holds exactly, so that both sides start from the same numbers."""
    return tensor.to(torch.float32).to(torch.float64).tolist()


def group_loss(config, weights, groups, train_inputs=False):
    """sum of cos(1 + .37 g + .61 c + .29 t + .17 v) z + .05 z^2 over all scored logits z."""
    table = weights["model.embed_tokens.weight"]
    table = table if train_inputs else table.detach()
    total = 0
    for g, group in enumerate(groups):
        prompt = table[torch.tensor(group["prompt"])]
        for c, rows in enumerate(group["completions"]):
            x = prompt
            if rows["ids"]:
                x = torch.cat([prompt, reference.embed(table, rows["ids"], rows["weights"], rows.get("offset"))])
            logits = reference.forward(config, weights, x)[len(group["prompt"]) - 1:]
            t, v = torch.meshgrid(*(torch.arange(n, dtype=torch.float64) for n in logits.shape), indexing="ij")
            total = total + (torch.cos(1 + 0.37 * g + 0.61 * c + 0.29 * t + 0.17 * v) * logits + 0.05 * logits**2).sum()
    return total


def gradients(config, weights, groups, train_inputs=False):
    loss = group_loss(config, weights, groups, train_inputs)
    # An untied table that no input trains has a zero gradient.
    found = torch.autograd.grad(loss, list(weights.values()), allow_unused=True, materialize_grads=True)
    return loss.item(), dict(zip(weights, found))


def make(name, case):
    torch.manual_seed(sum(map(ord, name)))
    draw = torch.Generator().manual_seed(len(name))
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    model = AutoModelForCausalLM.from_config(case["config"], dtype=torch.float32)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * (0.3 if parameter.ndim > 1 else 0.2) + (parameter.ndim == 1) * 0.8)
    model = model.to(case["dtype"])
    model.save_pretrained(folder, max_shard_size=case.get("shard", "1GB"))
    if "edit" in case:
        path = folder / "config.json"
        config = json.loads(path.read_text()) | case["edit"]
        path.write_text(json.dumps({k: v for k, v in config.items() if v is not None or k == "pad_token_id"}, indent=2) + "\n")
    if "tokenizer" in case:
        character_tokenizer(folder, case["tokenizer"], case["config"].vocab_size)

    config = reference_config(case["config"])
    loaded = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    stored = {k: v.to(torch.float64) for k, v in loaded.state_dict().items()}
    if case["config"].tie_word_embeddings:
        stored.pop("lm_head.weight", None)
    weights = {k: v.clone().requires_grad_() for k, v in stored.items()}
    table = weights["model.embed_tokens.weight"]
    vocabulary, width = table.shape

    ids = torch.randint(vocabulary, (13,), generator=draw).tolist()
    with torch.no_grad():
        logits = reference.forward(config, weights, table[ids])
        theirs = loaded(torch.tensor([ids])).logits[0].double()
        assert (logits - theirs).abs().max() < 1e-5 * logits.abs().max(), (name, (logits - theirs).abs().max())
        greedy = list(ids)
        margin = math.inf
        for _ in range(11):
            last = reference.forward(config, weights, table[greedy])[-1]
            first, second = last.topk(2).values.tolist()
            margin = min(margin, first - second)
            greedy.append(last.argmax().item())
        assert margin > 1e-3, f"{name}: greedy tokens hang on {margin}"
        mixture = [[7, 0.5], [3, 0.3125], [11, 0.1875]]
        mixed = reference.embed(table, [[i for i, _ in mixture]], [[w for _, w in mixture]])
        mixture_logits = reference.forward(config, weights, torch.cat([table[ids], mixed]))[-1]
        offset = rounded(0.1 * torch.randn(width, generator=draw, dtype=torch.float64))
        offset_row = reference.embed(table, [[7]], [[0.0]], [offset])
        offset_logits = reference.forward(config, weights, torch.cat([table[ids], mixed, offset_row]))[-1]

    groups = groups_for(vocabulary, width, draw)
    loss, found = gradients(config, weights, groups)
    _, with_inputs = gradients(config, weights, groups, train_inputs=True)
    tensors = {f"gradient.{k}": v for k, v in found.items()}
    tensors["gradient_with_inputs.model.embed_tokens.weight"] = with_inputs["model.embed_tokens.weight"]
    moments, norms = {}, []
    for step in range(1, STEPS + 1):
        _, current = gradients(config, weights, groups)
        norms.append(reference.adam_w(weights, current, moments, step, **ADAM_W))
    tensors |= {f"trained.{k}": v.detach() for k, v in weights.items()}
    save_file({k: v.to(torch.float32).contiguous() for k, v in tensors.items()}, folder / "golden.safetensors")
    golden = dict(
        made_with=dict(python=sys.version.split()[0], torch=torch.__version__, transformers=transformers.__version__),
        ids=ids, logits=logits.tolist(), greedy=greedy[len(ids):],
        mixture=mixture, mixture_logits=mixture_logits.tolist(), offset=offset, offset_logits=offset_logits.tolist(),
        groups=groups, loss=loss, adam_w=ADAM_W, norms=norms)
    if "tokenizer" in case:
        golden["text"] = text_golden(folder, config, weights, "12+34=?", mixture)
    (folder / "golden.json").write_text(json.dumps(shorten(golden)) + "\n")


@torch.no_grad()
def text_golden(folder, config, weights, text, mixture):
    """What the command `model` prints, for the weights as they are stored."""
    stored = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64).state_dict()
    weights = {name: stored[name] for name in weights}
    table = weights["model.embed_tokens.weight"]
    ids = PreTrainedTokenizerFast.from_pretrained(folder)(text)["input_ids"]
    mixed = reference.embed(table, [[i for i, _ in mixture]], [[w for _, w in mixture]])
    logits = reference.forward(config, weights, torch.cat([table[ids], mixed]))
    log_probs = torch.log_softmax(logits[:-2], -1)[torch.arange(len(ids) - 1), ids[1:]]
    return dict(text=text, ids=ids, last_logits=logits[-2].tolist(), token_log_probs=log_probs.tolist(),
                mixture_logits=logits[-1].tolist())


def shorten(value):
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {k: shorten(v) for k, v in value.items()}
    return [shorten(v) for v in value] if isinstance(value, list) else value


if __name__ == "__main__":
    for case_name, case in CASES.items():
        make(case_name, case)
