import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { z } from "zod";
import tiny from "../../benchmarks/tiny.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import {
  checkExperiment,
  defineExperiment,
  type ExperimentConfig,
  type experimentSchema,
} from "../../src/experiment/config.ts";
import { presets } from "../../src/experiment/presets.ts";
import type { Same } from "./same.ts";

Deno.test("the schema of what one writes and its type are one", () => {
  const same: Same<z.infer<typeof experimentSchema>, ExperimentConfig> = true;
  assertEquals(same, true);
});

Deno.test("a checked experiment is the same, frozen, and a copy", () => {
  const checked = defineExperiment(tiny);
  assertEquals(checked, tiny);
  assert(Object.isFrozen(checked.arms[5].objective!.loss.surrogate));
  assert(!Object.isFrozen(tiny));
});

type Change = (arm: Record<string, unknown>) => Record<string, unknown>;

/** The default experiment's SofT-GRPO arm (released code), with every part that can be misspelt. */
const ARM = {
  ...tiny.arms[3],
  thinking: { end: "</think>" },
  objective: { advantage: presets.advantages.verl, loss: presets.losses.verl },
};
const { algorithm, answers, objective } = ARM;
const RELEASE = presets.algorithms["soft-thinking-grpo"].release;
const PLACE = "experiment tiny, arm soft-thinking-grpo-release";

/** Every algorithm's name, as errors list them. */
const ALGORITHMS = Object.keys(presets.algorithms).map((name) => JSON.stringify(name)).join(", ")
  .replace(/, ([^,]*)$/, " or $1");

/** One misspelling, what the error says of it. All but the last four once trained something else. */
const MISSPELT: [Change, string][] = [
  [
    (arm) => ({ ...arm, algorithm: { ...RELEASE, score: "mean" } }),
    `arms[3].algorithm.score of ${PLACE}: found "mean", expected "sum" or "masked-mean"`,
  ],
  [
    (arm) => ({ ...arm, algorithm: { ...RELEASE, perturbation: { ...RELEASE.perturbation, noiseFactor: 2 } } }),
    `arms[3].algorithm.perturbation.noiseFactor of ${PLACE}: found an unknown key, ` +
    "expected one of kind, temperature, floor, clamp",
  ],
  [
    (arm) => ({ ...arm, objective: { ...objective, loss: { ...objective.loss, ratioOver: "sequence" } } }),
    `arms[3].objective.loss.ratioOver of ${PLACE}: found "sequence", ` +
    'expected "token", "sequence-mean" or "sequence-sum"',
  ],
  [
    (arm) => ({ ...arm, objective: { ...objective, loss: { ...objective.loss, oldDensity: "draw" } } }),
    `arms[3].objective.loss.oldDensity of ${PLACE}: found "draw", expected "replayed" or "drawn"; ` +
    'did you mean "drawn"?',
  ],
  [
    (arm) => ({ ...arm, objective: { ...objective, advantage: { ...objective.advantage, std: "smaple" } } }),
    `arms[3].objective.advantage.std of ${PLACE}: found "smaple", expected "sample" or "population"; ` +
    'did you mean "sample"?',
  ],
  [
    (arm) => ({ ...arm, objective: { ...objective, loss: { ...objective.loss, kl: { estimator: "k3", coef: 0.1 } } } }),
    `arms[3].objective.loss.kl.coef of ${PLACE}: found an unknown key, ` +
    'expected one of estimator, coefficient, cap, timesRatio; did you mean "coefficient"? (and 1 more)',
  ],
  [
    (arm) => ({ ...arm, thinking: { end: "</think>", endrule: "sequence", max_thoughts: 3 } }),
    `arms[3].thinking.endrule of ${PLACE}: found an unknown key, ` +
    "expected one of end, endRule, endIsDrawn, afterEnd, minThoughts, maxThoughts, atMaximum, coldStop; " +
    'did you mean "endRule"? (and 1 more)',
  ],
  [
    (arm) => ({ ...arm, objective: { ...objective, advantage: { kind: "grpo", std: "sample" } } }),
    `arms[3].objective.advantage.epsilon of ${PLACE}: found nothing, expected a number of at least 0`,
  ],
  [
    (arm) => ({ ...arm, algorithm: { ...RELEASE, support: "keep" } }),
    `arms[3].algorithm.support of ${PLACE}: found "keep", expected "kept" or "stored"; did you mean "kept"?`,
  ],
  [
    (arm) => ({
      ...arm,
      objective: { ...objective, loss: { ...objective.loss, kl: { estimator: "low_var_kl", coefficient: 0.1 } } },
    }),
    `arms[3].objective.loss.kl.estimator of ${PLACE}: found "low_var_kl", ` +
    'expected "k1", "k2", "k3" or "closed-form"',
  ],
  [
    (arm) => ({ ...arm, answers: { ...answers, rule: "sampel" } }),
    `arms[3].answers.rule of ${PLACE}: found "sampel", expected "sample", "greedy" or "argmax-noised"; ` +
    'did you mean "sample"?',
  ],
  [
    (arm) => ({ ...arm, algorithm: { ...algorithm, name: "soft-thinking-gprpo" } }),
    `arms[3].algorithm.name of ${PLACE}: found "soft-thinking-gprpo", ` +
    `expected ${ALGORITHMS}; ` +
    'did you mean "soft-thinking-grpo"?',
  ],
  [
    (arm) => ({ ...arm, algorithm: presets.algorithms["soft-thinking"].release }),
    `arms[3].objective of ${PLACE}: found an object, expected none, as soft-thinking cannot be trained`,
  ],
  [
    (arm) => ({ ...arm, algorithm: { ...presets.algorithms["soft-tokens-grpo"].soft, noiseScale: 0 } }),
    `arms[3].objective of ${PLACE}: found an object, expected none, as soft-tokens-grpo cannot be trained`,
  ],
];

