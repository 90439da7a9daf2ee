"""Writes checkpoints.json: small checkpoints of many kinds, and what Hugging Face transformers makes of them.

    python tests/golden/checkpoints.py        (torch 2.15.0, transformers 5.23.0, safetensors 0.8.0)

Each kind is a config.json and a list of tensors, as people publish them. The weights come from the generator of engine.py,
in order of names, so the file holds shapes and results alone: logits at some positions of one text, and of the gradient of
sum(c * logits) for each tensor its product with numbers of the same generator. tests/checkpoint/kinds_test.ts makes the same
files and loads them. A kind without results is one that must be refused; the test says how.
"""
import base64, json, pathlib, tempfile
import numpy as np, torch, transformers
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM


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


SEED, POSITIONS = 20263, (3, 7, 12)
TEXT = [11, 3, 17, 29, 2, 23, 5, 13, 19, 7, 31, 1, 28]
V = 37
BASE = dict(vocab_size=V, hidden_size=22, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, head_dim=10,
            intermediate_size=29, max_position_embeddings=97, rms_norm_eps=1e-5, hidden_act="silu", rope_theta=1000.0,
            tie_word_embeddings=False)


def config(family, name, without=(), **fields):
    merged = dict(model_type=family, architectures=[name + "ForCausalLM"], **BASE)
    merged.update(fields)
    return {k: v for k, v in merged.items() if k not in without}


def llama(**fields): return config("llama", "Llama", **fields)
def qwen2(**fields): return config("qwen2", "Qwen2", **fields)
def qwen3(**fields): return config("qwen3", "Qwen3", **fields)
def mistral(**fields): return config("mistral", "Mistral", **fields)
def phi3(**fields): return config("phi3", "Phi3", **{"without": ("head_dim",), "hidden_size": 20, "pad_token_id": 0, **fields})
def smollm3(**fields): return config("smollm3", "SmolLM3", **{"num_hidden_layers": 3, "pad_token_id": 0, **fields})


def gemma(**fields): return config("gemma", "Gemma", **{"hidden_act": "gelu_pytorch_tanh", "tie_word_embeddings": True, "pad_token_id": 0, **fields})


V4 = dict(without=("rope_theta",))
LLAMA3 = dict(factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=23)
YARN = dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=11)
LONG = dict(type="longrope", short_factor=[1.0, 1.25, 1.5, 2.0, 3.0], long_factor=[2.0, 3.0, 5.0, 7.0, 11.0])

