"""Writes gguf/*.gguf and gguf.json: small models as GGUF files, and what transformers makes of them.

    python tests/golden/gguf.py        (gguf 0.19.0, torch 2.15.0, transformers 5.23.0)

llama2.gguf and qwen2.gguf are read by transformers' own reader of GGUF; the others, of which it does not read RoPE or the
architecture, are compared with the model that they were made from, whose tensors are laid out as llama.cpp's
convert_hf_to_gguf.py does. `blocks` are random bytes in each format, and the numbers that gguf-py makes of them.
"""
import json, math, pathlib, sys
sys.path = [p for p in sys.path if pathlib.Path(p or ".").resolve() != pathlib.Path(__file__).parent.resolve()]
import gguf, numpy as np, torch, transformers
from gguf import GGMLQuantizationType as Q
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "gguf"


class Numbers:
    """x <- 1664525 x + 1013904223 mod 2^32 (Numerical Recipes), as float32 in [-1, 1)."""

    def __init__(self, seed):
        self.x = seed

    def word(self):
        self.x = (1664525 * self.x + 1013904223) % 2**32
        return self.x

    def take(self, count):
        return np.array([self.word() / 2**31 - 1 for _ in range(count)]).astype(np.float32)


def blocks():
    """Bytes from the generator's high bits, scales among the smaller half-precision numbers."""
    out = []
    for kind in (Q.Q4_0, Q.Q4_1, Q.Q8_0, Q.Q4_K, Q.Q6_K, Q.F16, Q.BF16):
        size, width = gguf.GGML_QUANT_SIZES[kind]
        count = 2 if size > 1 else 13
        numbers = Numbers(20264)
        raw = np.array([numbers.word() >> 24 for _ in range(count * width)], dtype=np.uint8).reshape(count, width)
        halves = {Q.Q4_0: [0], Q.Q4_1: [0, 2], Q.Q8_0: [0], Q.Q4_K: [0, 2], Q.Q6_K: [208], Q.F16: [0], Q.BF16: [0]}[kind]
        for at in halves:
            raw[:, at + 1] &= 0x3B  # below 1, never infinite
        values = gguf.dequantize(raw, kind).reshape(-1)
        out.append(dict(type=kind.name, number=int(kind), bytes=raw.reshape(-1).tolist(), values=[float(x) for x in values]))
    return out


def spm_vocabulary():
    letters = ["▁", *"abcdefo"]
    merged = ["▁a", "bc", "▁bc", "de", "fo", "foo", "▁de"]
    tokens = ["<unk>", "<s>", "</s>", *[f"<0x{i:02X}>" for i in range(256)], *merged, *letters, "<think>"]
    scores = [0.0, 0.0, 0.0, *[0.0] * 256, *[-float(i) for i in range(len(merged))], *[-1e3] * len(letters), 0.0]
    kinds = [2, 3, 3, *[6] * 256, *[1] * (len(merged) + len(letters)), 4]
    return tokens, scores, kinds


def byte_vocabulary(merges, special, plain=()):
    tokens = list(bytes_to_unicode().values()) + ["".join(pair) for pair in merges]
    kinds = [1] * len(tokens) + [3] * len(special) + [4] * len(plain)
    return tokens + list(special) + list(plain), [" ".join(pair) for pair in merges], kinds


def fill(model):
    numbers = Numbers(20265)
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            x = numbers.take(p.numel())
            x = np.float32(1) + x * np.float32(0.25) if "norm" in name else x * np.float32(0.5)
            p.copy_(torch.from_numpy(x).view(p.shape))
    return model


NAMES = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output", "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "self_attn.qkv_proj": "attn_qkv", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.gate_up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}


