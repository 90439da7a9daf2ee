import { assert, assertEquals } from "@std/assert";
import { currentConfig } from "../../src/experiment/earlier_config.ts";
import { presentName } from "../../src/result/earlier_versions.ts";
import { checkResolved, resolveExperiment } from "../../src/experiment/resolve.ts";
import tiny from "../../benchmarks/tiny.ts";

const RESULTS = new URL("../fixtures/earlier_results/v1/", import.meta.url);

interface Stored {
  readonly experiment: { readonly config: { readonly arms: readonly Record<string, unknown>[] } };
  readonly arm: { readonly label: string };
}

function stored(name: string): Stored {
  return JSON.parse(Deno.readTextFileSync(new URL(name, RESULTS)));
}

const FILES = [...Deno.readDirSync(RESULTS)].map(({ name }) => name).filter((name) => name.endsWith(".json")).sort();

Deno.test("every committed result's configuration is one of today, and has the result's label", () => {
  for (const name of FILES) {
    const { experiment, arm } = stored(name);
    const config = checkResolved(currentConfig(experiment.config), name);
    const labels = config.arms.flatMap(({ evaluations }) => evaluations.map(({ label }) => label));
    assertEquals(labels.includes(presentName(arm.label)), true, name);
  }
});

Deno.test("nothing but names changes, and inputs that were not trained", () => {
  const name = FILES.find((file) => file.includes("-soft-grpo-fuzzy-s1"))!;
  const { config } = stored(name).experiment;
  const text = JSON.stringify(config)
    .replaceAll('"soft-grpo', '"soft-tokens-grpo').replaceAll('"scoreEnd"', '"endIsDrawn"')
    .replace('"training":{"advantage"', '"objective":{"advantage"').replace('"objective":{"agg', '"loss":{"agg');
  const expected = JSON.parse(text);
  const losses = expected.arms.flatMap(({ objective }: { objective?: { loss: object } }) => objective?.loss ?? []);
  assert(losses.length > 0);
  for (const loss of losses) Object.assign(loss, { trainInputs: false });
  assertEquals(currentConfig(config), expected);
});

Deno.test("the default experiment's configuration of today is unchanged", () => {
  const today = JSON.parse(JSON.stringify(resolveExperiment(tiny)));
  assertEquals(currentConfig(today), today);
});

Deno.test("under today's names, a loss that does not say whether inputs are trained did not train them", () => {
  const armOf = (loss: object) => ({ label: "a", thinking: { endIsDrawn: true }, objective: { advantage: {}, loss } });
  const stored = { name: "x", arms: [armOf({ ratioOver: "token" }), armOf({ trainInputs: true }), { label: "base" }] };
  assertEquals<unknown>(currentConfig(stored), {
    name: "x",
    arms: [armOf({ ratioOver: "token", trainInputs: false }), armOf({ trainInputs: true }), { label: "base" }],
  });
});

const LABELS: [string, string][] = [
  ["soft-grpo", "soft-tokens-grpo"],
  ["soft-grpo-fuzzy", "soft-tokens-grpo-fuzzy"],
  ["soft-grpo.discrete", "soft-tokens-grpo.discrete"],
  ["soft-grpo2", "soft-grpo2"],
  ["base-soft", "base-soft"],
];
Deno.test("labels of Butt et al.'s arms are renamed, others stay", () => {
  for (const [label, expected] of LABELS) assertEquals(presentName(label), expected);
});

Deno.test("what is no configuration stays for the schema to refuse", () => {
  for (const value of [null, 3, [], {}, { arms: null }, { arms: [null, 1] }, "x"]) {
    assertEquals<unknown>(currentConfig(value), value);
  }
  const broken = { arms: [{ thinking: { scoreEnd: true }, evaluations: [null], training: 5 }, null] };
  currentConfig(broken);
  for (const objective of [null, 5, { loss: null }, { loss: "x" }]) {
    assertEquals<unknown>(currentConfig({ arms: [{ objective }] }), { arms: [{ objective }] });
  }
});