# name: (config, file), file being dtype, shards, extra tensors by name (a shape, or the name of a tensor to repeat), names
# to leave out, and a prefix to put in front of names or to take off.
KINDS = {
    "llama": (llama(), {}),
    "qwen2": (qwen2(), {}),
    "qwen3 with head_dim 32": (qwen3(head_dim=32), {}),
    "qwen2 with head_dim other than hidden / heads": (qwen2(head_dim=14), {}),
    "llama with head_dim 24": (llama(head_dim=24), {}),
    "rope linear, v5": (llama(**V4, rope_parameters=dict(rope_type="linear", factor=3.0, rope_theta=500.0)), {}),
    "rope linear, v4": (llama(rope_scaling=dict(type="linear", factor=3.0)), {}),
    "rope llama3, v5": (llama(**V4, rope_parameters=dict(rope_type="llama3", rope_theta=500.0, **LLAMA3)), {}),
    "rope llama3, v4": (llama(rope_scaling=dict(rope_type="llama3", **LLAMA3)), {}),
    "rope_parameters against rope_theta": (llama(rope_parameters=dict(rope_type="default", rope_theta=50.0)), {}),
    "rope_scaling against rope_parameters": (
        llama(rope_scaling=dict(type="linear", factor=3.0), rope_parameters=dict(rope_type="default", rope_theta=50.0)), {}),
    "rope dynamic": (llama(rope_scaling=dict(type="dynamic", factor=4.0)), {}),
    "rope yarn": (llama(rope_scaling=YARN), {}),
    "rope yarn, qwen2, every field": (
        qwen2(head_dim=22, rope_scaling=dict(YARN, beta_fast=3.0, beta_slow=0.5, mscale=0.707, mscale_all_dim=1.3, truncate=False)), {}),
    "rope yarn, qwen3, attention_factor": (qwen3(rope_scaling=dict(YARN, attention_factor=0.7)), {}),
    "rope longrope": (llama(original_max_position_embeddings=31, rope_scaling=LONG), {}),
    "tied": (llama(tie_word_embeddings=True), {}),
    "tied, and a copy of the head": (llama(tie_word_embeddings=True), dict(extra={"lm_head.weight": "model.embed_tokens.weight"})),
    "tied, and another head": (llama(tie_word_embeddings=True), dict(extra={"lm_head.weight": [V, 22]})),
    "inv_freq in each layer": (llama(), dict(extra={f"model.layers.{i}.self_attn.rotary_emb.inv_freq": [5] for i in range(2)})),
    "inv_freq on top": (llama(), dict(extra={"model.rotary_emb.inv_freq": [5]})),
    "bfloat16": (llama(dtype="bfloat16"), dict(dtype="BF16")),
    "float16": (llama(dtype="float16"), dict(dtype="F16")),
    "float64": (llama(dtype="float64"), dict(dtype="F64")),
    "sharded": (llama(), dict(shards=3)),
    "sliding_window given but off": (qwen2(use_sliding_window=False, sliding_window=5, max_window_layers=1), {}),
    "padded vocabulary": (llama(vocab_size=V + 6), {}),
    "small vocabulary": (llama(vocab_size=32), {}),
    "eps missing": (llama(without=("rms_norm_eps",)), {}),
    "num_key_value_heads missing": (llama(without=("num_key_value_heads",)), {}),
    "attention_bias": (llama(attention_bias=True), {}),
    "attention_bias, qwen3": (qwen3(attention_bias=True), {}),
    "mlp_bias": (llama(mlp_bias=True), {}),
    "use_sliding_window": (qwen2(use_sliding_window=True, sliding_window=5, max_window_layers=1), {}),
    "layer_types": (qwen3(use_sliding_window=True, sliding_window=3, layer_types=["sliding_attention", "full_attention"]), {}),
    "gelu": (llama(hidden_act="gelu"), {}),
    "gelu_pytorch_tanh": (llama(hidden_act="gelu_pytorch_tanh"), {}),
    "no prefix, tied": (llama(tie_word_embeddings=True, architectures=["LlamaModel"]), dict(strip="model.")),
    "architectures LlamaModel": (llama(architectures=["LlamaModel"]), {}),
    "mistral": (mistral(sliding_window=None), {}),
    "mistral with a window": (mistral(sliding_window=5), {}),
    "mistral, its own window": (mistral(), {}),
    "phi3": (phi3(), {}),
    "phi3 with a window": (phi3(sliding_window=7), {}),
    "phi3, partial rotary, longrope": (
        phi3(hidden_size=40, num_key_value_heads=2, partial_rotary_factor=0.5, original_max_position_embeddings=31, rope_scaling=LONG), {}),
    "phi3, rope of its first release": (phi3(original_max_position_embeddings=31, rope_scaling=dict(LONG, type="su", original_max_position_embeddings=31)), {}),
    "smollm3": (smollm3(no_rope_layers=[1, 0, 1]), {}),
    "smollm3, its own interval": (smollm3(without=("rope_theta", "tie_word_embeddings"), num_hidden_layers=4), {}),
    "smollm3 with windows": (smollm3(use_sliding_window=True, sliding_window=4, no_rope_layers=[1, 0, 1]), {}),
    "gemma": (gemma(), {}),
    "gemma, untied, with biases": (gemma(tie_word_embeddings=False, attention_bias=True, hidden_act="gelu"), {}),
    # Refused.
    "nested rope_parameters": (llama(rope_parameters=dict(full_attention=dict(rope_type="default", rope_theta=50.0))), {}),
    "float8": (llama(), dict(dtype="F8_E4M3")),
    "partial rotary in llama": (llama(partial_rotary_factor=0.5), {}),
    "compiled module": (llama(), dict(prefix="_orig_mod.")),
    "pytorch_model.bin": (llama(), dict(file="pytorch_model.bin")),
    "NaN weight": (llama(), dict(nan="model.norm.weight")),
    "quantization_config": (llama(quantization_config=dict(quant_method="bitsandbytes", load_in_8bit=True)), {}),
    "untied without a head": (llama(), dict(without=["lm_head.weight"])),
    "tie key missing, without a head": (llama(without=("tie_word_embeddings",)), dict(without=["lm_head.weight"])),
    "no prefix, untied": (llama(architectures=["LlamaModel"]), dict(strip="model.", without=["lm_head.weight"])),
    "sliding attention without a window": (qwen2(layer_types=["sliding_attention", "full_attention"]), {}),
    "another activation": (llama(hidden_act="relu"), {}),
    "rope of another kind": (llama(rope_scaling=dict(rope_type="mrope", mrope_section=[1, 2, 2])), {}),
    "another architecture": (config("gemma2", "Gemma2"), {}),
    "looks ahead": (qwen2(use_bidirectional_attention=True), {}),
}
REFUSED = list(KINDS)[list(KINDS).index("nested rope_parameters"):]
DTYPES = dict(F32=torch.float32, BF16=torch.bfloat16, F16=torch.float16, F64=torch.float64)


