import { assertContinues, type Moment } from "./interrupted_bench.ts";

const MOMENTS: Readonly<Record<string, Moment>> = {
  "Ctrl-C at the first checkpoint": { pattern: /checkpoints\/soft-thinking-grpo[^/]*\/step-2\//, signal: "SIGINT" },
  "Ctrl-C while training": { pattern: /metrics\/soft-thinking-grpo/, signal: "SIGINT" },
  "kill -9 while training": { pattern: /metrics\/soft-tokens-grpo/, signal: "SIGKILL" },
};

for (const [name, moment] of Object.entries(MOMENTS)) {
  Deno.test(`bench ends in the same bytes after ${name}`, () => assertContinues(moment));
}
