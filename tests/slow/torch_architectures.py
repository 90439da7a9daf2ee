"""Random checkpoints of several architectures, held by the worker of src/torch/worker: greedy ids equal transformers'
`generate`, decoding equals reading at once, packed rows train as single sequences do, or a refusal by name.

    python tests/slow/torch_architectures.py

Prints one line of JSON a case: {"name", "refused"} or {"name", "greedy", "gradient", "moved"}.
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src/torch/worker"))

import numpy
import torch
from transformers import AutoConfig, AutoModelForCausalLM

import session

YARN = dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, rope_theta=1e4)
LLAMA3 = dict(rope_type="llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=16, rope_theta=1e4)
LINEAR = dict(rope_type="linear", factor=2.5, rope_theta=1e4)
LONGROPE = dict(rope_type="longrope", short_factor=[1.0, 1.5, 2.0], long_factor=[1.0, 2.5, 4.0], factor=4.0,
                original_max_position_embeddings=64, rope_theta=1e4)
DYNAMIC = dict(rope_type="dynamic", factor=2.0, original_max_position_embeddings=64, rope_theta=1e4)
SIZES = dict(vocab_size=53, hidden_size=36, intermediate_size=47, num_hidden_layers=2, num_attention_heads=6,
             num_key_value_heads=2, head_dim=6, max_position_embeddings=64, pad_token_id=0, bos_token_id=1, eos_token_id=2)
CASES = [
    ("qwen2", "qwen2", dict(tie_word_embeddings=True)),
    ("qwen2, untied, yarn", "qwen2", dict(tie_word_embeddings=False, rope_parameters=YARN)),
    ("qwen2, dynamic", "qwen2", dict(rope_parameters=DYNAMIC)),
    ("qwen3", "qwen3", {}),
    ("qwen3, yarn", "qwen3", dict(rope_parameters=YARN)),
    ("qwen3, linear", "qwen3", dict(rope_parameters=LINEAR)),
    ("llama", "llama", {}),
    ("llama, yarn", "llama", dict(rope_parameters=YARN)),
    ("llama, llama3", "llama", dict(rope_parameters=LLAMA3)),
    ("llama, linear", "llama", dict(rope_parameters=LINEAR)),
    ("llama, dynamic", "llama", dict(rope_parameters=DYNAMIC)),
    ("mistral", "mistral", dict(sliding_window=None)),
    ("mistral, yarn", "mistral", dict(sliding_window=None, rope_parameters=YARN)),
    ("mistral, window of 32", "mistral", dict(sliding_window=32)),
    ("phi", "phi", dict(num_key_value_heads=6, partial_rotary_factor=0.67, embd_pdrop=0.1, resid_pdrop=0.1)),
    ("phi, linear", "phi", dict(num_key_value_heads=6, rope_parameters={**LINEAR, "partial_rotary_factor": 0.67})),
    ("phi3", "phi3", dict(resid_pdrop=0.1)),
    ("phi3, longrope", "phi3", dict(rope_parameters=LONGROPE)),
    ("gemma", "gemma", {}),
    ("gemma2", "gemma2", dict(sliding_window=32, query_pre_attn_scalar=6)),
    ("gemma3", "gemma3_text", dict(sliding_window=32, query_pre_attn_scalar=6)),
    ("cohere", "cohere", dict(logit_scale=0.25)),
    ("granite", "granite", dict(logits_scaling=2.0)),
]
PROMPT, NEW = [5, 9, 17, 30, 11], 20
STEP = dict(learningRate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, weightDecay=0.0, maxGradientNorm=None, step=1)


def ask(worker, request, arrays=None, **message):
    answer, found = worker.answer({"request": request, **message}, arrays or {})
    if "failed" in answer:
        raise RuntimeError(answer["text"])
    return answer, found


def integers(values):
    return numpy.array(values, dtype=numpy.int32)


def greedy(worker):
    """Ids that the worker decodes, in the company of a second prompt whose sequences leave early."""
    ask(worker, "decode", {"prompts": integers(PROMPT + PROMPT[:3])}, model=1, decoder=1, lengths=[5, 3], copies=[1, 2],
        positions=NEW)
    rows = [0, 1, 2]
    _, found = ask(worker, "readPrompts", {"0.rows": integers(rows)}, decoder=1, asked=[["top", 1]])
    ids = [int(found["0.ids"][0, 0])]
    for position in range(NEW - 1):
        rows = [0, 1, 2] if position < 3 else [0, 2] if position < 6 else [0]
        fed = [ids[-1]] + [7] * (len(rows) - 1)
        arrays = {"sequences": integers(rows), "ids": integers(fed)[:, None],
                  "weights": numpy.ones((len(rows), 1), dtype=numpy.float32), "0.rows": integers(range(len(rows)))}
        _, found = ask(worker, "step", arrays, decoder=1, asked=[["top", 1]])
        ids.append(int(found["0.ids"][0, 0]))
    return ids


def gradients(worker, names, packed):
    """Gradients of cosine slopes by three logits of every action of two completions, packed into one row or not."""
    completions = [[8, 3, 21, 40], [14, 2]]
    layouts = [[completions]] if packed else [[[own]] for own in completions]
    at = 0
    for layout in layouts:
        rows = [[len(PROMPT), [len(own) for own in row]] for row in layout]
        fed = [id for row in layout for id in PROMPT + sum(row, [])]
        actions = sum(len(own) + 1 for row in layout for own in row)
        arrays = {"ids": integers(fed)[:, None], "weights": numpy.ones((len(fed), 1), dtype=numpy.float32),
                  "0.rows": integers(numpy.repeat(range(actions), 3)), "0.needs": integers([3, 5, 50] * actions)}
        ask(worker, "forward", arrays, model=1, rows=rows, gradients=True, trainInputs=True, asked=[["at", None]])
        slopes = numpy.cos(numpy.arange(at, at + 3 * actions, dtype=numpy.float64))
        at += 3 * actions
        ask(worker, "backward", {**arrays, "0.slopes": slopes}, model=1, asked=[["at", None]])
    found = {name: ask(worker, "tensor", model=1, kind="gradients", name=name)[1]["values"] for name in names}
    ask(worker, "forget", model=1)
    return found


def try_case(name, kind, changes):
    settings = {**SIZES, **changes}
    torch.manual_seed(7)
    config = AutoConfig.for_model(kind, **settings)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        for p in model.parameters():
            # Larger than at first, so that greedy choices differ from position to position.
            p.add_(torch.randn_like(p) * 0.15)
    expected = model.generate(torch.tensor([PROMPT]), max_new_tokens=NEW, do_sample=False, eos_token_id=None,
                              pad_token_id=0)[0, len(PROMPT):].tolist()
    worker = session.Session()
    answer, _ = worker.answer({"request": "open", "model": 1, "config": {**settings, "model_type": kind},
                               "dtype": "float32", "device": "cpu"}, {})
    if "failed" in answer:
        return {"name": name, "refused": answer["text"]}
    names = [own for own, _ in answer["shapes"]]
    stored = dict(model.named_parameters())
    for own in names:
        ask(worker, "put", {"values": stored[own].detach().numpy()}, model=1, kind="weights", name=own)
    found = greedy(worker)
    packed, single = gradients(worker, names, True), gradients(worker, names, False)
    error = max(float(numpy.abs(packed[own] - single[own]).max() / max(1e-6, numpy.abs(single[own]).max()))
                for own in names)
    gradients_again = gradients(worker, names, True)
    for own in names:
        worker.optimizers[1].gradients[own] = torch.from_numpy(gradients_again[own].copy())
    _, norm = ask(worker, "update", model=1, step=STEP)
    moved = sum(not numpy.array_equal(ask(worker, "tensor", model=1, kind="weights", name=own)[1]["values"],
                                      stored[own].detach().numpy()) for own in names)
    return {"name": name, "greedy": found == expected, "gradient": error, "moved": moved, "tensors": len(names),
            "norm": float(norm["norm"][0])}


only = sys.argv[1:]
for case in CASES:
    if not only or case[0] in only:
        print(json.dumps(try_case(*case)), flush=True)