for (const [change, message] of MISSPELT) {
  Deno.test(`one line: ${message}`, () => {
    const arms = tiny.arms.map((arm, i) => i === 3 ? change(ARM) : arm);
    const error = assertThrows(() => checkExperiment({ ...tiny, arms }), UsageError, message);
    assert(!error.message.includes("\n"));
  });
}

const WHOLE: [Record<string, unknown>, string][] = [
  [{ name: "a/b" }, 'name of experiment: found "a/b", expected a name of at most 80 letters, digits'],
  [{ name: ".." }, "name of experiment"],
  [{ arms: [] }, "arms of experiment tiny: found a list of 0, expected a list of at least 1"],
  [{ arms: null }, "arms of experiment tiny: found null"],
  [{ arms: [null] }, "arms[0] of experiment tiny: found null, expected an object with label, title"],
  [{ arms: { label: "x" } }, "arms of experiment tiny: found an object, expected a list"],
  [{ datasets: [] }, "datasets of experiment tiny: found a list of 0, expected a list of at least 1"],
  [{ datasets: "arith-add" }, 'datasets of experiment tiny: found "arith-add", expected a list'],
  [{ prompt: "step-by-stpe" }, 'did you mean "step-by-step"?'],
  [{ grader: { name: "symbolc" } }, 'grader.name of experiment tiny: found "symbolc"'],
  [{ training: { ...tiny.training, source: 3 } }, "training.source of experiment tiny: found 3, expected text"],
  [{ passAt: [1, 1] }, "passAt[1] of experiment tiny: found 1, expected each size once"],
  [{ passAt: [1, 64] }, "passAt[1] of experiment tiny: found 64, expected at most 32: k must be <= samples"],
  [{ majorityAt: [2.5] }, "majorityAt[0] of experiment tiny: found 2.5, expected an integer of at least 1"],
  [{ samples: undefined }, "samples of experiment tiny: found undefined"],
  [{ arms: [{ ...tiny.arms[0], label: "a b" }] }, 'arms[0].label of experiment tiny: found "a b"'],
  [
    { arms: [{ ...tiny.arms[0], evaluations: [tiny.arms[2]] }] },
    "arms[0].evaluations[0].label of experiment tiny, arm base: found an unknown key",
  ],
  [
    { arms: [{ ...tiny.arms[0], evaluations: [decoding(0), decoding(0)] }] },
    "arms[0].evaluations[1].decoding of experiment tiny, arm base",
  ],
];
function decoding(i: number) {
  const { decoding, algorithm, answers } = tiny.arms[0].evaluations![i];
  return { decoding, algorithm, answers };
}
for (const [change, message] of WHOLE) {
  Deno.test(`checkExperiment() says: ${message}`, () => {
    assertThrows(() => checkExperiment({ ...tiny, ...change }), UsageError, message);
  });
}

Deno.test("no two results have one label", () => {
  const both = { ...tiny.arms[0], evaluations: [decoding(0), decoding(1)] };
  const arms = [{ ...both, label: "a" }, { ...tiny.arms[0], evaluations: [decoding(0)], label: "a.matched" }];
  const message = 'arms[1].label of experiment tiny, arm a.matched: found "a.matched", expected each result once';
  assertThrows(() => checkExperiment({ ...tiny, arms }), UsageError, message);
});

const cyclic: Record<string, unknown> = { ...tiny };
cyclic.training = cyclic;
const HOSTILE: [string, unknown][] = [
  ["nothing", undefined],
  ["null", null],
  ["a number", NaN],
  ["a list", [tiny]],
  ["a function", () => tiny],
  ["a BigInt", 1n],
  ["a symbol", Symbol("experiment")],
  ["a cycle", cyclic],
  ["a key __proto__", JSON.parse('{"__proto__":{"name":"tiny"}}')],
  ["a key __proto__ deep inside", { ...tiny, training: JSON.parse('{"__proto__":{"steps":1}}') }],
  ["a getter that throws", {
    ...tiny,
    get arms(): never {
      throw new Error("not\nnow");
    },
  }],
  ["a getter that throws nothing", {
    ...tiny,
    get name(): never {
      throw undefined;
    },
  }],
  [
    "a proxy that throws",
    new Proxy(tiny, {
      get: () => {
        throw new TypeError("proxy");
      },
    }),
  ],
  ["a revoked proxy", { ...tiny, training: revoked() }],
  ["a very long text", { ...tiny, prompt: "x".repeat(1e6) }],
  ["a very long key", { ...tiny, ["x".repeat(1e6)]: 1 }],
  ["a list with holes", { ...tiny, arms: new Array(3) }],
  ["a Map", new Map(Object.entries(tiny))],
  ["a date", { ...tiny, seeds: new Date(0) }],
  ["a typed array", { ...tiny, seeds: Int32Array.of(1, 2) }],
];
function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
for (const [what, value] of HOSTILE) {
  Deno.test(`whatever is exported, the error is one short line: ${what}`, () => {
    const error = assertThrows(() => checkExperiment(value), BenchError);
    assert(error instanceof UsageError);
    assertMatch(error.message, /^Cannot use .{3,160}: (found|reading) .{3,300}$/);
  });
}

Deno.test("a symbol as a key is left out, as JSON has none", () => {
  assertEquals(checkExperiment({ ...tiny, [Symbol("note")]: 1 }), tiny);
});
