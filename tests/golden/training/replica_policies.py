"""What a step of each algorithm draws, feeds and scores, from the papers' formulas; replica.py trains with it."""

import numpy as np
import torch
from noise import Stream
from transformers import DynamicCache

MAX_NEW, MAX_THOUGHTS = 40, 5
VOCABULARY = ["<pad>", "<eot>", "<user>", "<assistant>", "<think>", "</think>", "\\boxed{", "}", *"0123456789+-*="]
PAD, END, USER, ASSISTANT, THINK, END_THINK, BOX = range(7)
TOP_K, TOP_P, SOFT_TAU, BUTT_TAU, LEPO_TAU = 5, 0.95, 0.1, 0.5, 0.3
DRAWS = 3
# Released CoT2 divides the logits of thoughts by the number of draws.
TEMPERATURES = {"cot2-release": float(DRAWS)}


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
    margin.note("topK", logits[order[TOP_K - 1]] - logits[order[TOP_K]])
    ids = order[:TOP_K]
    p = np.exp(logits[ids] - logits[ids].max())
    p /= p.sum()
    before = np.cumsum(p) - p
    margin.note("topP", *np.abs(before[1:] - TOP_P))
    p = np.where(before < TOP_P, p, 0.0)
    return ids, p / p.sum()


class Policy:
    """One algorithm: how it thinks, answers and scores.

    Kinds: `discrete` draws from the whole vocabulary; `filtered` from the nucleus, scored over the whole vocabulary;
    `kept` from the nucleus, scored over the ids that the draw kept; `butt`; `paper` and `release` of SofT-GRPO;
    `lepo` thinks for MAX_THOUGHTS positions whatever it shows, scored over the whole vocabulary, `lepo-kept` over the kept
    ids, and both answer as `filtered`; of Multiplex Thinking `multiplex-release`, `multiplex-paper` and
    `multiplex-mean`, by their weights, and `cot2` and `cot2-release`.
    """

    def __init__(self, kind: str, table: torch.Tensor):
        self.kind = kind
        self.margin = Margin()
        fed = [row for row in range(len(VOCABULARY)) if row not in (PAD, END)]
        self.sigma = 0.33 * float(table[fed].double().pow(2).mean().sqrt())

    @property
    def soft_thinking(self) -> bool:
        return self.kind in ("paper", "release")

    @property
    def lepo(self) -> bool:
        return self.kind.startswith("lepo")

    @property
    def multiplex(self) -> bool:
        return self.kind.startswith(("multiplex", "cot2"))

    def think(self, logits, stream, position, table):
        """A thought step: (shown token, what is fed, record of it)."""
        z = logits.astype(np.float64)
        if self.kind == "butt":
            self.margin.note("draw", runner_up_gap(z))
            p = np.exp((z - z.max()) / BUTT_TAU)
            p /= p.sum()
            noise = stream.gaussian(position, table.shape[1])
            fed = torch.from_numpy(p @ table.double().numpy() + self.sigma * noise).to(table.dtype)
            return int(z.argmax()), {"vector": fed}, {"embedding": fed}
        if self.lepo:
            ids, g, _ = self.perturbed(z, stream, position)
            order = np.argsort(-g, kind="stable")
            ids, g = torch.from_numpy(ids[order]), torch.from_numpy(g[order])
            y = torch.softmax(g / LEPO_TAU, 0).to(table.dtype)
            return int(ids[0]), {"ids": ids, "weights": y}, {"ids": ids, "weights": y}
        if self.multiplex:
            return self.think_multiplex(z, stream, position, table)
        if not self.soft_thinking:
            record = self.draw(z, stream, position)
            return record["token"], hard(record["token"]), record
        ids, g, drawn = self.perturbed(z, stream, position)
        order = np.argsort(-g, kind="stable")
        ids, g = ids[order], g[order]
        y = np.exp((g - g.max()) / SOFT_TAU)
        y /= y.sum()
        ids, y, g = torch.from_numpy(ids), torch.from_numpy(y).to(table.dtype), torch.from_numpy(g).to(table.dtype)
        return int(ids[0]), {"ids": ids, "weights": y}, {"ids": ids, "scores": g, "drawn": drawn}

    def think_multiplex(self, z, stream, position, table):
        """Draws with replacement: the first as a token is drawn, the others by inverse CDF over rising ids."""
        temperature = TEMPERATURES.get(self.kind, 1.0)
        z = z / temperature
        p = np.exp(z - z.max())
        p /= p.sum()
        draws = [self.draw(z, stream, position)["token"]]
        reached = np.cumsum(p)
        for u in stream.uniform(position, DRAWS)[1:]:
            # In log odds, which move no more than logits do.
            odds = np.log(reached[:-1]) - np.log1p(-np.minimum(reached[:-1], 1 - 1e-16))
            self.margin.note("quantile", *np.abs(odds - np.log(u / (1 - u))))
            draws.append(int(np.argmax(reached > u)))
        ids, counts = np.unique(draws, return_counts=True)
        weights = {
            "multiplex-release": counts * p[ids] / (counts * p[ids]).sum(),
            "multiplex-paper": counts * p[ids] / p[ids].sum(),
        }.get(self.kind, counts / DRAWS)
        fed = {"ids": torch.from_numpy(ids), "weights": torch.from_numpy(weights).to(table.dtype)}
        return draws[0], fed, {"draws": draws, "temperature": temperature}

    def perturbed(self, z, stream, position):
        """Ids, perturbed scores, and (paper) the log-density of the noise drawn."""
        ids, p = nucleus(z, self.margin)
        noise = stream.gumbel(position, len(z))[ids]
        if self.kind == "release":
            g = np.log(p + 1e-6) + np.clip(noise, -1.5, 3)
            self.margin.note("draw", runner_up_gap(g))
            return ids, g, None
        ids, p, noise = ids[p > 0], p[p > 0], noise[p > 0]
        g = np.log(p) + noise
        self.margin.note("draw", runner_up_gap(g))
        return ids, g, float(np.sum(-noise - np.exp(-noise)))

    def draw(self, z, stream, position) -> dict:
        """A hard token of the law of thoughts or answers: argmax of log-probability plus Gumbel noise."""
        if self.soft_thinking:
            ids, g, _ = self.perturbed(z, stream, position)
            return {"token": int(ids[g.argmax()])}
        noise = stream.gumbel(position, len(z))
        if self.kind in ("discrete", "butt") or self.multiplex:
            scores = z + noise
            self.margin.note("draw", runner_up_gap(scores))
            return {"token": int(scores.argmax())}
        ids, p = nucleus(z, self.margin)
        ids, p = ids[p > 0], p[p > 0]
        scores = np.log(p) + noise[ids]
        self.margin.note("draw", runner_up_gap(scores))
        token = int(ids[scores.argmax()])
        return {"token": token, "kept": ids.tolist()} if self.kind == "kept" else {"token": token}

    def log_density(self, logits, record, table):
        """log π of one scored step under float64 logits (V), differentiable in them."""
        if "draws" in record:
            each = self.draw_densities(logits, record)
            return each.mean() if self.kind == "cot2" else each.sum()
        if "kept" in record:
            kept = record["kept"]
            return torch.log_softmax(logits[kept], 0)[kept.index(record["token"])]
        if "token" in record:
            return torch.log_softmax(logits / record.get("temperature", 1.0), 0)[record["token"]]
        if self.kind == "butt":
            mean = torch.softmax(logits / BUTT_TAU, 0) @ table.double()
            return -((record["embedding"].double() - mean) ** 2).sum() / (2 * self.sigma**2)
        if self.lepo:
            ids, y = record["ids"], record["weights"].double()
            log_p = torch.log_softmax(logits[ids], 0) if self.kind == "lepo-kept" else torch.log_softmax(logits, 0)[ids]
            return (y * log_p).sum()
        g = record["scores"].double()
        log_q = torch.log_softmax(logits[record["ids"]], 0)
        if self.kind == "paper":
            u = g - log_q
            return (-u - torch.exp(-u)).sum()
        location = torch.log(log_q.exp() + 1e-6)
        raw = g - location
        # Noise clamped when drawn comes back at the clamp up to rounding: within .001 a term is held constant.
        low, high = -1.5 + 1e-3, 3 - 1e-3
        inside = ((raw > low) & (raw < high)).detach()
        u = torch.where(inside, raw, raw.detach().clamp(-1.5, 3))
        counted = location > -3
        self.margin.note("mask", (location + 3).abs().min().item())
        self.margin.note("clamp", torch.cat([raw - low, raw - high]).abs().min().item())
        return (counted.double() * (-u - torch.exp(-u))).sum() / counted.sum()

    def draw_densities(self, logits, record):
        return torch.log_softmax(logits / record["temperature"], 0)[record["draws"]]

    def log_locations(self, logits, record):
        """log p of all that was scored: of the whole vocabulary, or of the ids that were perturbed."""
        if "draws" in record:
            return torch.log_softmax(logits / record["temperature"], 0)
        return torch.log_softmax(logits[record["ids"]], 0)


