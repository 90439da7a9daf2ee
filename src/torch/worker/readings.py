"""What is read of rows of logits: each reading over the rows that ask for it, and differentiable where logits are.

Letters: R rows, V vocabulary, D width, K kept tokens, E the embedding table.
"""
import torch

from noise import gumbel
from refusal import Refusal

# Noise of so many numbers is computed at once: its 64-bit integers are some 30 times as large as logits.
NOISE_NUMBERS = 1 << 22
# Running sums are made of products with a triangle of this size: no order of theirs is left to a device.
RUN = 512


def top(logits, k):
    """((R, K) ids, (R, K) logits) by falling logit, equal ones by rising id: `topk` alone promises no order of equals."""
    vocabulary = logits.shape[-1]
    count = min(k, vocabulary)
    values, ids = logits.topk(min(count + 1, vocabulary), -1)
    # By id first, then by value without moving equals.
    order = ids.argsort(dim=-1)
    ids, values = ids.gather(-1, order), values.gather(-1, order)
    order = values.argsort(dim=-1, descending=True, stable=True)
    ids, values = ids.gather(-1, order), values.gather(-1, order)
    if ids.shape[-1] > count:
        # Which of the equals at the border were taken is open: such rows are sorted whole.
        tied = (values[:, count - 1] == values[:, count]).nonzero()[:, 0]
        ids, values = ids[:, :count].clone(), values[:, :count].clone()
        if len(tied) > 0:
            ids[tied] = logits[tied].argsort(dim=-1, descending=True, stable=True)[:, :count]
            values[tied] = logits[tied].gather(-1, ids[tied])
    return ids, values


