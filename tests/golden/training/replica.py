"""Ten training steps of the embedded model by every algorithm, in PyTorch: writes replica.json beside this file.

An independent account of rollout, reward, advantage, loss and AdamW, from the papers' formulas (replica_policies.py,
replica_objectives.py): the model is transformers' Qwen2ForCausalLM, gradients are autograd's, the optimizer is
torch.optim.AdamW. Only the noise is shared (noise.py). Nothing of the project is imported.

Everything runs twice, with a model of 32 and of 64 bits (the loss is always taken in 64). The figures are the former's;
`rounding` is how far the latter's lie from them: the scale of what computations in 32 bits can be asked to agree to.

Run: python tests/golden/training/replica.py models/tiny [case ...]   (torch 2.15, transformers 5.23, CPU)
Named cases alone are computed again; the others stay as they are.
"""

import hashlib
import json
import pathlib
import random
import re
import sys

import numpy as np
import torch
import transformers
from noise import Stream
from replica_objectives import advantages, position_loss, position_weights, surrogate_of
from replica_policies import ASSISTANT, MAX_NEW, MAX_THOUGHTS, THINK, USER, VOCABULARY, Policy, embed, rollout
from transformers import Qwen2ForCausalLM

torch.set_num_threads(1)
STEPS, GROUP = 10, 7
# Logits of another computation lie about 1e-5 from these: no choice may hang on as little. Undecided soft thoughts carry
# a difference on, up to tenfold each, so that few are thought and both precisions must give the same texts as well.
LEAST_MARGIN = 3e-5
# Half of what the test lets a tensor's drift differ by: the two precisions must agree to that.
MOST_DRIFT = 5e-4
# AdamW divides a gradient that is mere rounding by its own size: a larger epsilon keeps such coordinates still.
WARM_UP, WEIGHT_DECAY, EPSILON = 5, 0.01, 1e-5

OBJECTIVES = {
    "on-policy": {"surrogate": "clip", "weights": "token-mean"},
    "verl": {"surrogate": "dual-clip", "weights": "token-mean", "kl": "k3"},
    "kl-times-ratio": {"surrogate": "dual-clip", "weights": "token-mean", "kl": "k3-times-ratio"},
    "paper": {"surrogate": "clip", "old": "drawn", "weights": "sequence-mean", "kl": "closed-form"},
    "release": {"surrogate": "dual-clip", "weights": "pairs", "kl": "k3"},
    "butt": {"surrogate": "log-density", "weights": "sequence-sum"},
    "lepo": {"surrogate": "clip", "thoughts": "log-density", "weights": "sequence-mean"},
    "multiplex-release": {"surrogate": "dual-clip", "weights": "token-mean", "ratio": "draw"},
    "multiplex-paper": {"surrogate": "clip", "weights": "token-mean", "kl": "closed-form"},
}


def case(
    policy, objective, *, advantage="grpo", inputs=False, question_seed=5, minibatches=1, beta=0.0, learning_rate=1e-4
):
    """`inputs`: gradients also flow into the table through the embeddings that were fed. β is such that it is felt."""
    return {
        "policy": policy,
        "objective": objective,
        "advantage": advantage,
        "inputs": inputs,
        "seed": 1,
        "questionSeed": question_seed,
        "minibatches": minibatches,
        "beta": beta,
        "learningRate": learning_rate,
    }


CASES = {
    "discrete-grpo": case("discrete", "verl", minibatches=2, beta=0.05),
    # Updates large enough for the second minibatch to meet the clip, in up to a twentieth of its positions.
    "discrete-grpo-inputs": case("discrete", "verl", inputs=True, minibatches=2, beta=0.05, learning_rate=1e-3),
    "discrete-grpo-filtered-inputs": case("filtered", "on-policy", inputs=True, question_seed=11),
    "discrete-grpo-kept": case("kept", "on-policy", question_seed=11),
    "discrete-grpo-kept-kl-times-ratio": case("kept", "kl-times-ratio", question_seed=11, minibatches=2, beta=0.05),
    "discrete-grpo-best": case("filtered", "on-policy", advantage="best", question_seed=11),
    "discrete-grpo-best-scaled": case("filtered", "on-policy", advantage="best/std", question_seed=12),
    "discrete-grpo-pass-at-4": case("filtered", "on-policy", advantage="pass-at-4", question_seed=11),
    # Questions under which it is least at the mercy of rounding: runs in 32 bits that differ in the order of their sums
    # alone have losses at most .0031 apart. Under seed 10 those of the seventh step are .024 apart.
    "soft-tokens-grpo": case("butt", "butt", advantage="rloo", question_seed=11),
    "soft-thinking-grpo-paper": case("paper", "paper", minibatches=2, beta=0.01),
    # One update per rollout: noise that was clamped when drawn stays at the clamp. In a second one it moves off: its
    # margin to where a term gets a gradient is watched.
    "soft-thinking-grpo-release": case("release", "release", beta=0.01),
    "soft-thinking-grpo-release-minibatches": case("release", "release", minibatches=2, beta=0.01),
    "lepo": case("lepo", "lepo", question_seed=15, minibatches=2),
    "lepo-kept": case("lepo-kept", "on-policy", question_seed=11),
    # Updates large enough for single draws to meet the clip in most steps.
    "multiplex-grpo-release": case(
        "multiplex-release", "multiplex-release", question_seed=10, minibatches=2, learning_rate=3e-4
    ),
    "multiplex-grpo-paper": case("multiplex-paper", "multiplex-paper", question_seed=10, minibatches=2, beta=0.01),
    "multiplex-grpo-mean": case("multiplex-mean", "on-policy", inputs=True),
    "multiplex-grpo-cot2": case("cot2", "verl", minibatches=2, beta=0.05),
    "multiplex-grpo-cot2-release": case("cot2-release", "verl", minibatches=2, beta=0.05),
}


