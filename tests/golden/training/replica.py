"""Ten training steps of the embedded model by every algorithm, in PyTorch: writes replica.json beside this file.

An independent account of rollout, reward, advantage, loss and AdamW, from the papers' formulas: the model is
transformers' Qwen2ForCausalLM, gradients are autograd's, the optimizer is torch.optim.AdamW. Only the noise is shared
(noise.py). Nothing of the project is imported.

Everything runs twice, with a model of 32 and of 64 bits (the loss is always taken in 64). The figures are the former's;
`rounding` is how far the latter's lie from them: the scale of what computations in 32 bits can be asked to agree to.

Run: python tests/golden/training/replica.py models/tiny   (torch 2.15, transformers 5.23, CPU)
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
from transformers import DynamicCache, Qwen2ForCausalLM

torch.set_num_threads(1)
STEPS, GROUP, MAX_NEW, MAX_THOUGHTS = 10, 7, 40, 5
# Logits of another computation lie about 1e-5 from these: no choice may hang on as little. Undecided soft thoughts carry
# a difference on, up to tenfold each, so that few are thought and both precisions must give the same texts as well.
LEAST_MARGIN = 3e-5
# Half of what the test lets a tensor's drift differ by: the two precisions must agree to that.
MOST_DRIFT = 5e-4
# AdamW divides a gradient that is mere rounding by its own size: a larger epsilon keeps such coordinates still.
LEARNING_RATE, WARM_UP, WEIGHT_DECAY, EPSILON = 1e-4, 5, 0.01, 1e-5
VOCABULARY = ["<pad>", "<eot>", "<user>", "<assistant>", "<think>", "</think>", "\\boxed{", "}", *"0123456789+-*="]
PAD, END, USER, ASSISTANT, THINK, END_THINK, BOX = range(7)
SOFT_K, SOFT_TOP_P, SOFT_TAU = 5, 0.95, 0.1

CASES = {
    "discrete-grpo": {"seed": 1, "questionSeed": 5, "minibatches": 2, "beta": 0.05},
    # Questions under which its gradients are least at the mercy of rounding.
    "soft-tokens-grpo": {"seed": 1, "questionSeed": 10, "minibatches": 1, "beta": 0.0},
    "soft-thinking-grpo-paper": {"seed": 1, "questionSeed": 5, "minibatches": 2, "beta": 0.01},
    # One update per rollout: in a second one, noise clamped when drawn moves off the clamp by as little as rounding, and
    # two computations would disagree on which terms have a gradient.
    "soft-thinking-grpo-release": {"seed": 1, "questionSeed": 5, "minibatches": 1, "beta": 0.01},
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


class Margin:
    """The least distance of any discrete choice from going the other way: other arithmetic must stay below it."""

    def __init__(self):
        self.least: dict[str, float] = {}

    def note(self, what: str, *gaps: float):
        self.least[what] = min(self.least.get(what, float("inf")), *gaps)


def runner_up_gap(scores: np.ndarray) -> float:
    if len(scores) < 2:
        return float("inf")
    second, first = np.sort(scores)[-2:]
    return float(first - second)


def nucleus(logits: np.ndarray, margin: Margin):
    """Ids of the k largest logits with top-p on the renormalised set; probabilities of all k, 0 where cut."""
    order = np.argsort(-logits, kind="stable")
    margin.note("topK", logits[order[SOFT_K - 1]] - logits[order[SOFT_K]])
    ids = order[:SOFT_K]
    p = np.exp(logits[ids] - logits[ids].max())
    p /= p.sum()
    before = np.cumsum(p) - p
    margin.note("topP", *np.abs(before[1:] - SOFT_TOP_P))
    p = np.where(before < SOFT_TOP_P, p, 0.0)
    return ids, p / p.sum()


class Policy:
    """One algorithm: how it thinks, answers and scores."""

    def __init__(self, name: str, table: torch.Tensor):
        self.name = name
        self.margin = Margin()
        fed = [row for row in range(len(VOCABULARY)) if row not in (PAD, END)]
        self.sigma = 0.33 * float(table[fed].double().pow(2).mean().sqrt())

    def think(self, logits, stream, position, table, margin):
        """A thought step: (shown token, what is fed, record of it)."""
        z = logits.astype(np.float64)
        if self.name == "discrete-grpo":
            scores = z + stream.gumbel(position, len(z))
            margin.note("draw", runner_up_gap(scores))
            token = int(scores.argmax())
            return token, hard(token), {"token": token}
        if self.name == "soft-tokens-grpo":
            margin.note("draw", runner_up_gap(z))
            p = np.exp((z - z.max()) / 0.5)
            p /= p.sum()
            noise = stream.gaussian(position, table.shape[1])
            fed = torch.from_numpy(p @ table.double().numpy() + self.sigma * noise).to(table.dtype)
            return int(z.argmax()), {"vector": fed}, {"embedding": fed}
        ids, g, kept = self.perturbed(z, stream, position, margin)
        order = np.argsort(-g, kind="stable")
        ids, g = ids[order], g[order]
        y = np.exp((g - g.max()) / SOFT_TAU)
        y /= y.sum()
        ids, y, g = torch.from_numpy(ids), torch.from_numpy(y).to(table.dtype), torch.from_numpy(g).to(table.dtype)
        return int(ids[0]), {"ids": ids, "weights": y}, {"ids": ids, "scores": g, "drawn": kept}

    def perturbed(self, z, stream, position, margin):
        """Ids, perturbed scores, and (paper) the log-density of the noise drawn."""
        ids, p = nucleus(z, margin)
        noise = stream.gumbel(position, len(z))[ids]
        if self.name.endswith("release"):
            g = np.log(p + 1e-6) + np.clip(noise, -1.5, 3)
            margin.note("draw", runner_up_gap(g))
            return ids, g, None
        ids, p, noise = ids[p > 0], p[p > 0], noise[p > 0]
        g = np.log(p) + noise
        margin.note("draw", runner_up_gap(g))
        return ids, g, float(np.sum(-noise - np.exp(-noise)))

    def answer(self, logits, stream, position, margin) -> int:
        z = logits.astype(np.float64)
        if self.name.startswith("soft-thinking"):
            ids, g, _ = self.perturbed(z, stream, position, margin)
            return int(ids[g.argmax()])
        scores = z + stream.gumbel(position, len(z))
        margin.note("draw", runner_up_gap(scores))
        return int(scores.argmax())

    def log_density(self, logits, record, table):
        """log π of one scored step under float64 logits (V), differentiable in them."""
        if "token" in record:
            return torch.log_softmax(logits, 0)[record["token"]]
        if self.name == "soft-tokens-grpo":
            mean = torch.softmax(logits / 0.5, 0) @ table.double()
            return -((record["embedding"].double() - mean) ** 2).sum() / (2 * self.sigma**2)
        g = record["scores"].double()
        log_q = torch.log_softmax(logits[record["ids"]], 0)
        if self.name.endswith("paper"):
            u = g - log_q
            return (-u - torch.exp(-u)).sum()
        location = torch.log(log_q.exp() + 1e-6)
        raw = g - location
        # Noise clamped when drawn comes back at the clamp up to rounding: within .001 a term is held constant.
        low, high = -1.5 + 1e-3, 3 - 1e-3
        inside = ((raw > low) & (raw < high)).detach()
        u = torch.where(inside, raw, raw.detach().clamp(-1.5, 3))
        counted = (location > -3).double().detach()
        self.margin.note("mask", (location + 3).abs().min().item())
        self.margin.note("clamp", torch.cat([raw - low, raw - high]).abs().min().item())
        return (counted * (-u - torch.exp(-u))).sum() / counted.sum()

    def log_locations(self, logits, record):
        return torch.log_softmax(logits[record["ids"]], 0)


def hard(token: int) -> dict:
    return {"ids": torch.tensor([token]), "weights": torch.ones(1)}


def embed(fed: dict, table: torch.Tensor) -> torch.Tensor:
    """The input embedding under a model's own table, which the updates of a rollout move; Butt et al.'s is kept as drawn."""
    return fed["vector"] if "vector" in fed else fed["weights"].to(table.dtype) @ table[fed["ids"]]


def rollout(model, policy: Policy, prompt: list[int], streams: list[Stream], margin: Margin):
    """One completion a stream: tokens, what was fed, and records of scored steps (None where forced)."""
    table = model.model.embed_tokens.weight.detach()
    done = [{"tokens": [], "inputs": [], "records": [], "forced": [], "thinking": True, "open": True} for _ in streams]
    cache = DynamicCache(config=model.config)
    fed = table[prompt].expand(len(streams), -1, -1)
    with torch.no_grad():
        for position in range(MAX_NEW):
            logits = model(inputs_embeds=fed, past_key_values=cache, use_cache=True).logits[:, -1].numpy()
            following = []
            for row, (state, stream) in enumerate(zip(done, streams)):
                vector = table[PAD]
                if state["open"]:
                    token, fed_now, record = next_step(policy, state, logits[row], stream, position, table, margin)
                    vector = embed(fed_now, table)
                    state["tokens"].append(token)
                    state["inputs"].append(fed_now)
                    state["records"].append(record)
                    state["open"] = token != END and position + 1 < MAX_NEW
                following.append(vector)
            if not any(state["open"] for state in done):
                break
            fed = torch.stack(following)[:, None]
    return done


def next_step(policy, state, logits, stream, position, table, margin):
    butt = policy.name == "soft-tokens-grpo"
    if state["forced"]:
        token = state["forced"].pop(0)
        return token, hard(token), None
    if not state["thinking"]:
        token = policy.answer(logits, stream, position, margin)
        return token, hard(token), {"token": token}
    if butt and position == MAX_THOUGHTS:
        state["thinking"], state["forced"] = False, [BOX]
        return END_THINK, hard(END_THINK), None
    token, fed, record = policy.think(logits, stream, position, table, margin)
    if token != END_THINK:
        return token, fed, {**record, "thought": True}
    state["thinking"] = False
    if butt:
        state["forced"] = [BOX]
    return token, hard(token), None if butt else {"token": token}


def reward(tokens: list[int], answer: str, butt: bool) -> float:
    text = "".join(VOCABULARY[token] for token in tokens)
    boxes = re.findall(r"\\boxed\{([^{}]*)\}", text.partition("</think>")[2])
    right = bool(boxes) and boxes[-1] == answer
    if butt:
        return 100.0 if right else 10.0 if boxes else 0.0
    return float(right)


def replay(model, prompt, completion):
    """Float64 logits (T, V), one row per step of the completion."""
    table = model.model.embed_tokens.weight.detach()
    inputs = torch.cat([table[prompt], *(embed(fed, table)[None] for fed in completion["inputs"][:-1])])
    return model(inputs_embeds=inputs[None]).logits[0, len(prompt) - 1 :].double()


def densities(model, policy, group):
    table = model.model.embed_tokens.weight.detach()
    with torch.no_grad():
        rows = replay(model, group["prompt"], group["completion"])
        return [
            None
            if record is None
            else {
                "log": policy.log_density(z, record, table),
                "locations": policy.log_locations(z, record) if "ids" in record else None,
            }
            for z, record in zip(rows, group["completion"]["records"])
        ]


def position_loss(policy, log_pi, z, record, advantage, old, reference, beta):
    """(policy loss, divergence) of one position."""
    name = policy.name
    if name == "soft-tokens-grpo":
        return -advantage * log_pi, torch.zeros(())
    old_log = old["log"]
    if name.endswith("paper") and "drawn" in record:
        old_log = torch.tensor(record["drawn"], dtype=torch.float64)
    ratio = torch.exp(log_pi - old_log)
    policy.margin.note("clip", abs(ratio.item() - 0.8), abs(ratio.item() - 1.2), abs(ratio.item() - 3.0))
    loss = torch.maximum(-ratio * advantage, -ratio.clamp(0.8, 1.2) * advantage)
    if not name.endswith("paper") and advantage < 0:
        loss = torch.minimum(loss, torch.tensor(-3.0 * advantage, dtype=torch.float64))
    if name.endswith("paper") and "ids" in record:
        delta = policy.log_locations(z, record) - reference["locations"]
        return loss, (delta + torch.exp(-delta) - 1).sum()
    delta = log_pi - reference["log"]
    k3 = torch.exp(-delta) + delta - 1
    return loss, k3 if name.endswith("paper") else k3.clamp(-10, 10)


def position_weights(name: str, lengths: list[int]) -> list[float]:
    count = len(lengths)
    if name == "soft-tokens-grpo":
        return [1 / count] * count
    if name.endswith("paper"):
        return [1 / (count * length) for length in lengths]
    if name.endswith("release"):
        pairs = [lengths[i : i + 2] for i in range(0, count, 2)]
        return [1 / (len(pairs) * sum(pairs[i // 2])) for i in range(count)]
    return [1 / sum(lengths)] * count


def run_twice(folder: str, name: str, case: dict) -> dict:
    result, exact = (run(folder, name, case, dtype) for dtype in (torch.float32, torch.float64))
    for point, other in zip(result["curve"], exact["curve"]):
        assert point["textsSha256"] == other["textsSha256"], "the precisions disagree on a text: choose other questions"
        point["rounding"] = {
            key: abs(value - other[key]) for key, value in point.items() if isinstance(value, float)
        }
    nearest = min(result["leastMargins"].values())
    assert nearest >= LEAST_MARGIN, f"{name}: a choice hangs on {nearest}: choose other questions"
    drifts = [abs(exact["drift"][key] / value - 1) for key, value in result["drift"].items()]
    assert max(drifts) <= MOST_DRIFT, f"{name}: drifts differ by {max(drifts)}: choose other questions"
    return result


def run(folder: str, name: str, case: dict, dtype: torch.dtype) -> dict:
    model = Qwen2ForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()
    frozen = Qwen2ForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()
    initial = {key: value.detach().clone() for key, value in model.named_parameters()}
    policy = Policy(name, initial["model.embed_tokens.weight"])
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.999), eps=EPSILON, weight_decay=WEIGHT_DECAY
    )
    margin = policy.margin
    curve = []
    for step, asked in enumerate(questions(case["questionSeed"]), start=1):
        groups = []
        for index, (question, answer) in enumerate(asked):
            prompt = [USER, *(VOCABULARY.index(c) for c in question), ASSISTANT, THINK]
            streams = [Stream(case["seed"], f"rollout/{step}", "replica", f"q/{step}/{index}", g) for g in range(GROUP)]
            completions = rollout(model, policy, prompt, streams, margin)
            rewards = np.array([reward(c["tokens"], answer, name == "soft-tokens-grpo") for c in completions])
            if name == "soft-tokens-grpo":
                advantages = rewards - (rewards.sum() - rewards) / (GROUP - 1)
            else:
                advantages = (rewards - rewards.mean()) / (rewards.std(ddof=1) + 1e-6)
            groups.append([
                {"prompt": prompt, "completion": c, "reward": r, "advantage": a, "contrast": bool(np.any(advantages != 0))}
                for c, r, a in zip(completions, rewards, advantages)
            ])
        curve.append(update(model, frozen, policy, optimizer, case, step, groups))
    drift = {key: value.detach() - initial[key] for key, value in model.named_parameters()}
    return {
        **case,
        "questions": questions(case["questionSeed"]),
        "leastMargins": margin.least,
        "noiseDeviation": policy.sigma,
        "curve": curve,
        "drift": {key: float(value.double().norm()) for key, value in drift.items()},
        "weights": {key: value.detach().flatten()[:3].tolist() for key, value in model.named_parameters()},
    }


def update(model, frozen, policy, optimizer, case, step, groups) -> dict:
    flat = [sample for group in groups for sample in group]
    for sample in flat:
        sample["old"] = densities(model, policy, sample)
        sample["reference"] = densities(frozen, policy, sample)
    figures = []
    bounds = [len(groups) * part // case["minibatches"] for part in range(case["minibatches"] + 1)]
    for first, last in zip(bounds, bounds[1:]):
        members = [sample for group in groups[first:last] for sample in group]
        table = model.model.embed_tokens.weight.detach()
        weights = position_weights(policy.name, [scored(sample) for sample in members])
        total = torch.zeros((), dtype=torch.float64)
        divergences, thoughts, tokens = [], [], []
        for sample, weight in zip(members, weights):
            rows = replay(model, sample["prompt"], sample["completion"])
            for t, record in enumerate(sample["completion"]["records"]):
                if record is None:
                    continue
                log_pi = policy.log_density(rows[t], record, table)
                loss, divergence = position_loss(
                    policy, log_pi, rows[t], record, sample["advantage"], sample["old"][t], sample["reference"][t],
                    case["beta"],
                )
                total = total + weight * (loss + case["beta"] * divergence)
                if case["beta"] == 0 and not sample["contrast"]:
                    continue  # no gradient, so that the project does not compute it
                divergences.append(divergence.item())
                (thoughts if "thought" in record else tokens).append(log_pi.item())
        optimizer.zero_grad()
        total.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(1, step / WARM_UP)
        optimizer.step()
        figures.append([total.item(), norm.item(), mean(divergences), mean(thoughts), mean(tokens)])
    loss, norm, divergence, thought, token = np.mean(figures, axis=0).tolist()
    texts = ["".join(VOCABULARY[token] for token in sample["completion"]["tokens"]) for sample in flat]
    return {
        "textsSha256": hashlib.sha256("\n".join(texts).encode()).hexdigest(),
        "firstText": texts[0],
        "reward": float(np.mean([sample["reward"] for sample in flat])) / (100 if policy.name == "soft-tokens-grpo" else 1),
        "tokens": float(np.mean([len(sample["completion"]["tokens"]) for sample in flat])),
        "loss": loss,
        "gradientNorm": norm,
        "kl": divergence,
        "thoughtLogDensity": thought,
        "tokenLogDensity": token,
    }


def mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else 0.0


def scored(sample: dict) -> int:
    return sum(record is not None for record in sample["completion"]["records"])


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    golden = {
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "weightsSha256": hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest(),
        "steps": STEPS,
        "group": GROUP,
        "maxNewTokens": MAX_NEW,
        "maxThoughts": MAX_THOUGHTS,
        "learningRate": LEARNING_RATE,
        "warmUp": WARM_UP,
        "weightDecay": WEIGHT_DECAY,
        "epsilon": EPSILON,
        "cases": {name: run_twice(str(folder), name, case) for name, case in CASES.items()},
    }
    target = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else pathlib.Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(golden, indent=1) + "\n")
