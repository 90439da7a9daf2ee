"""A model whose numbers lie in pieces, one on each device: each layer is put together while it computes.

Beyond that, `run` puts together what belongs to no layer (embedding, last norm, head), and `gather` everything.
"""
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard, register_fsdp_forward_method
from torch.distributed.tensor import DTensor, distribute_tensor

from refusal import Refusal


class Shards:
    """A model of transformers after FSDP2 has taken its parameters apart: what is trained is their pieces, in 32 bits."""

    def __init__(self, model, device, dtype):
        if not dist.is_initialized():
            raise Refusal("one process alone has nothing to share the model with")
        if device.type == "cuda":
            torch.cuda.set_device(device)
        mesh = init_device_mesh(device.type, (dist.get_world_size(),))
        # What is fed has its type already; gradients are summed in 32 bits.
        numbers = MixedPrecisionPolicy(param_dtype=dtype, reduce_dtype=torch.float32, cast_forward_inputs=False)
        layers = list(layers_of(model))
        for layer in layers:
            fully_shard(layer, mesh=mesh, mp_policy=numbers)
        # The root stays whole after a forward pass: readings need the head, and their gradients come before the rest.
        fully_shard(model, mesh=mesh, mp_policy=numbers, reshard_after_forward=False)
        self.model, self.gathered = model, False
        self.parts = [module for module in model.modules() if isinstance(module, FSDPModule)]
        for part in self.parts:
            # A sum over devices: by default it is their mean.
            part.set_force_sum_reduction_for_comms(True)
            part.set_gradient_divide_factor(1.0)
        # By default what comes next is guessed from all that was computed before, which differs between processes: one has
        # decoded more than another, and would wait for a layer that the others do not put together.
        for part, coming in zip([model, *reversed(layers)], [*reversed(layers), model]):
            part.set_modules_to_backward_prefetch([coming])
        model.run = lambda call: call()
        register_fsdp_forward_method(model, "run")
        # The first pass through the root prepares its parts.
        self.run(lambda: None)
        self.rest()

    def run(self, call):
        """The result of a call that computes: the root is whole during it, and until a backward pass or `rest`."""
        return self.model.run(call)

    def rest(self):
        """Lets go of the root, unless everything is to stay whole."""
        if not self.gathered:
            self.model.reshard()

    def gather(self):
        """Puts all numbers together on every device, in the type that computes, so that no device waits for another."""
        self.keep_whole(True)
        for part in self.parts:
            part.unshard()

    def scatter(self):
        """Lets go of what `gather` put together."""
        self.keep_whole(False)
        for part in self.parts:
            part.reshard()
        # Newer versions can forget what was computed, which otherwise grows with every position.
        if hasattr(self.model, "reset_iter_state"):
            self.model.reset_iter_state()

    def keep_whole(self, whole):
        self.gathered = whole
        for part in self.parts:
            part.set_reshard_after_forward(not whole and part is not self.model, recurse=False)
            part.set_reshard_after_backward(not whole, recurse=False)


def layers_of(model):
    """The layers of a decoder: its only list of that many modules."""
    count = model.config.num_hidden_layers
    lists = [
        module for module in model.get_decoder().children()
        if isinstance(module, torch.nn.ModuleList) and len(module) == count
    ]
    if len(lists) != 1:
        raise Refusal(f"{type(model).__name__} cannot be shared among devices: found no list of its {count} layers")
    return lists[0]


def whole(tensor):
    """A tensor put together; every process asks."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def put(target, values):
    """Writes whole values to a tensor; where that is in pieces, each process writes its own."""
    if isinstance(target, DTensor):
        values = distribute_tensor(values, target.device_mesh, target.placements, src_data_rank=None)
    target.copy_(values)


@contextmanager
def summed_in_32_bits(parameters):
    """Sums what several backward passes add to the gradients of some parameters in 32 bits, and rounds once at most.

    Each of them has a gradient afterwards, be it zero: all processes hand on as many numbers.
    """
    sums = {}

    def collect(parameter):
        sums[parameter] = sums[parameter] + parameter.grad if parameter in sums else parameter.grad.float()
        parameter.grad = None

    hooks = [parameter.register_post_accumulate_grad_hook(collect) for parameter in parameters]
    yield
    for hook in hooks:
        hook.remove()
    for parameter in parameters:
        found = sums.get(parameter, torch.zeros_like(parameter))
        # Newer versions keep 32 bits here by themselves.
        parameter.grad = found.to(getattr(parameter, "grad_dtype", None) or parameter.dtype)