def questions(seed: int) -> list[list[tuple[str, str]]]:
    """Four a step: two sums, a difference and a product, so that both minibatches have something to learn from."""
    draw = random.Random(seed)
    table = []
    for _ in range(STEPS):
        a, b, c, d, e, f = (draw.randint(11, 99) for _ in range(6))
        g, h = draw.randint(12, 39), draw.randint(12, 39)
        table.append([
            (f"{a}+{b}", str(a + b)),
            (f"{c}-{d}", str(c - d)),
            (f"{e}+{f}", str(e + f)),
            (f"{g}*{h}", str(g * h)),
        ])
    return table


def reward(tokens: list[int], answer: str, butt: bool) -> float:
    text = "".join(VOCABULARY[token] for token in tokens)
    boxes = re.findall(r"\\boxed\{([^{}]*)\}", text.partition("</think>")[2])
    right = bool(boxes) and boxes[-1] == answer
    if butt:
        return 100.0 if right else 10.0 if boxes else 0.0
    return float(right)


def replay(model, prompt, completion, inputs=False):
    """Float64 logits (T, V), one row per step of the completion."""
    table = model.model.embed_tokens.weight
    if not inputs:
        table = table.detach()
    fed = torch.cat([table[prompt], *(embed(step, table)[None] for step in completion["inputs"][:-1])])
    return model(inputs_embeds=fed[None]).logits[0, len(prompt) - 1 :].double()


def densities(model, policy, group):
    table = model.model.embed_tokens.weight.detach()
    with torch.no_grad():
        rows = replay(model, group["prompt"], group["completion"])
        return [
            None
            if record is None
            else {
                "log": policy.log_density(z, record, table),
                "locations": policy.log_locations(z, record) if "ids" in record or "draws" in record else None,
                "draws": policy.draw_densities(z, record) if "draws" in record else None,
            }
            for z, record in zip(rows, group["completion"]["records"])
        ]


def run_twice(folder: str, name: str, setting: dict) -> dict:
    result, exact = (run(folder, setting, dtype) for dtype in (torch.float32, torch.float64))
    for point, other in zip(result["curve"], exact["curve"]):
        assert point["textsSha256"] == other["textsSha256"], f"{name}: the precisions disagree on a text"
        point["rounding"] = {
            key: 0.0 if value is None else abs(value - other[key])
            for key, value in point.items()
            if value is None or isinstance(value, float)
        }
    nearest = min(result["leastMargins"].values())
    assert nearest >= LEAST_MARGIN, f"{name}: a choice hangs on {nearest}: choose other questions"
    drifts = [abs(exact["drift"][key] / value - 1) for key, value in result["drift"].items()]
    assert max(drifts) <= MOST_DRIFT, f"{name}: drifts differ by {max(drifts)}: choose other questions"
    return result


def run(folder: str, setting: dict, dtype: torch.dtype) -> dict:
    model = Qwen2ForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()
    frozen = Qwen2ForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()
    initial = {key: value.detach().clone() for key, value in model.named_parameters()}
    policy = Policy(setting["policy"], initial["model.embed_tokens.weight"])
    butt = setting["policy"] == "butt"
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=setting["learningRate"], betas=(0.9, 0.999), eps=EPSILON, weight_decay=WEIGHT_DECAY
    )
    curve = []
    for step, asked in enumerate(questions(setting["questionSeed"]), start=1):
        groups = []
        for index, (question, answer) in enumerate(asked):
            prompt = [USER, *(VOCABULARY.index(c) for c in question), ASSISTANT, THINK]
            where = (setting["seed"], f"rollout/{step}", "replica", f"q/{step}/{index}")
            completions = rollout(model, policy, prompt, [Stream(*where, g) for g in range(GROUP)])
            rewards = np.array([reward(c["tokens"], answer, butt) for c in completions])
            better = advantages(setting["advantage"], rewards)
            groups.append([
                {"prompt": prompt, "completion": c, "reward": r, "advantage": a, "contrast": bool(np.any(better != 0))}
                for c, r, a in zip(completions, rewards, better)
            ])
        curve.append(update(model, frozen, policy, optimizer, setting, step, groups))
    drift = {key: value.detach() - initial[key] for key, value in model.named_parameters()}
    return {
        **{key: setting[key] for key in ("seed", "questionSeed", "minibatches", "beta", "learningRate")},
        "leastMargins": policy.margin.least,
        "noiseDeviation": policy.sigma,
        "curve": curve,
        "drift": {key: float(value.double().norm()) for key, value in drift.items()},
        "weights": {key: value.detach().flatten()[:3].tolist() for key, value in model.named_parameters()},
    }


