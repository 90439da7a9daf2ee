import { assertEquals } from "@std/assert";
import type { ExperimentConfig } from "../../src/experiment/config.ts";
import { bench } from "../../src/experiment/bench.ts";
import { evaluate } from "../../src/experiment/evaluate.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { runAgain, writtenName } from "../../src/experiment/run_again.ts";
import { jsonSha256 } from "../../src/files/hash.ts";
import type { JsonObject } from "../../src/files/json.ts";
import type { Result } from "../../src/result/types.ts";
import mini from "../fixtures/mini.ts";
import { exampleResult } from "../result/example.ts";

/** What a run of that experiment would store, arm by arm and seed by seed. */
function ran(experiment: ExperimentConfig, overrides: Parameters<typeof resolveExperiment>[1] = {}): Result[] {
  const config = resolveExperiment(experiment, overrides);
  return config.arms.flatMap((arm) =>
    config.seeds.map((seed) => {
      const own = { ...config, arms: [arm], seeds: [seed] } as unknown as JsonObject;
      const result = exampleResult();
      return {
        ...result,
        experiment: { name: config.name, config: own, configSha256: jsonSha256(own) },
        arm: { ...result.arm, label: arm.label, seed },
      };
    })
  );
}

Deno.test("an experiment as it is written needs no flag, and each change of it one", () => {
  const again = (overrides: Parameters<typeof resolveExperiment>[1]) => runAgain(ran(mini, overrides), mini);
  assertEquals(again({}), "bench mini");
  assertEquals(again({ seeds: [2, 1] }), "bench mini --seeds 1,2");
  assertEquals(
    again({ arms: ["base"], datasets: ["arith-prod"], samples: 7 }),
    "bench mini --datasets arith-prod --arms base --samples 7",
  );
  assertEquals(again({ steps: 3, problemsPerDataset: 11 }), "bench mini --problems 11 --steps 3");
  assertEquals(again({ learningRate: 1e-5, groupSize: 4 }), "bench mini --lr 0.00001 --group-size 4");
  const drawn = { arms: ["soft-thinking-grpo"], temperature: 0.7, prompt: "step-by-step" } as const;
  assertEquals(again(drawn), "bench mini --arms soft-thinking-grpo --prompt step-by-step --temperature 0.7");
  assertEquals(runAgain(ran(mini), mini, "shared/mini"), "bench shared/mini");
});

Deno.test("what servers drew is asked of servers again, whose addresses no result holds", () => {
  const served = ran(mini, { samples: 7 }).map((result) => ({
    ...result,
    device: { ...result.device, backend: "vllm", servedModel: "m" },
  }));
  assertEquals(runAgain(served, mini), "sample mini --address URL --samples 7");
});

Deno.test("some arms and seeds of an experiment are named", () => {
  const results = ran(mini, { seeds: [1, 2] }).filter(({ arm }) => arm.label !== "base" && arm.seed === 2);
  assertEquals(runAgain(results, mini), "bench mini --arms soft-thinking-grpo,soft-tokens-grpo --seeds 2");
});

Deno.test("no command line makes what another state of the experiment made", () => {
  const changed = { ...mini, training: { ...mini.training, minibatches: 2 } };
  assertEquals(runAgain(ran(changed), mini), undefined);
  // What an earlier version may have stored.
  const [{ experiment, ...result }] = ran(mini);
  const config = { arms: [] };
  assertEquals(
    runAgain([{ ...result, experiment: { ...experiment, config, configSha256: jsonSha256(config) } }], mini),
    undefined,
  );
  // An arm that is gone.
  assertEquals(runAgain(ran(mini), { ...mini, arms: mini.arms.slice(1) }), undefined);
});

Deno.test("what ran is what the command line says, of a smoke run and of an evaluation", async () => {
  const few = { datasets: ["arith-add"], seeds: [3], samples: 2 };
  const stored = (run: { results: readonly { result: Result }[] }) => run.results.map(({ result }) => result);
  const smoke = stored(await bench(mini, { ...few, arms: ["base"], limit: 2 }));
  assertEquals(
    runAgain(smoke, mini),
    "bench mini --datasets arith-add --arms base --seeds 3 --limit 2 --samples 2",
  );
  const evaluated = stored(await evaluate(mini, { ...few, decoding: "soft-thinking", problemsPerDataset: 2 }));
  assertEquals(writtenName(evaluated[0]), "mini");
  assertEquals(
    runAgain(evaluated, mini),
    "evaluate mini --datasets arith-add --seeds 3 --problems 2 --samples 2 --decoding soft-thinking",
  );
});
