"""Gradients summed in 32 bits, AdamW on 32-bit masters, and the sum over processes in the order of their ranks."""
import torch
import torch.distributed as dist

from sharding import put, whole

# `torch.nn.utils.clip_grad_norm_`.
CLIP_EPSILON = 1e-6


class Optimizer:
    """What is trained of a policy, with gradients and moments beside it."""

    def __init__(self, policy):
        self.policy = policy
        self.gradients = {}
        self.first, self.second = {}, {}
        for name, parameter in policy.parameters.items():
            parameter.register_post_accumulate_grad_hook(self.collector(name))

    def collector(self, name):
        """Adds a parameter's gradient to a 32-bit sum, and frees it."""
        def collect(parameter):
            if name in self.gradients:
                self.gradients[name] += parameter.grad
            else:
                self.gradients[name] = parameter.grad.float()
            parameter.grad = None
        return collect

    @torch.no_grad()
    def update(self, learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm, step):
        """One AdamW step; returns the gradients' norm before clipping. One that is not finite changes nothing."""
        masters = self.policy.masters
        gradients = [self.reduced(name) for name in masters]
        self.gradients = {}
        norm = whole(torch.nn.utils.get_total_norm(gradients, error_if_nonfinite=False)).item()
        if not norm < float("inf"):
            return norm
        if maxGradientNorm is not None:
            factor = min(1.0, maxGradientNorm / (norm + CLIP_EPSILON))
            torch._foreach_mul_(gradients, factor)
        weights = [torch.nn.Parameter(master) for master in masters.values()]
        adamw = torch.optim.AdamW(
            weights, lr=learningRate, betas=(beta1, beta2), eps=epsilon, weight_decay=weightDecay, foreach=False)
        for name, weight, gradient in zip(masters, weights, gradients):
            weight.grad = gradient
            adamw.state[weight] = {
                "step": torch.tensor(float(step - 1)), "exp_avg": self.moment(self.first, name),
                "exp_avg_sq": self.moment(self.second, name),
            }
        adamw.step()
        self.copy_masters()
        return norm

    def reduced(self, name):
        """A parameter's gradient, zero where none was collected; over processes summed in the order of ranks."""
        own = self.gradients.get(name)
        if own is None:
            own = torch.zeros_like(self.policy.masters[name])
        # Pieces are summed where they are cut.
        if not dist.is_initialized() or self.policy.shards is not None:
            return own
        all_ranks = [torch.empty_like(own) for _ in range(dist.get_world_size())]
        dist.all_gather(all_ranks, own.contiguous())
        total = all_ranks[0]
        for other in all_ranks[1:]:
            total += other
        return total

    def moment(self, moments, name):
        """A moment, zero before the first update."""
        if name not in moments:
            moments[name] = torch.zeros_like(self.policy.masters[name])
        return moments[name]

    def copy_masters(self):
        """Makes what computes equal to what is trained."""
        if self.policy.shards is not None:
            return
        for name, parameter in self.policy.parameters.items():
            if parameter.data.data_ptr() != self.policy.masters[name].data_ptr():
                parameter.data.copy_(self.policy.masters[name])

    def tensor(self, kind, name):
        """One tensor, whole and in 32 bits: of `weights`, `gradients`, `first` or `second`."""
        master = self.policy.masters[name]
        if kind == "weights":
            return whole(master)
        held = {"gradients": self.gradients, "first": self.first, "second": self.second}[kind]
        return whole(held[name] if name in held else torch.zeros_like(master))

    def forget(self):
        """Gradients and moments are zero again."""
        self.gradients, self.first, self.second = {}, {}, {}

    @torch.no_grad()
    def put(self, kind, name, values):
        """Puts one tensor back."""
        master = self.policy.masters[name]
        if kind == "weights":
            put(master, values)
            self.copy_masters()
        else:
            put(self.moment({"first": self.first, "second": self.second}[kind], name), values)
