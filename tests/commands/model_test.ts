import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ModelArguments } from "../../src/commands/descriptions/supplies.ts";
import { run } from "../../src/commands/model.ts";
import { BenchError } from "../../src/errors.ts";
import { assertClose, GOLDEN_MODELS } from "../backend/golden_case.ts";
import { captured } from "./captured.ts";

interface TextGolden {
  readonly text: string;
  readonly ids: number[];
  readonly last_logits: number[];
  readonly token_log_probs: number[];
  readonly mixture_logits: number[];
}

const MIXTURE = ["7:0.5", "3:0.3125", "11:0.1875"];
/** Relative to the largest magnitude; see tests/backend/backends.ts. */
const TOLERANCE = 1e-5;

// Qwen2 has no BOS, Llama gets one from its tokenizer.
for (const name of ["qwen2_f32_tied", "llama_bf16_tied"]) {
  Deno.test(`${name}: ids, logits and log-probabilities of a text, on both CPU backends`, async () => {
    const golden: TextGolden = JSON.parse(await Deno.readTextFile(`${GOLDEN_MODELS}/${name}/golden.json`)).text;
    for (const backend of ["cpu-engine", "tfjs-cpu"] as const) {
      const { code, stdout } = await captured(() =>
        run({
          positionals: [`${GOLDEN_MODELS}/${name}`],
          flags: { text: golden.text, mixture: MIXTURE, greedy: 5, json: true, backend },
        })
      );
      assertEquals(code, 0);
      const report = JSON.parse(stdout);
      assertEquals(report.ids, golden.ids);
      assertClose(report.lastLogits, golden.last_logits, TOLERANCE, "lastLogits");
      assertClose(report.tokenLogProbs, golden.token_log_probs, TOLERANCE, "tokenLogProbs");
      assertClose(report.mixtureLogits, golden.mixture_logits, TOLERANCE, "mixtureLogits");
      assertEquals(report.greedyIds[0], golden.last_logits.indexOf(Math.max(...golden.last_logits)));
      assertEquals(report.backend, backend);
    }
  });
}

const LLAMA = [`${GOLDEN_MODELS}/llama_bf16_tied`];

Deno.test("without --json people read the likeliest tokens; --chat puts the text into a turn", async () => {
  const flags = { text: "12+34=?", chat: true, backend: "tfjs-cpu" } as const;
  const { stdout, stderr } = await captured(() => run({ positionals: LLAMA, flags }));
  // The template writes a date with letters that this tokenizer has no tokens for.
  assert(stderr.includes('no token for "T" "a" "y" "D" "t" ":" "J" "l" in its chat template'), stderr);
  assert(stdout.includes("<|user|>12+34=?<|eot|><|assistant|>"));
  assert(/next {6}".*" \d+\.\d %/.test(stdout));
});

Deno.test("one token has no log-probability, and greedy decoding ends after an end token", async () => {
  const flags = { text: "7", greedy: 60, json: true, backend: "tfjs-cpu" } as const;
  const report = JSON.parse(
    (await captured(() => run({ positionals: [`${GOLDEN_MODELS}/qwen2_f32_tied`], flags }))).stdout,
  );
  assertEquals([report.ids.length, report.tokenLogProbs, report.mixtureLogits], [1, [], null]);
  const end = report.greedyIds.indexOf(1);
  assertEquals(report.greedyIds.length, end < 0 ? 60 : end + 1);
});

Deno.test("what cannot be asked is one line", async () => {
  const refuse = (
    positionals: string[],
    flags: ModelArguments["flags"],
    message: string,
  ) => assertRejects(() => run({ positionals, flags: { backend: "tfjs-cpu", ...flags } }), BenchError, message);
  await refuse(LLAMA, {}, "add --text TEXT");
  await refuse(LLAMA, { text: "1", greedy: 72 }, "the model has 73");
  await refuse(LLAMA, { text: "1", mixture: ["33:1"] }, 'mixture entry "33:1": expected id:weight with an id below 33');
  await refuse(LLAMA, { text: "1", mixture: ["3:"] }, 'mixture entry "3:"');
  await refuse(LLAMA, { text: "1", mixture: ["3:-1"] }, 'mixture entry "3:-1"');
  await refuse(LLAMA, { text: "1", mixture: ["3"] }, 'mixture entry "3"');
  await refuse([`${GOLDEN_MODELS}/qwen2_f32_tied`], { text: "" }, "an empty text");
  await refuse(LLAMA, { text: "1é" }, 'the tokenizer has no token for "é"');
  await refuse(
    LLAMA,
    { text: "1é", chat: true },
    'Cannot encode "1é": the tokenizer has no token for "é"',
  );
  await refuse([`${GOLDEN_MODELS}/tokenizers`], { text: "1" }, "config.json is missing");
  await refuse([`${GOLDEN_MODELS}/llama_f32_linear`], { text: "1" }, "there is no tokenizer.json");
});
