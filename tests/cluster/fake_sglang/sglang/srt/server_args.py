"""The settings of the released SofT-GRPO's SGLang that the start script sets, and one that it leaves as it is."""

import dataclasses
import os

NOISES = ["add_noise_gumbel_softmax", "add_noise_dirichlet", "noise_gumbel", "noise_on_logits"]
SOFT = ["enable_soft_thinking", "max_topk", *([] if os.environ.get("MAIN_LINE") else NOISES)]
COMMON = [
    "model_path", "host", "port", "random_seed", "tp_size", "mem_fraction_static",
    "sampling_backend", "disable_cuda_graph", "disable_overlap_schedule", "log_level",
]

ServerArgs = dataclasses.make_dataclass("ServerArgs", [(name, object, None) for name in COMMON + SOFT])
