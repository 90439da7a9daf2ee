import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../src/cluster/python/soft_server.py", import.meta.url));
const FAKE = fileURLToPath(new URL("fake_sglang", import.meta.url));
const WORDS = ["--model", "m", "--max-topk", "5", "--port", "31", "--seed", "7"];

/** Runs the start script against a stand-in for SGLang; undefined where there is no Python. */
async function started(words: readonly string[], env: Record<string, string> = {}) {
  try {
    const { code, stdout, stderr } = await new Deno.Command("python3", {
      args: ["-B", SCRIPT, ...words],
      env: { PYTHONPATH: FAKE, ...env },
    }).output();
    const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, out, error };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.warn("SKIPPED: src/cluster/python/soft_server.py was not tried, there is no python3");
    return undefined;
  }
}

Deno.test("the start script makes the settings that the soft-thinking SGLang has no options for", async () => {
  const ran = await started(WORDS);
  if (ran === undefined) return;
  assertEquals([ran.code, ran.error], [0, ""]);
  assertEquals(JSON.parse(ran.out).settings, {
    model_path: "m",
    host: "127.0.0.1",
    port: 31,
    random_seed: 7,
    tp_size: 1,
    mem_fraction_static: 0.8,
    max_topk: 5,
    enable_soft_thinking: true,
    add_noise_gumbel_softmax: true,
    add_noise_dirichlet: false,
    noise_gumbel: true,
    noise_on_logits: true,
    sampling_backend: "flashinfer",
    disable_cuda_graph: true,
    disable_overlap_schedule: true,
    log_level: null,
  });
});

Deno.test("answers come out without their mixtures, and everything else as it was", async () => {
  const ran = await started(WORDS);
  if (ran === undefined) return;
  const { generate, other } = JSON.parse(ran.out);
  const one = { text: "five", meta_info: { completion_tokens: 2 } };
  assertEquals(JSON.parse(generate.body), [one, one]);
  assertEquals([generate.status, generate.headers["x-own"]], [207, "kept"]);
  assertEquals(generate.headers["content-length"], String(generate.bytes));
  assertEquals([other.body, other.headers["content-length"]], ["plain", "5"]);
});

Deno.test("an SGLang that cannot think softly is refused with the names that it does not know", async () => {
  const ran = await started(WORDS, { MAIN_LINE: "1" });
  if (ran === undefined) return;
  assertEquals(ran.code, 1);
  assertStringIncludes(ran.error, "does not know add_noise_dirichlet, add_noise_gumbel_softmax, noise_gumbel");
});
