"""What a worker can be asked, by name: each request is a method, its answer a JSON object and arrays.

Letters: R rows, N sequences, K kept tokens, D width.
"""
import os
import platform
import traceback
from importlib import metadata

import numpy
import torch
import torch.distributed as dist
import transformers

from decoding import Decoder
from optimizer import Optimizer
from policy import Policy, fresh_model, stored_model
from readings import Asked, KeptLaws, faults
from refusal import Refusal
from training import MicroBatch

# Where the first of several processes is, and on how many machines they are, if not on this one alone.
MASTER = os.environ.get("SOFT_GRPO_BENCH_MASTER", "127.0.0.1")
NODES = int(os.environ.get("SOFT_GRPO_BENCH_NODES", "1"))
# Logits that are held at once, in 32 bits.
MOST_LOGITS = 1 << 25
NUMPY_TYPES = {torch.int64: numpy.int32, torch.bfloat16: numpy.float32}


class Session:
    """Models, and the sequences that they are writing, by the numbers that the client gave them."""

    def __init__(self):
        torch.use_deterministic_algorithms(True)
        # Otherwise every fresh block is filled with NaN first.
        torch.utils.deterministic.fill_uninitialized_memory = False
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False
        self.models, self.optimizers, self.sources, self.decoders = {}, {}, {}, {}
        self.laws = KeptLaws()
        self.batch = None
        self.store, self.rank = None, 0

    def answer(self, message, arrays):
        """(answer, arrays) of one request; what went wrong is an answer too."""
        name = message.pop("request")
        try:
            answer, found = getattr(self, f"do_{name}")(message, arrays)
            return answer, {key: on_host(value) for key, value in found.items()}
        except Refusal as error:
            return {"failed": "refused", "text": str(error)}, {}
        except Exception as error:
            traceback.print_exc()
            kind = "memory" if is_out_of_memory(error) else "fault"
            return {"failed": kind, "text": f"{type(error).__name__}: {error}".split("\n")[0]}, {}

    def do_describe(self, message, arrays):
        """Versions, and the devices that are here."""
        devices = []
        for i in range(torch.cuda.device_count()):
            card = torch.cuda.get_device_properties(i)
            free, total = torch.cuda.mem_get_info(i)
            devices.append({"name": card.name, "memory": total, "free": free, "bfloat16": torch.cuda.is_bf16_supported()})
        try:
            peft = metadata.version("peft")
        except metadata.PackageNotFoundError:
            peft = None
        return {
            "python": platform.python_version(), "torch": torch.__version__, "transformers": transformers.__version__,
            "peft": peft, "cuda": torch.version.cuda, "devices": devices, "threads": torch.get_num_threads(),
            "nodes": NODES,
        }, {}

    def do_open(self, message, arrays):
        """Opens a model of a folder, or a fresh one of a configuration."""
        folder, config, shared = message.get("folder"), message.get("config"), message.get("shared", False)
        policy = Policy(
            fresh_model(config, "cpu" if shared else message["device"]) if folder is None else stored_model(folder),
            message["dtype"], message["device"], shared)
        number = message["model"]
        self.models[number], self.optimizers[number] = policy, Optimizer(policy)
        self.sources[number] = folder
        return policy.describe(), {}

    def do_adapt(self, message, arrays):
        """Puts an adapter beside a model, which is read without it under another number."""
        number, without = message["model"], message["without"]
        policy, held = self.models[number], self.optimizers[number]
        held.policy = policy.adapt(message["rank"], message["alpha"], message["targets"])
        self.models[without], self.optimizers[without] = held.policy, held
        self.optimizers[number] = Optimizer(policy)
        return policy.describe(), {}

    def do_reload(self, message, arrays):
        """Puts the numbers back that a model's folder holds."""
        number = message["model"]
        for name, parameter in stored_model(self.sources[number]).named_parameters():
            self.optimizers[number].put("weights", name, parameter.data)
        return {}, {}

    def do_close(self, message, arrays):
        for held in (self.models, self.optimizers, self.sources):
            for number in message["models"]:
                held.pop(number, None)
        return {}, {}

    def do_coordinateRms(self, message, arrays):
        """Root mean square of one coordinate of the embedding rows, summed in 64 bits."""
        policy = self.models[message["model"]]
        squares = policy.run(lambda: policy.table.detach().double().square().sum(-1))
        policy.rest()
        rows, width = policy.table.shape
        squares[torch.tensor(message["neverFed"], dtype=torch.int64, device=squares.device)] = 0
        count = rows - len(set(message["neverFed"]))
        return {}, {"value": (squares.sum() / (count * width)).sqrt()[None]}

    def do_gather(self, message, arrays):
        """Puts a shared model together, for sequences that are written by one process alone."""
        self.models[message["model"]].gather()
        return {}, {}

    def do_scatter(self, message, arrays):
        self.models[message["model"]].scatter()
        return {}, {}

    def do_decode(self, message, arrays):
        """Starts sequences after prompts."""
        prompts = numpy.split(arrays["prompts"].astype(numpy.int64), numpy.cumsum(message["lengths"])[:-1])
        policy = self.models[message["model"]]
        self.decoders[message["decoder"]] = Decoder(policy, prompts, message["copies"], message["positions"])
        return {}, {}

    def do_readPrompts(self, message, arrays):
        decoder = self.decoders[message["decoder"]]
        answer = self.read(decoder.policy, decoder.states, message, arrays)
        decoder.states = None
        return answer

    def do_step(self, message, arrays):
        decoder = self.decoders[message["decoder"]]
        states = decoder.step(arrays["sequences"].tolist(), *fed(decoder.policy, arrays))
        return self.read(decoder.policy, states, message, arrays)

    def do_endDecoding(self, message, arrays):
        self.decoders.pop(message["decoder"], None)
        return {}, {}

    def do_forward(self, message, arrays):
        """Computes a micro-batch and reads it; where gradients are wanted, `backward` comes next."""
        policy, wanted = self.models[message["model"]], message["gradients"]
        policy.model.train(wanted)
        try:
            with torch.set_grad_enabled(wanted):
                inputs = stand_in(policy) if message["rows"] == [] else (message["rows"], *fed(policy, arrays))
                self.batch = MicroBatch(policy, *inputs, message["trainInputs"])
            states = self.batch.states if message["rows"] else self.batch.states[:0]
            return self.read(policy, states, message, arrays)
        finally:
            policy.model.eval()
            if not wanted:
                self.batch = None
                policy.rest()

    def do_backward(self, message, arrays):
        """Hands slopes back, by the readings of the last `forward`."""
        policy, batch = self.models[message["model"]], self.batch
        asked = parse_asked(message, arrays, policy.device)

        def slopes_of(logits, first, last):
            pairs = []
            for one in asked:
                part, place = one.within(first, last)
                slopes = arrays.get(f"{one.index}.slopes")
                if slopes is None or len(part.rows) == 0:
                    continue
                value = part.differentiable(logits, policy.table, self.laws)
                pairs.append((value, to_device(slopes[place], policy.device).to(value.dtype).view_as(value)))
            return pairs

        policy.model.train()
        try:
            batch.backward(slopes_of, rows_at_once(policy))
        finally:
            policy.model.eval()
            self.batch = None
        return {}, {}

    def do_update(self, message, arrays):
        norm = self.optimizers[message["model"]].update(**message["step"])
        return {}, {"norm": torch.tensor([norm], dtype=torch.float64)}

    def do_tensor(self, message, arrays):
        """One tensor: weights, gradients, first or second moments; of several processes the first alone hands it on."""
        values = self.optimizers[message["model"]].tensor(message["kind"], message["name"])
        return {}, {"values": values} if self.rank == 0 else {}

    def do_forget(self, message, arrays):
        """Gradients and moments are zero again."""
        self.optimizers[message["model"]].forget()
        return {}, {}

    def do_put(self, message, arrays):
        self.optimizers[message["model"]].put(
            message["kind"], message["name"], to_device(arrays["values"], self.models[message["model"]].device))
        return {}, {}

    def do_memory(self, message, arrays):
        """The most bytes that were held on the device since the last call; none where it does not count them."""
        if not torch.cuda.is_available():
            return {"peak": None}, {}
        peak = torch.cuda.max_memory_allocated()
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        return {"peak": peak}, {}

    def do_forgetLaws(self, message, arrays):
        self.laws.forget(message["laws"])
        return {}, {}

    def do_listen(self, message, arrays):
        """Opens the place where processes meet; the first of them is asked."""
        self.store = dist.TCPStore(MASTER, 0, message["processes"], is_master=True, wait_for_workers=False)
        return {"port": self.store.port}, {}

    def do_join(self, message, arrays):
        """Joins the others: gradients are summed over all of them from now on."""
        processes, rank = message["processes"], message["rank"]
        if self.store is None:
            self.store = dist.TCPStore(MASTER, message["port"], processes, is_master=False)
        dist.init_process_group(message["by"], store=self.store, rank=rank, world_size=processes)
        self.rank = rank
        return {}, {}

    @torch.no_grad()
    def read(self, policy, states, message, arrays):
        """What is asked of the logits of some states (R, D), by chunks of rows."""
        asked = parse_asked(message, arrays, policy.device)
        found = {"largest": []}
        bad, step = [], rows_at_once(policy)
        for first in range(0, len(states), step):
            last = min(first + step, len(states))
            logits = policy.head(states[first:last])
            found["largest"].append(logits.amax(-1))
            bad += [[first + row, *rest] for row, *rest in faults(logits)]
            for one in asked:
                part, _ = one.within(first, last)
                if len(part.rows) == 0:
                    continue
                for name, values in part.read(logits, policy.table, self.laws).items():
                    found.setdefault(f"{one.index}.{name}", []).append(values)
        return {"faults": bad}, {name: torch.cat(values) for name, values in found.items() if values}


