"""Decoding by vLLM, as many requests in flight as there are sequences.

    vllm_peer.py CONFIG_JSON float32|bfloat16 cpu|cuda

Says {"ready": vLLM's version} or {"failed"} first, then answers each line of JSON on stdin, {"prompts", "group",
"promptTokens", "tokens"}, with {"seconds", "decodeSeconds", "tokens"}. Weights are random, every completion has its full
length, and no prompt is remembered from one line to the next.
"""
import json
import os
import sys
import tempfile
import time

CONFIG, DTYPE, DEVICE = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3]
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
# In this process, so that its processor time is this process's.
os.environ.update(VLLM_ENABLE_V1_MULTIPROCESSING="0", VLLM_NO_USAGE_STATS="1")
if DEVICE == "cpu":
    os.environ.update(CUDA_VISIBLE_DEVICES="", VLLM_CPU_KVCACHE_SPACE="1", VLLM_CPU_OMP_THREADS_BIND="nobind")


def say(answer):
    print(json.dumps(answer), file=ANSWERS, flush=True)


# Its own processes import this file again.
if __name__ == "__main__":
    try:
        import vllm

        folder = tempfile.mkdtemp()
        with open(f"{folder}/config.json", "w") as file:
            json.dump(CONFIG, file)
        model = vllm.LLM(model=folder, load_format="dummy", skip_tokenizer_init=True, dtype=DTYPE, max_model_len=2048,
                         enable_prefix_caching=False, seed=0)
    except Exception as error:
        say({"failed": f"{error}".split("\n")[0]})
        os._exit(0)
    say({"ready": vllm.__version__})

    for line in sys.stdin:
        asked = json.loads(line)
        prompts, group, tokens = asked["prompts"], asked["group"], asked["tokens"]
        ids = [[(7 * i + 5 * b) % 59 + 1 for i in range(asked["promptTokens"])] for b in range(prompts)]
        settings = vllm.SamplingParams(temperature=1.0, max_tokens=tokens, ignore_eos=True, detokenize=False)
        start = time.perf_counter()
        model.generate([{"prompt_token_ids": own} for own in ids for _ in range(group)], settings, use_tqdm=False)
        seconds = time.perf_counter() - start
        say({"seconds": seconds, "decodeSeconds": seconds, "tokens": prompts * group * tokens})
