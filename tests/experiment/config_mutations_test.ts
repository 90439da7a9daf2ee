/**
 * Thousands of small mistakes in an experiment: each is one line with the path of the key, or leaves a legal experiment.
 */
import { assert, assertEquals } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { UsageError } from "../../src/errors.ts";
import { checkExperiment, type ExperimentConfig } from "../../src/experiment/config.ts";
import { presets } from "../../src/experiment/presets.ts";
import { checkResolved, resolveExperiment } from "../../src/experiment/resolve.ts";
import { pathText } from "../../src/files/check.ts";
import { RandomSequence } from "../../src/random/streams.ts";

/** Three arms of the default experiment: more would only be checked again each time. */
const FEW: ExperimentConfig = {
  ...tiny,
  arms: tiny.arms.filter(({ label }) => ["base", "discrete-grpo", "soft-tokens-grpo"].includes(label)),
};

const RELEASE = presets.losses["soft-thinking-grpo-release"];

/** The same with one arm that has every part an arm can have. */
const FULL: ExperimentConfig = {
  ...FEW,
  prompt: "step-by-step",
  passAt: [1, 7],
  majorityAt: [11],
  evaluationMaxNewTokens: 53,
  arms: [...FEW.arms, {
    label: "full",
    title: "every part",
    preset: "release",
    decoding: "full",
    algorithm: presets.algorithms["soft-thinking-grpo"].release,
    answers: { rule: "sample", filter: { temperature: 0.7, topK: 31, topP: 0.9, minP: 0.01, nucleusOf: "vocabulary" } },
    thinking: {
      end: "</think>",
      endRule: "last-sub-token",
      endIsDrawn: true,
      afterEnd: "",
      minThoughts: 5,
      maxThoughts: 29,
      atMaximum: "go-on",
      coldStop: { entropyBelow: 0.1, positions: 13, temperature: 0.6 },
    },
    evaluations: [
      { decoding: "greedy", algorithm: presets.algorithms["soft-thinking"].release, answers: { rule: "greedy" } },
      {
        decoding: "noised",
        algorithm: { ...presets.algorithms["soft-tokens-grpo"].soft, noiseDeviation: 0.02 },
        answers: {
          rule: "argmax-noised",
          filter: { temperature: 1, topK: 5 },
          perturbation: { kind: "dirichlet", concentration: 1 },
        },
      },
    ],
    objective: {
      advantage: { ...presets.advantages.trl, stdOver: "batch" },
      loss: {
        ...RELEASE,
        kl: { ...RELEASE.kl, timesRatio: true },
        thoughtSurrogate: { kind: "log-density" },
        entropyBonus: 0.01,
      },
      reward: { correct: 100, extracted: 10, missing: 0 },
      grader: { name: "release-string", boxed: true },
      overlong: { buffer: 7, penalty: 0.5 },
      maskTruncated: true,
    },
  }],
  training: {
    ...FEW.training,
    equalGroups: { draws: 2, then: "leave-out" },
    longPrompts: "leave-out",
    evaluation: { every: 5, problems: 3, samples: 2 },
  },
};

type Node = Record<string, unknown> | unknown[];
interface Place {
  readonly path: readonly (string | number)[];
  readonly parent: Node;
  readonly key: string | number;
}

/** A copy in which no two places share an object. */
function copy(config: ExperimentConfig): Node {
  return JSON.parse(JSON.stringify(config));
}

function places(parent: Node, path: readonly (string | number)[] = []): Place[] {
  const keys = Array.isArray(parent) ? [...parent.keys()] : Object.keys(parent);
  return keys.flatMap((key) => {
    const value = (parent as Record<string | number, unknown>)[key];
    const here = { path: [...path, key], parent, key };
    return typeof value === "object" && value !== null ? [here, ...places(value as Node, here.path)] : [here];
  });
}

const ENUMERATIONS = new Set(
  "kind rule std stdOver ratioOver oldDensity support score replay endRule nucleusOf estimator prompt unit then longPrompts atMaximum"
    .split(" "),
);
const OTHERS = places(copy(FULL));
const KEYS = new Set(OTHERS.map(({ key }) => key));
const OPTIONAL = new Set(
  ("prompt grader boxed problemsPerDataset seeds samples passAt majorityAt evaluationMaxNewTokens preset thinking " +
    "evaluations objective endRule endIsDrawn afterEnd minThoughts maxThoughts atMaximum coldStop topK topP minP nucleusOf noiseDeviation " +
    "clamp stdOver kl cap dual reward minibatches checkpointEvery maxGradientNorm unit timesRatio " +
    "thoughtSurrogate entropyBonus matched overlong maskTruncated equalGroups longPrompts evaluation").split(" "),
);

const isObject = ({ parent }: Place) => !Array.isArray(parent);
const valueOf = ({ parent, key }: Place) => (parent as Record<string | number, unknown>)[key];
const isEnumeration = (place: Place) =>
  ENUMERATIONS.has(String(place.key)) ||
  (place.key === "name" && ["algorithm", "grader"].includes(String(place.path.at(-2))));

const ODD: (() => unknown)[] = [
  () => null,
  () => undefined,
  () => NaN,
  () => Infinity,
  () => -Infinity,
  () => -1,
  () => 0,
  () => 1.5,
  () => 2 ** 60,
  () => "",
  () => "x".repeat(100_000),
  () => "two\nlines",
  () => true,
  () => [],
  () => ({}),
  () => 3n,
  () => Symbol("odd"),
  () => () => 1,
  () => new Date(0),
];

