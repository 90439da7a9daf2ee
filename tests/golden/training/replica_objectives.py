"""From rewards to the loss of a position: advantages, surrogates, divergences and weights, from the papers' formulas."""

import itertools

import numpy as np
import torch


def advantages(rule: str, rewards: np.ndarray) -> np.ndarray:
    """Of one group."""
    count = len(rewards)
    deviation = rewards.std(ddof=1) + 1e-6
    if rule == "grpo":
        return (rewards - rewards.mean()) / deviation
    if rule == "rloo":
        return rewards - (rewards.sum() - rewards) / (count - 1)
    if rule == "pass-at-4":
        return best_of_subgroups(rewards, 4)
    # Only the best completion is taught, by how much it beats the second best (verl's grpo_passk, arXiv 2503.19595).
    second, best = np.sort(rewards)[-2:]
    lead = np.where(np.arange(count) == rewards.argmax(), best - second, 0.0)
    return {"best": lead, "best/std": lead / deviation}[rule]


def best_of_subgroups(rewards: np.ndarray, k: int) -> np.ndarray:
    """Pass@k of arXiv 2508.10751 before its closed form: every subgroup of k is paid its best reward, compared with all
    other subgroups, and a completion gets the mean over the subgroups that it is in."""
    subgroups = list(itertools.combinations(range(len(rewards)), k))
    paid = np.array([max(rewards[member] for member in subgroup) for subgroup in subgroups])
    if paid.std() == 0:
        return np.zeros(len(rewards))
    better = (paid - paid.mean()) / paid.std()
    return np.array([np.mean([a for a, subgroup in zip(better, subgroups) if i in subgroup]) for i in range(len(rewards))])


def surrogate_of(objective, record) -> str:
    """Thoughts may have one of their own."""
    return objective["thoughts"] if "thoughts" in objective and "thought" in record else objective["surrogate"]


def position_loss(policy, objective, log_pi, z, record, advantage, old, reference):
    """(policy loss, divergence, share of the ratios that were bounded) of one position."""
    if surrogate_of(objective, record) == "log-density":
        return -advantage * log_pi, torch.zeros(()), 0
    if objective.get("ratio") == "draw" and "draws" in record:
        pairs = list(zip(policy.draw_densities(z, record), old["draws"]))
    elif objective.get("old") == "drawn" and "drawn" in record:
        pairs = [(log_pi, torch.tensor(record["drawn"], dtype=torch.float64))]
    else:
        pairs = [(log_pi, old["log"])]
    losses, bounds = zip(*(bounded_loss(policy, objective, *pair, advantage) for pair in pairs))
    loss, bound = sum(losses), sum(bounds) / len(bounds)
    if "kl" not in objective:
        return loss, torch.zeros(()), bound
    if objective["kl"] == "closed-form" and "ids" in record:
        # KL of the laws of two rows of Gumbel-perturbed scores.
        delta = policy.log_locations(z, record) - reference["locations"]
        return loss, (delta + torch.exp(-delta) - 1).sum(), bound
    if objective["kl"] == "closed-form" and "draws" in record:
        log_p = policy.log_locations(z, record)
        return loss, len(record["draws"]) * (log_p.exp() * (log_p - reference["locations"])).sum(), bound
    delta = log_pi - reference["log"]
    k3 = torch.exp(-delta) + delta - 1
    if objective["kl"] == "closed-form":
        return loss, k3, bound
    policy.margin.note("cap", abs(k3.item() - 10))
    k3 = k3.clamp(-10, 10)
    if objective["kl"] == "k3-times-ratio":
        [(_, old_log)] = pairs
        k3 = k3 * torch.exp(log_pi - old_log)
    return loss, k3, bound


def bounded_loss(policy, objective, log_pi, old_log, advantage):
    """Loss of one ratio, and whether a bound held."""
    ratio = torch.exp(log_pi - old_log)
    policy.margin.note("clip", abs(ratio.item() - 0.8), abs(ratio.item() - 1.2), abs(ratio.item() - 3.0))
    unbounded = -ratio * advantage
    loss = torch.maximum(unbounded, -ratio.clamp(0.8, 1.2) * advantage)
    if objective["surrogate"] == "dual-clip" and advantage < 0 and loss.item() > -3.0 * advantage:
        return torch.tensor(-3.0 * advantage, dtype=torch.float64), 1
    return loss, int(loss.item() > unbounded.item())


def position_weights(rule: str, lengths: list[int]) -> list[float]:
    """Of each scored position of each completion."""
    count = len(lengths)
    if rule == "sequence-sum":
        return [1 / count] * count
    if rule == "sequence-mean":
        return [1 / (count * length) for length in lengths]
    if rule == "pairs":
        pairs = [lengths[i : i + 2] for i in range(0, count, 2)]
        return [1 / (len(pairs) * sum(pairs[i // 2])) for i in range(count)]
    return {"token-mean": [1 / sum(lengths)] * count}[rule]