def gumbel_argmax(logits, temperature, keys):
    """((R) ids, (R) logits) of the largest z/T + noise, the lowest of equals."""
    rows, vocabulary = logits.shape
    ids = torch.empty(rows, dtype=torch.int64, device=logits.device)
    step = max(1, NOISE_NUMBERS // vocabulary)
    for start in range(0, rows, step):
        part = slice(start, start + step)
        ids[part] = (logits[part].double() / temperature).add_(gumbel(keys[part], vocabulary)).argmax(-1)
    return ids, logits.gather(-1, ids[:, None])[:, 0]


def shifted(logits, temperature):
    """(R, V), (z - largest)/T."""
    return (logits - logits.detach().amax(-1, keepdim=True)) / temperature


def masses(logits, temperature):
    """(R) sums of exp((z - largest)/T), in float64."""
    return shifted(logits, temperature).exp().sum(-1, dtype=torch.float64)


def entropies(logits, temperature):
    """(R) entropies of softmax(z/T) in nats, float64."""
    scaled = shifted(logits, temperature)
    weights = scaled.exp()
    mass = weights.sum(-1, dtype=torch.float64)
    # p log p is 0 in the limit of p 0.
    return mass.log() - torch.where(weights > 0, weights * scaled, 0.0).sum(-1, dtype=torch.float64) / mass


def mean_embeddings(logits, temperature, table):
    """(R, D) softmax(z/T) E; no gradient flows into the table."""
    return torch.softmax(logits / temperature, -1) @ table.detach().float()


def quantiles(logits, temperature, shares):
    """((R, M) ids, (R, M) logits): the first id, in order, at which the running sum of p exceeds each share (R, M)."""
    weights = shifted(logits.double(), temperature).exp()
    running = running_sums(weights / weights.sum(-1, keepdim=True))
    ids = (running[:, None, :] <= shares[..., None]).sum(-1)
    # Where rounding lets no sum exceed it: the last one that can be drawn.
    last = (torch.arange(weights.shape[-1], device=weights.device) * (weights > 0)).amax(-1, keepdim=True)
    ids = ids.minimum(last)
    return ids, logits.gather(-1, ids)


def running_sums(values):
    """(R, V) sums of all entries up to each one."""
    rows, length = values.shape
    runs = (length + RUN - 1) // RUN
    blocks = torch.nn.functional.pad(values, (0, runs * RUN - length)).view(rows, runs, RUN)
    triangle = torch.ones(RUN, RUN, dtype=values.dtype, device=values.device).triu()
    before = torch.ones(runs, runs, dtype=values.dtype, device=values.device).triu(1)
    return (blocks @ triangle + (blocks.sum(-1) @ before)[..., None]).view(rows, -1)[:, :length]


def laws(logits, temperature):
    """(R, V) log-probabilities of softmax(z/T)."""
    return torch.log_softmax(logits.double() / temperature, -1)


def divergences(logits, temperature, reference):
    """(R) KL(softmax(z/T) || reference), of log-probabilities (R, V)."""
    own = laws(logits, temperature)
    return torch.where(own > -torch.inf, own.exp() * (own - reference), 0.0).sum(-1)


def faults(logits):
    """[row, id, kind] of rows that hold NaN or +Infinity, or -Infinity alone."""
    largest = logits.amax(-1)
    found = []
    # The largest of a row with NaN is NaN.
    for row in (~torch.isfinite(largest)).nonzero()[:, 0].tolist():
        bad = (logits[row].isnan() | (logits[row] == torch.inf)).nonzero()[:, 0]
        if len(bad) == 0:
            found.append([row, None, "-Infinity"])
        else:
            first = bad[0].item()
            found.append([row, first, "NaN" if logits[row, first].isnan() else "Infinity"])
    return found


class Asked:
    """One reading of some rows: its kind and temperature, the rows in rising order, and what it needs of each of them."""

    def __init__(self, index, kind, rows, setting=None, needs=None):
        self.index, self.kind, self.rows, self.setting, self.needs = index, kind, rows, setting, needs

    def within(self, first, last):
        """The part of rows [first, last), counted from `first`, and where it lies in the whole."""
        bounds = torch.tensor([first, last], device=self.rows.device)
        start, end = torch.searchsorted(self.rows, bounds).tolist()
        needs = None if self.needs is None else self.needs[start:end]
        return Asked(self.index, self.kind, self.rows[start:end] - first, self.setting, needs), slice(start, end)

    def read(self, logits, table, kept):
        """Its arrays by name."""
        if self.kind == "at":
            return {"at": logits[self.rows, self.needs]}
        own = logits[self.rows]
        if self.kind == "top":
            return dict(zip(("ids", "logits"), top(own, int(self.setting))))
        if self.kind == "gumbelArgmax":
            return dict(zip(("ids", "logits"), gumbel_argmax(own, self.setting, self.needs)))
        if self.kind == "quantiles":
            return dict(zip(("ids", "logits"), quantiles(own, self.setting, self.needs)))
        if self.kind == "logSumExp":
            return {"masses": masses(own, self.setting)}
        if self.kind == "entropy":
            return {"entropy": entropies(own, self.setting)}
        if self.kind == "meanEmbedding":
            return {"mean": mean_embeddings(own, self.setting, table)}
        if self.kind == "law":
            return {"law": kept.keep(laws(own, self.setting))}
        if self.kind == "divergence":
            return {"divergence": divergences(own, self.setting, kept.of(self.needs))}
        raise Refusal(f"no reading is called {self.kind}")

    def differentiable(self, logits, table, kept):
        """What its slopes are by; None where it has none."""
        if self.kind == "logSumExp":
            return torch.logsumexp(logits[self.rows] / self.setting, -1)
        if self.kind in ("at", "entropy", "meanEmbedding", "divergence"):
            (value,) = self.read(logits, table, kept).values()
            return value
        return None


class KeptLaws:
    """Laws of a reference that another policy of this process is compared with, by number."""

    def __init__(self):
        self.laws, self.next = {}, 1

    def keep(self, laws):
        """(R) numbers."""
        numbers = torch.arange(self.next, self.next + len(laws))
        self.laws.update(zip(numbers.tolist(), laws))
        self.next += len(laws)
        return numbers

    def of(self, numbers):
        """(R, V) log-probabilities."""
        return torch.stack([self.laws[number] for number in numbers.tolist()])

    def forget(self, numbers):
        for number in numbers:
            self.laws.pop(number, None)