def hard(token: int) -> dict:
    return {"ids": torch.tensor([token]), "weights": torch.ones(1)}


def embed(fed: dict, table: torch.Tensor) -> torch.Tensor:
    """The input embedding under a model's own table, which the updates of a rollout move; Butt et al.'s is kept as drawn."""
    return fed["vector"] if "vector" in fed else fed["weights"].to(table.dtype) @ table[fed["ids"]]


def rollout(model, policy: Policy, prompt: list[int], streams: list[Stream]):
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
                    token, fed_now, record = next_step(policy, state, logits[row], stream, position, table)
                    vector = embed(fed_now, table)
                    state["tokens"].append(token)
                    state["inputs"].append(fed_now)
                    state["records"].append(record)
                    latent = policy.lepo and position < MAX_THOUGHTS  # shows its heaviest token, which ends nothing
                    state["open"] = (token != END or latent) and position + 1 < MAX_NEW
                following.append(vector)
            if not any(state["open"] for state in done):
                break
            fed = torch.stack(following)[:, None]
    return done


def next_step(policy, state, logits, stream, position, table):
    butt = policy.kind == "butt"
    if state["forced"]:
        token = state["forced"].pop(0)
        return token, hard(token), None
    if policy.lepo:
        state["thinking"] = position < MAX_THOUGHTS
    if not state["thinking"]:
        record = policy.draw(logits.astype(np.float64), stream, position)
        return record["token"], hard(record["token"]), record
    if butt and position == MAX_THOUGHTS:
        state["thinking"], state["forced"] = False, [BOX]
        return END_THINK, hard(END_THINK), None
    token, fed, record = policy.think(logits, stream, position, table)
    if token != END_THINK or policy.lepo:
        return token, fed, {**record, "thought": True}
    state["thinking"] = False
    if butt:
        state["forced"] = [BOX]
        return token, hard(token), None
    # The token that ends thinking is a hard one, whatever was drawn; a draw of tokens keeps the law that it came from.
    law = {key: record[key] for key in ("kept", "temperature") if key in record}
    return token, hard(token), {"token": token, **law}