def permuted(x, heads):
    return x.reshape(heads, 2, x.shape[0] // heads // 2, *x.shape[1:]).swapaxes(1, 2).reshape(x.shape)


def write(path, architecture, model, type_of, metadata, extra=None):
    config = model.config
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    metadata(writer)
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        stem, part = name.rsplit(".", 1)
        block = ""
        if stem.startswith("model.layers."):
            _, _, index, stem = stem.split(".", 3)
            block = f"blk.{index}."
        x = tensor.numpy()
        if architecture in ("llama", "smollm3") and stem.endswith(("q_proj", "k_proj")):
            x = permuted(x, config.num_attention_heads if stem.endswith("q_proj") else config.num_key_value_heads)
        kind = Q.F32 if x.ndim == 1 else type_of(stem)
        writer.add_tensor(f"{block}{NAMES[stem]}.{part}", gguf.quantize(x, kind), raw_dtype=kind)
    for name, x in (extra or {}).items():
        writer.add_tensor(name, np.asarray(x, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def spm(writer):
    tokens, scores, kinds = spm_vocabulary()
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)


def byte_level(writer, pre, vocabulary, bos, eos, template=None):
    tokens, merges, kinds = vocabulary
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_merges(merges)
    writer.add_token_types(kinds)
    if bos is not None:
        writer.add_bos_token_id(tokens.index(bos))
    writer.add_eos_token_id(tokens.index(eos))
    if template is not None:
        writer.add_chat_template(template)


def model_of(family, **fields):
    config = AutoConfig.for_model(family, **{**dict(
        hidden_size=22, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, intermediate_size=29, max_position_embeddings=97,
        rms_norm_eps=1e-5, pad_token_id=None), **fields})
    return fill(AutoModelForCausalLM.from_config(config, attn_implementation="eager"))


def expected(name, model, text, tokenizer=None, texts=()):
    z = model(input_ids=torch.tensor([text])).logits[0, -1]
    entry = dict(name=name, ids=text, logits=[round(float(x), 6) for x in z])
    if tokenizer is not None:
        entry["texts"] = [dict(text=t, ids=tokenizer(t, add_special_tokens=False)["input_ids"]) for t in texts]
        entry["framed"] = tokenizer(texts[0])["input_ids"]
    return entry


FOLDER.mkdir(exist_ok=True)
out = dict(versions=dict(gguf="0.19.0", torch=torch.__version__, transformers=transformers.__version__), blocks=blocks(), models=[])

tokens = spm_vocabulary()[0]
mixed = {"model.embed_tokens": Q.Q8_0, "lm_head": Q.Q8_0, "self_attn.q_proj": Q.Q4_0, "self_attn.k_proj": Q.Q4_1, "self_attn.v_proj": Q.F16, "self_attn.o_proj": Q.BF16}
model = model_of("llama", vocab_size=len(tokens), hidden_size=32, num_attention_heads=4, num_key_value_heads=2, intermediate_size=32, rope_parameters=dict(rope_type="default", rope_theta=500.0))
write(FOLDER / "llama2.gguf", "llama", model, lambda stem: mixed.get(stem, Q.Q8_0), lambda w: (w.add_vocab_size(len(tokens)), w.add_rope_dimension_count(8), spm(w)))
read = AutoModelForCausalLM.from_pretrained(FOLDER, gguf_file="llama2.gguf", dtype=torch.float32, attn_implementation="eager")
out["models"].append(expected("llama2", read, [1, 260, 262, 5, 17, 270, 3], AutoTokenizer.from_pretrained(FOLDER, gguf_file="llama2.gguf"), ["a bc foo", "é de</s>", "a<think>", "bcdefoo"]))

vocabulary = byte_vocabulary([("t", "h"), ("th", "e"), ("Ġ", "the"), ("1", "2"), ("Ġ", "a")], ["<|im_start|>", "<|im_end|>"], ["<think>"])
model = model_of("qwen2", vocab_size=len(vocabulary[0]), hidden_size=20, tie_word_embeddings=True, rope_parameters=dict(rope_type="default", rope_theta=1000.0))
template = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
write(FOLDER / "qwen2.gguf", "qwen2", model, lambda stem: Q.BF16 if "mlp" in stem else Q.F16, lambda w: (w.add_vocab_size(len(vocabulary[0])), byte_level(w, "qwen2", vocabulary, None, "<|im_end|>", template)))
read = AutoModelForCausalLM.from_pretrained(FOLDER, gguf_file="qwen2.gguf", dtype=torch.float32, attn_implementation="eager")
out["models"].append(expected("qwen2", read, [5, 260, 17, 263, 41, 2], AutoTokenizer.from_pretrained(FOLDER, gguf_file="qwen2.gguf"), ["the 123 they'll", "<|im_start|>a\n  the<think>", "é 猫 12"]))

small = byte_vocabulary([], ["<|bos|>", "<|eot|>"])
llama3 = dict(rope_type="llama3", rope_theta=500.0, factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=23)
model = model_of("llama", vocab_size=len(small[0]), head_dim=14, attention_bias=True, mlp_bias=True, rope_parameters=llama3)
plain = 500.0 ** (-np.arange(0, 14, 2) / 14)
divisors = [float(a / b) for a, b in zip(plain, model.model.rotary_emb.inv_freq.numpy())]
write(FOLDER / "llama3.gguf", "llama", model, lambda stem: Q.F32, lambda w: (w.add_key_length(14), w.add_value_length(14), w.add_rope_dimension_count(14), byte_level(w, "llama-bpe", small, "<|bos|>", "<|eot|>")), {"rope_freqs.weight": divisors})
out["models"].append(expected("llama3", model, [256, 13, 2, 71, 31, 5, 199, 3, 17, 8, 41]))

long = dict(rope_type="longrope", rope_theta=1000.0, partial_rotary_factor=0.6, short_factor=[1.0, 1.5, 3.0], long_factor=[2.0, 3.0, 5.0])
model = model_of("phi3", vocab_size=len(tokens), hidden_size=20, original_max_position_embeddings=31, sliding_window=7, rope_parameters=long)
attention = math.sqrt(1 + math.log(97 / 31) / math.log(31))
write(FOLDER / "phi3.gguf", "phi3", model, lambda stem: Q.F32, lambda w: (w.add_rope_dimension_count(6), w.add_rope_scaling_orig_ctx_len(31), w.add_rope_scaling_attn_factors(attention), w.add_sliding_window(7), spm(w)),
      {"rope_factors_short.weight": long["short_factor"], "rope_factors_long.weight": long["long_factor"]})
out["models"].append(expected("phi3", model, [1, 260, 262, 5, 17, 270, 3, 41, 90, 211, 7]))

model = model_of("smollm3", vocab_size=len(small[0]), hidden_size=20, num_hidden_layers=4, num_key_value_heads=2, rope_parameters=dict(rope_type="yarn", rope_theta=1000.0, factor=4.0, original_max_position_embeddings=11))
write(FOLDER / "smollm3.gguf", "smollm3", model, lambda stem: Q.F32, lambda w: (w.add_rope_dimension_count(10), w.add_rope_scaling_type(gguf.RopeScalingType.YARN), w.add_rope_scaling_factor(4.0), w.add_rope_scaling_orig_ctx_len(11), byte_level(w, "smollm", small, None, "<|eot|>")))
out["models"].append(expected("smollm3", model, [256, 13, 2, 71, 31, 5, 199, 3, 17, 8, 41]))

path = HERE / "gguf.json"
path.write_text(json.dumps({k: out[k] for k in ("versions",)})[:-1] + ', "blocks": [\n' + ",\n".join(json.dumps(x, separators=(",", ":")) for x in out["blocks"])
                + '\n], "models": [\n' + ",\n".join(json.dumps(x, separators=(",", ":")) for x in out["models"]) + "\n]}\n")
print(path.stat().st_size, [(p.name, p.stat().st_size) for p in FOLDER.iterdir()])
