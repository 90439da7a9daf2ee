"""One GRPO step of TRL's GRPOTrainer at a time, with its defaults but for checkpointed activations.

    trl_peer.py CONFIG_JSON float32|bfloat16 cpu|cuda WORK_JSON

WORK is {"prompts": ids of each prompt, "group", "tokens"}. Says {"ready": TRL's version} or {"failed"} first, then answers
each line on stdin with {"seconds", "decodeSeconds", "tokens"}. Weights are random; every completion has its full length.
"""
import json
import os
import sys
import tempfile
import time

CONFIG, DTYPE, DEVICE, WORK = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
if DEVICE == "cpu":
    os.environ["CUDA_VISIBLE_DEVICES"] = ""


def say(answer):
    print(json.dumps(answer), file=ANSWERS, flush=True)


def fail(error):
    say({"failed": f"{error}".split("\n")[0]})
    os._exit(0)


try:
    import torch
    import trl
    from datasets import Dataset
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast, TrainerCallback
    from trl import GRPOConfig, GRPOTrainer
except ImportError as error:
    fail(error)

torch.manual_seed(0)
PROMPTS, GROUP, TOKENS = WORK["prompts"], WORK["group"], WORK["tokens"]
kind = CONFIG.pop("model_type")
with torch.device(DEVICE):
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **CONFIG), dtype=getattr(torch, DTYPE))
size = model.config.vocab_size
# A word an id; the last two are never in a prompt.
vocabulary = {f"t{i}": i for i in range(size - 2)} | {"<pad>": size - 2, "<eos>": size - 1}
words = Tokenizer(models.WordLevel(vocabulary, unk_token="t0"))
words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="<eos>")
times = {}


def now():
    if DEVICE == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def reward(completions, completion_ids, **_):
    times["tokens"] = sum(len(ids) for ids in completion_ids)
    return [float(sum(i % 2 == 0 for i in ids)) for ids in completion_ids]


class Timed(GRPOTrainer):
    def _generate(self, *args, **kwargs):
        start = now()
        found = super()._generate(*args, **kwargs)
        times["decode"] = now() - start
        return found


class Steps(TrainerCallback):
    def on_train_begin(self, *args, **kwargs):
        say({"ready": trl.__version__})

    def on_step_begin(self, *args, **kwargs):
        if not sys.stdin.readline():
            os._exit(0)
        times["start"] = now()

    def on_step_end(self, *args, **kwargs):
        say({"seconds": now() - times["start"], "decodeSeconds": times["decode"], "tokens": times["tokens"]})


settings = GRPOConfig(
    output_dir=tempfile.mkdtemp(), per_device_train_batch_size=len(PROMPTS) * GROUP, num_generations=GROUP,
    max_completion_length=TOKENS, generation_kwargs=dict(min_new_tokens=TOKENS), use_cpu=DEVICE == "cpu",
    bf16=DTYPE == "bfloat16", max_steps=1_000_000, logging_steps=1_000_000, report_to=[], save_strategy="no",
    learning_rate=1e-6, lr_scheduler_type="constant", gradient_checkpointing=False, disable_tqdm=True, temperature=1.0,
    shuffle_dataset=False)
rows = [{"prompt": " ".join(f"t{i}" for i in ids)} for ids in PROMPTS]
try:
    Timed(model=model, args=settings, processing_class=tokenizer, train_dataset=Dataset.from_list(rows * 64),
          reward_funcs=reward, callbacks=[Steps()]).train()
except torch.OutOfMemoryError as error:
    fail(error)
