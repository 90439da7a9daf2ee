"""The GRPO step of workload.ts in Python: `step_peer.py trl|torch|generate HIDDEN fixed|varying THREADS`.

Takes one step for each line on stdin and answers with one line of JSON: seconds, decodeSeconds, tokens. Ends with stdin.
"""
import json
import os
import sys
import tempfile
import time

os.environ.update(CUDA_VISIBLE_DEVICES="", HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
KIND, HIDDEN, VARYING, THREADS = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "varying", int(sys.argv[4])
# Libraries may print; answers go to the real stdout alone.
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import torch
import torch.nn.functional as F

torch.set_num_threads(THREADS)
torch.manual_seed(0)
PROMPTS, GROUP, PROMPT_TOKENS, COMPLETION_TOKENS = 16, 8, 16, 56
VOCABULARY, PAD, END = 64, 62, 63
LAYERS, HEAD, INTERMEDIATE = 4, 32, HIDDEN * 11 // 4
HEADS, SEQUENCES, LENGTH = HIDDEN // HEAD, PROMPTS * GROUP, PROMPT_TOKENS + COMPLETION_TOKENS
LEARNING_RATE = 1e-6
prompt_ids = torch.randint(0, PAD, (PROMPTS, PROMPT_TOKENS))


def answer(seconds, decode_seconds, tokens):
    print(json.dumps({"seconds": seconds, "decodeSeconds": decode_seconds, "tokens": int(tokens)}), file=ANSWERS, flush=True)


def wait():
    if not sys.stdin.readline():
        os._exit(0)


def ready():
    print(json.dumps({"ready": True}), file=ANSWERS, flush=True)


def written(completions):
    """1 up to and including the end token, 0 behind it."""
    if not VARYING:
        return torch.ones_like(completions, dtype=torch.float32)
    ended = completions == END
    return (torch.cumsum(ended, 1) - ended.long() == 0).float()


def transformers_model():
    from transformers import Qwen2Config, Qwen2ForCausalLM

    config = Qwen2Config(
        vocab_size=VOCABULARY, hidden_size=HIDDEN, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        num_key_value_heads=HEADS, intermediate_size=INTERMEDIATE, tie_word_embeddings=True,
        max_position_embeddings=256, pad_token_id=PAD, eos_token_id=END, bos_token_id=None, dtype="float32")
    return Qwen2ForCausalLM(config)


GENERATION = dict(do_sample=True, temperature=1.0, top_k=None, top_p=None, max_new_tokens=COMPLETION_TOKENS,
                  min_new_tokens=0 if VARYING else COMPLETION_TOKENS, pad_token_id=PAD, eos_token_id=END)


def generate_peer():
    """Decoding alone, by transformers `generate`."""
    model = transformers_model().eval()
    ids = prompt_ids.repeat_interleave(GROUP, 0)
    ready()
    while True:
        wait()
        start = time.perf_counter()
        out = model.generate(ids, attention_mask=torch.ones_like(ids), **GENERATION)
        seconds = time.perf_counter() - start
        answer(seconds, seconds, written(out[:, PROMPT_TOKENS:]).sum())


def trl_peer():
    """TRL's GRPOTrainer with its defaults, one optimizer step per rollout."""
    from datasets import Dataset
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    vocabulary = {f"t{i}": i for i in range(PAD)} | {"<pad>": PAD, "<eos>": END}
    words = Tokenizer(models.WordLevel(vocabulary, unk_token="t0"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="<eos>")
    prompts = [" ".join(f"t{i}" for i in row) for row in prompt_ids.tolist()]
    times = {}

    def reward(completions, completion_ids, **_):
        times["tokens"] = sum(len(ids) for ids in completion_ids)
        return [float(sum(i % 2 == 0 for i in ids)) for ids in completion_ids]

    class Timed(GRPOTrainer):
        def _generate(self, *args, **kwargs):
            start = time.perf_counter()
            out = super()._generate(*args, **kwargs)
            times["decode"] = time.perf_counter() - start
            return out

    class Steps(TrainerCallback):
        def on_train_begin(self, *args, **kwargs):
            ready()

        def on_step_begin(self, *args, **kwargs):
            wait()
            times["start"] = time.perf_counter()

        def on_step_end(self, *args, **kwargs):
            answer(time.perf_counter() - times["start"], times["decode"], times["tokens"])

    settings = GRPOConfig(
        output_dir=tempfile.mkdtemp(), per_device_train_batch_size=SEQUENCES, num_generations=GROUP,
        max_completion_length=COMPLETION_TOKENS, generation_kwargs=dict(min_new_tokens=GENERATION["min_new_tokens"]),
        use_cpu=True, bf16=False, max_steps=1_000_000, logging_steps=1_000_000, report_to=[], save_strategy="no",
        learning_rate=LEARNING_RATE, lr_scheduler_type="constant", beta=0.0, gradient_checkpointing=False,
        disable_tqdm=True, temperature=1.0)
    data = Dataset.from_list([{"prompt": prompt} for prompt in prompts * 64])
    Timed(model=transformers_model(), args=settings, processing_class=tokenizer, train_dataset=data,
          reward_funcs=reward, callbacks=[Steps()]).train()


def torch_peer():
    """A loop by hand: cached decoding, one padded forward and backward pass, fused AdamW."""
    parameters = {}

    def parameter(name, *shape):
        value = torch.ones(*shape) if name.startswith("norm") else torch.randn(*shape) * 0.02
        parameters[name] = torch.nn.Parameter(value)

    parameter("embedding", VOCABULARY, HIDDEN)
    for i in range(LAYERS):
        parameter(f"norm1.{i}", HIDDEN)
        parameter(f"qkv.{i}", 3 * HIDDEN, HIDDEN)
        parameter(f"bias.{i}", 3 * HIDDEN)
        parameter(f"out.{i}", HIDDEN, HIDDEN)
        parameter(f"norm2.{i}", HIDDEN)
        parameter(f"gate_up.{i}", 2 * INTERMEDIATE, HIDDEN)
        parameter(f"down.{i}", HIDDEN, INTERMEDIATE)
    parameter("norm", HIDDEN)
    optimizer = torch.optim.AdamW(parameters.values(), lr=LEARNING_RATE, fused=True)
    frequencies = 1e4 ** (-torch.arange(HEAD // 2) * 2 / HEAD)
    angles = torch.arange(LENGTH)[:, None] * frequencies
    cosines, sines = torch.cat([angles.cos()] * 2, -1), torch.cat([angles.sin()] * 2, -1)

    def norm(x, name):
        return F.rms_norm(x, (HIDDEN,), parameters[name], 1e-6)

    def turn(x, at, count):
        half = HEAD // 2
        turned = torch.cat([-x[..., half:], x[..., :half]], -1)
        return x * cosines[at:at + count] + turned * sines[at:at + count]

    def forward(tokens, at, cache):
        n, t = tokens.shape
        x = parameters["embedding"][tokens]
        for i in range(LAYERS):
            joint = F.linear(norm(x, f"norm1.{i}"), parameters[f"qkv.{i}"], parameters[f"bias.{i}"])
            q, k, v = joint.view(n, t, 3, HEADS, HEAD).permute(2, 0, 3, 1, 4)
            q, k = turn(q, at, t), turn(k, at, t)
            if cache is not None:
                keys, values = cache[i]
                keys[:, :, at:at + t], values[:, :, at:at + t] = k, v
                k, v = keys[:, :, :at + t], values[:, :, :at + t]
            attended = F.scaled_dot_product_attention(q, k, v, is_causal=t > 1)
            x = x + F.linear(attended.transpose(1, 2).reshape(n, t, HIDDEN), parameters[f"out.{i}"])
            gate, up = F.linear(norm(x, f"norm2.{i}"), parameters[f"gate_up.{i}"]).split(INTERMEDIATE, -1)
            x = x + F.linear(F.silu(gate) * up, parameters[f"down.{i}"])
        return F.linear(norm(x, "norm"), parameters["embedding"])

    @torch.inference_mode()
    def decode():
        cache = [tuple(torch.empty(SEQUENCES, HEADS, LENGTH, HEAD) for _ in "kv") for _ in range(LAYERS)]
        tokens = torch.full((SEQUENCES, LENGTH), PAD)
        tokens[:, :PROMPT_TOKENS] = prompt_ids.repeat_interleave(GROUP, 0)
        ended = torch.zeros(SEQUENCES, dtype=torch.bool)
        logits = forward(tokens[:, :PROMPT_TOKENS], 0, cache)[:, -1]
        for t in range(PROMPT_TOKENS, LENGTH):
            drawn = torch.multinomial(logits.softmax(-1), 1)[:, 0]
            tokens[:, t] = torch.where(ended, PAD, drawn)
            if VARYING:
                ended |= drawn == END
                if ended.all():
                    break
            if t < LENGTH - 1:
                logits = forward(tokens[:, t:t + 1], t, cache)[:, -1]
        return tokens

    ready()
    while True:
        wait()
        start = time.perf_counter()
        tokens = decode().clone()  # outside of inference mode
        decoded = time.perf_counter()
        completions = tokens[:, PROMPT_TOKENS:]
        mask = written(completions)
        rewards = ((completions % 2 == 0) * mask).sum(1).view(PROMPTS, GROUP)
        advantages = (rewards - rewards.mean(1, keepdim=True)) / (rewards.std(1, keepdim=True) + 1e-4)
        advantages = advantages.view(-1, 1)
        longest = PROMPT_TOKENS + int(mask.sum(1).max())
        logits = forward(tokens[:, :longest], 0, None)[:, PROMPT_TOKENS - 1:-1]
        scored, kept = tokens[:, PROMPT_TOKENS:longest], mask[:, :longest - PROMPT_TOKENS]
        density = torch.log_softmax(logits, -1).gather(-1, scored[..., None])[..., 0]
        ratio = (density - density.detach()).exp()
        surrogate = torch.min(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages)
        loss = -(surrogate * kept).sum() / kept.sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0)
        optimizer.step()
        end = time.perf_counter()
        answer(end - start, decoded - start, mask.sum())


{"trl": trl_peer, "torch": torch_peer, "generate": generate_peer}[KIND]()