def update(model, frozen, policy, optimizer, setting, step, groups) -> dict:
    objective, beta, parts = OBJECTIVES[setting["objective"]], setting["beta"], setting["minibatches"]
    flat = [sample for group in groups for sample in group]
    for sample in flat:
        sample["old"] = densities(model, policy, sample)
        sample["reference"] = densities(frozen, policy, sample)
    figures = []
    bounds = [len(groups) * part // parts for part in range(parts + 1)]
    for first, last in zip(bounds, bounds[1:]):
        members = [sample for group in groups[first:last] for sample in group]
        table = model.model.embed_tokens.weight.detach()
        weights = position_weights(objective["weights"], [scored(sample) for sample in members])
        total = torch.zeros((), dtype=torch.float64)
        divergences, thoughts, tokens, bounded = [], [], [], 0
        for sample, weight in zip(members, weights):
            if "kl" not in objective and not sample["contrast"]:
                continue  # no gradient, and nothing that anybody reads
            rows = replay(model, sample["prompt"], sample["completion"], setting["inputs"])
            for t, record in enumerate(sample["completion"]["records"]):
                if record is None:
                    continue
                log_pi = policy.log_density(rows[t], record, table)
                loss, divergence, bound = position_loss(
                    policy, objective, log_pi, rows[t], record, sample["advantage"], sample["old"][t], sample["reference"][t]
                )
                total = total + weight * (loss + beta * divergence)
                bounded += bound
                divergences.append(divergence.item())
                (thoughts if "thought" in record else tokens).append(log_pi.item())
        learns = total.requires_grad
        for weight in model.parameters():
            weight.grad = torch.zeros_like(weight)  # one that is None would not count as a step
        if learns:
            total.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = setting["learningRate"] * min(1, step / WARM_UP)
        optimizer.step()
        if learns:
            share = bounded / max(1, sum(could_be_bounded(objective, sample) for sample in members))
            figures.append([total.item(), norm.item(), mean(divergences), mean(thoughts), mean(tokens), share])
    # A step without any gradient has none of these figures; its weights move on with what AdamW remembers.
    names = ["loss", "gradientNorm", "kl", "thoughtLogDensity", "tokenLogDensity", "clipped"]
    means = dict(zip(names, np.mean(figures, axis=0).tolist() if figures else [None] * len(names)))
    if "kl" not in objective:
        means["kl"] = None
    texts = ["".join(VOCABULARY[token] for token in sample["completion"]["tokens"]) for sample in flat]
    return {
        "textsSha256": hashlib.sha256("\n".join(texts).encode()).hexdigest(),
        "firstText": texts[0],
        "reward": float(np.mean([sample["reward"] for sample in flat])) / (100 if policy.kind == "butt" else 1),
        "tokens": float(np.mean([len(sample["completion"]["tokens"]) for sample in flat])),
        **means,
    }


def mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else 0.0


def scored(sample: dict) -> int:
    return sum(record is not None for record in sample["completion"]["records"])


def could_be_bounded(objective: dict, sample: dict) -> int:
    records = sample["completion"]["records"]
    return sum(record is not None and surrogate_of(objective, record) != "log-density" for record in records)


def laid_out(value, indent="") -> str:
    """JSON with one line for what holds plain values alone."""
    nested = [v for v in (value.values() if isinstance(value, dict) else value) if isinstance(v, (dict, list, tuple))]
    if not nested:
        return json.dumps(value)
    inner = indent + " "
    if isinstance(value, dict):
        rows = [f"{inner}{json.dumps(str(key))}: {leaf(v, inner)}" for key, v in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + leaf(v, inner) for v in value) + f"\n{indent}]"


def leaf(value, indent: str) -> str:
    return laid_out(value, indent) if isinstance(value, (dict, list, tuple)) else json.dumps(value)


if __name__ == "__main__":
    folder, *chosen = sys.argv[1:]
    target = pathlib.Path(__file__).with_suffix(".json")
    known = json.loads(target.read_text())["cases"] if chosen else {}
    cases = {
        name: known[name] if name in known and name not in chosen else run_twice(folder, name, setting)
        for name, setting in CASES.items()
    }
    golden = {
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "weightsSha256": hashlib.sha256((pathlib.Path(folder) / "model.safetensors").read_bytes()).hexdigest(),
        "steps": STEPS,
        "group": GROUP,
        "maxNewTokens": MAX_NEW,
        "maxThoughts": MAX_THOUGHTS,
        "warmUp": WARM_UP,
        "weightDecay": WEIGHT_DECAY,
        "epsilon": EPSILON,
        "questions": {seed: questions(seed) for seed in sorted({c["questionSeed"] for c in CASES.values()})},
        "cases": cases,
    }
    target.write_text(laid_out(golden) + "\n")