/** A mistake: how it is made at a place, whether it must be refused, and where the error then says it is. */
interface Mistake {
  readonly name: string;
  readonly fits: (place: Place) => boolean;
  readonly make: (place: Place, random: RandomSequence) => readonly (string | number)[];
  readonly refused: (place: Place) => boolean;
}

function misspelt(text: string, random: RandomSequence): string {
  const at = random.integer(text.length);
  const variants = [
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + text[at] + text.slice(at),
    text.slice(0, at) + "q" + text.slice(at + 1),
    text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) + "_",
    text.toUpperCase(),
    `${text}s`,
  ].filter((variant) => variant !== text && variant !== "");
  return variants[random.integer(variants.length)];
}

function set({ parent, key }: Place, value: unknown): void {
  (parent as Record<string | number, unknown>)[key] = value;
}

const MISTAKES: readonly Mistake[] = [
  {
    name: "key renamed",
    fits: isObject,
    make: (place, random) => {
      let name = misspelt(String(place.key), random);
      while (KEYS.has(name) || OPTIONAL.has(name)) name = `${name}q`;
      set({ ...place, key: name }, valueOf(place));
      delete (place.parent as Record<string, unknown>)[place.key];
      return place.path.slice(0, -1);
    },
    refused: () => true,
  },
  {
    name: "unknown key added",
    fits: isObject,
    make: (place, random) => {
      const name = ["noiseFactor", "x", "Samples", "__proto", "learning rate", "constructor"][random.integer(6)];
      set({ ...place, key: name }, random.integer(2));
      return [...place.path.slice(0, -1), name];
    },
    refused: () => true,
  },
  {
    name: "enumeration misspelt",
    fits: isEnumeration,
    make: (place, random) => {
      set(place, `${misspelt(String(valueOf(place)), random)}`);
      return place.path;
    },
    refused: () => true,
  },
  {
    name: "wrapped in a list",
    fits: () => true,
    make: (place) => {
      set(place, [valueOf(place)]);
      return place.path;
    },
    refused: () => true,
  },
  {
    name: "key deleted",
    fits: isObject,
    make: (place) => {
      delete (place.parent as Record<string, unknown>)[place.key];
      return place.path;
    },
    refused: ({ key }) => !OPTIONAL.has(String(key)),
  },
  {
    name: "odd value",
    fits: () => true,
    make: (place, random) => {
      set(place, ODD[random.integer(ODD.length)]());
      return [];
    },
    refused: () => false,
  },
  {
    name: "value of another place",
    fits: () => true,
    make: (place, random) => {
      set(place, valueOf(OTHERS[random.integer(OTHERS.length)]));
      return [];
    },
    refused: () => false,
  },
];

const MUTATIONS = 4_517;

/** What is changed, as text from which each mistake has its own copy, and the places in it. */
const BASES = [FULL, FEW].map((config) => ({ text: JSON.stringify(config), places: places(copy(config)) }));

/** The same place of another copy. */
function placeIn(root: Node, { path, key }: Place): Place {
  const parent = path.slice(0, -1).reduce((node, step) => (node as Record<string | number, Node>)[step], root);
  return { path, parent, key };
}

Deno.test(`${MUTATIONS} mistakes: one line with a path each, or a legal experiment`, () => {
  const random = new RandomSequence("mistakes", 1);
  const counts = new Map<string, { refused: number; legal: number }>();
  for (let i = 0; i < MUTATIONS; i++) {
    const mistake = MISTAKES[i % MISTAKES.length];
    const { text, places } = BASES[i % 2];
    const base: Node = JSON.parse(text);
    const fitting = places.filter(mistake.fits);
    const place = placeIn(base, fitting[random.integer(fitting.length)]);
    const mustBeRefused = mistake.refused(place);
    const where = mistake.make(place, random);
    const what = `${i}: ${mistake.name} at ${pathText(place.path)}`;
    const count = counts.getOrInsert(mistake.name, { refused: 0, legal: 0 });
    const error = errorOf(base);
    if (error === undefined) {
      assert(!mustBeRefused, `${what} is accepted`);
      count.legal++;
      continue;
    }
    count.refused++;
    if (!(error instanceof UsageError)) throw new Error(what, { cause: error });
    assert(/^Cannot use [^\n]*: found [^\n]+, expected [^\n]+$/.test(error.message), `${what}: ${error.message}`);
    assert(error.message.length < 500, `${what}: ${error.message}`);
    const path = pathText(where);
    assert(
      error.message.startsWith(`Cannot use ${mustBeRefused ? path : ""}`) && / of experiment\b/.test(error.message),
      `${what}: expected ${path} in ${error.message}`,
    );
  }
  for (const { name } of MISTAKES.slice(0, 4)) assertEquals(counts.get(name)!.legal, 0, name);
  for (const { name } of MISTAKES) assert(counts.get(name)!.refused > 200, name);
  assert(counts.get("key deleted")!.legal > 50);
});

/** What is thrown on the way to what runs. */
function errorOf(value: unknown): unknown {
  try {
    const resolved = resolveExperiment(checkExperiment(value));
    checkResolved(JSON.parse(JSON.stringify(resolved)), "the resolved experiment");
    return undefined;
  } catch (error) {
    return error;
  }
}