def stand_in(policy):
    """A prompt of one token that a process computes along with the others: layers in pieces need all of them."""
    return [[1, [0]]], torch.zeros((1, 1), dtype=torch.int64, device=policy.device), \
        torch.ones((1, 1), device=policy.device), None


def rows_at_once(policy):
    return max(1, MOST_LOGITS // policy.table.shape[0])


def parse_asked(message, arrays, device):
    """The readings that a message names, with their rows."""
    return [
        Asked(index, kind, to_device(arrays[f"{index}.rows"], device), setting,
              None if f"{index}.needs" not in arrays else to_device(arrays[f"{index}.needs"], device))
        for index, (kind, setting) in enumerate(message["asked"])
    ]


def fed(policy, arrays):
    """(ids, weights, offsets) of input rows."""
    offset = arrays.get("offset")
    return (to_device(arrays["ids"], policy.device), to_device(arrays["weights"], policy.device),
            None if offset is None else to_device(offset, policy.device))


def to_device(array, device):
    """Integers become 64 bits wide: ids and words index and wrap as such."""
    wide = array.astype(numpy.int64) if array.dtype.kind in "iu" else array
    return torch.from_numpy(numpy.array(wide, order="C", copy=False)).to(device)


def on_host(value):
    """What a frame can hold."""
    tensor = value.detach().cpu()
    narrow = NUMPY_TYPES.get(tensor.dtype)
    return tensor.float().numpy() if tensor.dtype == torch.bfloat16 else \
        tensor.numpy().astype(narrow) if narrow else tensor.numpy()


def is_out_of_memory(error):
    return isinstance(error, torch.OutOfMemoryError) or isinstance(error, MemoryError) or \
        "can't allocate memory" in str(error)