def shapes_of(fields):
    """Names and shapes as transformers makes them; of what it does not make, those of the plain model."""
    plain = {k: v for k, v in fields.items() if k not in ("rope_scaling", "quantization_config", "layer_types", "use_bidirectional_attention")}
    plain["hidden_act"] = "silu"
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(**plain))
    return {name: list(p.shape) for name, p in model.named_parameters()}


def values(shapes, repeats):
    numbers, tensors = Numbers(SEED), {}
    for name in sorted(shapes):
        x = numbers.take(int(np.prod(shapes[name])))
        x = np.float32(1) + x * np.float32(0.25) if "norm" in name else x * np.float32(0.5)
        tensors[name] = torch.from_numpy(x).view(shapes[name])
    for name, other in repeats.items():
        tensors[name] = tensors[other].clone()
    return tensors


def save(folder, fields, file, tensors):
    (folder / "config.json").write_text(json.dumps(fields))
    tensors = {k.removeprefix(file.get("strip", "")): v.to(DTYPES[file.get("dtype", "F32")]).contiguous() for k, v in tensors.items()}
    shards = file.get("shards", 1)
    if shards == 1:
        return save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    weight_map = {name: f"model-{i % shards + 1:05}-of-{shards:05}.safetensors" for i, name in enumerate(sorted(tensors))}
    for shard in set(weight_map.values()):
        save_file({k: v for k, v in tensors.items() if weight_map[k] == shard}, folder / shard, metadata={"format": "pt"})
    (folder / "model.safetensors.index.json").write_text(json.dumps(dict(metadata={}, weight_map=weight_map)))


def results(fields, file, tensors):
    with tempfile.TemporaryDirectory() as name:
        save(pathlib.Path(name), fields, file, tensors)
        model, info = AutoModelForCausalLM.from_pretrained(name, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    assert not info["missing_keys"] and not info["mismatched_keys"], info
    if file.get("dtype") == "F64":
        model = model.double()
    z = model(input_ids=torch.tensor([TEXT])).logits[0]
    numbers = Numbers(SEED + 1)
    c = torch.from_numpy(numbers.take(z.numel())).view(z.shape)
    # What is fed is held fixed, as in training: the embedding table's gradient is its head's alone.
    fed = model.get_input_embeddings()(torch.tensor([TEXT])).detach()
    (model(inputs_embeds=fed).logits[0] * c).sum().backward()
    slopes = {}
    for name, p in sorted(model.named_parameters()):
        weights = torch.from_numpy(numbers.take(p.numel())).view(p.shape)
        slopes[name] = 0.0 if p.grad is None else float((p.grad.double() * weights.double()).sum())
    return dict(logits=[[round(float(x), 6) for x in z[t]] for t in POSITIONS], slopes={k: float(f"{v:.7g}") for k, v in slopes.items()})


out = {"versions": {"torch": torch.__version__, "transformers": transformers.__version__}, "seed": SEED, "text": TEXT, "positions": POSITIONS, "kinds": []}
for name, (fields, file) in KINDS.items():
    entry = dict(name=name, config=fields, file=file)
    plain = fields if name != "another architecture" else llama()
    shapes = shapes_of(plain)
    repeats = {k: v for k, v in file.get("extra", {}).items() if isinstance(v, str)}
    shapes.update({k: v for k, v in file.get("extra", {}).items() if not isinstance(v, str)})
    shapes = {k: v for k, v in shapes.items() if k not in file.get("without", [])}
    entry["tensors"] = {k: shapes[k] for k in sorted(shapes)}
    if name not in REFUSED:
        entry.update(results(fields, file, values(shapes, repeats)))
    out["kinds"].append(entry)
    print(name, flush=True)
path = pathlib.Path(__file__).with_suffix(".json")
head = {k: v for k, v in out.items() if k != "kinds"}
path.write_text(json.dumps(head)[:-1] + ', "kinds": [\n' + ",\n".join(json.dumps(kind, separators=(",", ":")) for kind in out["kinds"]) + "\n]}\n")
print(path, path.stat().st_size)
