import { assertContinues, assertSameFiles, type Moment, runBench, uninterrupted } from "./interrupted_bench.ts";

const MOMENTS: Readonly<Record<string, Moment>> = {
  "Ctrl-C at the first checkpoint": { pattern: /checkpoints\/soft-thinking-grpo[^/]*\/step-2\//, signal: "SIGINT" },
  "kill -9 while completions are kept": { pattern: /rollouts\/soft-tokens-grpo/, signal: "SIGKILL" },
};

for (const [name, moment] of Object.entries(MOMENTS)) {
  Deno.test(`bench ends in the same bytes after ${name}, and draws no finished sample again`, () =>
    assertContinues(moment));
}

Deno.test("bench ends in the same bytes after a torn last line of samples, of metrics, and of kept completions", async () => {
  const { folder, files } = await uninterrupted();
  for (const path of files.keys()) {
    if (path.includes("/results/")) await Deno.remove(`${folder}/runs/${path}`);
    if (!/\/(samples|metrics|rollouts)\//.test(path)) continue;
    const bytes = await Deno.readFile(`${folder}/runs/${path}`);
    await Deno.writeFile(`${folder}/runs/${path}`, bytes.subarray(0, bytes.length - 7));
  }
  assertSameFiles((await runBench(folder)).files, files);
});
