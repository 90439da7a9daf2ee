/**
 * Tries every backend: a small model is decoded on each, and its logits are compared with plain tfjs.
 *
 * @module
 */
import type { BackendName } from "../experiment/open_model.ts";
import { runProgram } from "../tensorflow/programs.ts";
import type { Products, TrialOutcome } from "./trial.ts";
import type { Fact } from "./fact.ts";
import { addedUp, permissionFlags } from "./permission_sets.ts";
import { now } from "../clock.ts";

/** A backend, what it is for, and whether the program cannot do without it. */
interface TriedBackend {
  /** As on the command line. */
  readonly name: string;
  readonly backend: BackendName;
  readonly products?: Products;
  readonly purpose: string;
  readonly needed: boolean;
  /** The permission sets in which commands use it. */
  readonly permissions: readonly string[];
}

/** Backends whose permissions are more than those of the others. */
const OWN_SETS: ReadonlyMap<BackendName, readonly string[]> = new Map([
  ["cpu-engine", ["code-native"]],
  ["torch", ["torch"]],
  ["tensorflow", ["tensorflow"]],
]);

/** The first one is what the others are compared with. */
const CANDIDATES: readonly TriedBackend[] = [
  candidate("tfjs-cpu", "the reference in tests", { needed: true }),
  candidate("cpu-engine", "the default for small models", { needed: true }),
  candidate("cpu-engine", "without native code", { flag: "--sandboxed", products: "wasm", sets: [] }),
  candidate("cpu-engine", "products by OpenBLAS", { flag: "--native blas", products: "blas", sets: ["native-blas"] }),
  candidate("webgpu", "for any GPU"),
  candidate("torch", "for larger models, on GPUs above all"),
  candidate("tensorflow", "for larger models"),
];

function candidate(
  backend: BackendName,
  purpose: string,
  { needed = false, flag, products, sets = OWN_SETS.get(backend) ?? [] }: {
    needed?: boolean;
    flag?: string;
    products?: Products;
    sets?: readonly string[];
  } = {},
): TriedBackend {
  return {
    name: flag === undefined ? backend : `${backend} ${flag}`,
    backend,
    purpose,
    needed,
    permissions: ["code", ...sets],
    ...(products !== undefined && { products }),
  };
}

/** Logits may differ by this: GPUs may round products to ten bits. */
const TOLERANCE = 2e-2;

/** One fact a backend; all are tried at once. */
export async function backendFacts(): Promise<Fact[]> {
  const trials = await Promise.all(CANDIDATES.map(async (candidate) => {
    const started = now();
    const outcome = await runTrial(candidate);
    return { candidate, outcome, ms: now() - started };
  }));
  const [first] = trials;
  const reference = "logits" in first.outcome ? first.outcome.logits : undefined;
  return trials.map(({ candidate, outcome, ms }) => trialFact(candidate, outcome, reference, ms));
}

/** Tries a backend in a process of its own, with the permissions that commands have. */
async function runTrial({ backend, products, permissions }: TriedBackend): Promise<TrialOutcome> {
  const script = `${import.meta.dirname}/trial.ts`;
  try {
    const output = await runProgram(Deno.execPath(), [
      "run",
      "-q",
      ...permissionFlags(addedUp(permissions, Deno.cwd())),
      script,
      backend,
      ...(products === undefined ? [] : [products]),
    ]);
    if (output === undefined) return { error: "cannot start deno" };
    const line = output.stdout.trim().split("\n").at(-1) ?? "";
    if (line.startsWith("{")) return JSON.parse(line);
    const last = output.stderr.trim().split("\n").at(-1);
    return { error: `the process ended with ${output.code}${last ? `: ${last.slice(0, 200)}` : ""}` };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return { error: "not allowed to try; run it as `deno task doctor`" };
    throw error;
  }
}

/**
 * What a trial says of a backend.
 *
 * @param reference logits to agree with
 * @param ms that the trial took, with the start of its process
 */
export function trialFact(
  { name, purpose, needed }: Pick<TriedBackend, "name" | "purpose" | "needed">,
  outcome: TrialOutcome,
  reference: readonly number[] | undefined,
  ms: number,
): Fact {
  const broken = needed ? "missing" : "absent";
  if ("error" in outcome) {
    // An error of the program ends in what to do, behind its last semicolon.
    const cut = outcome.error.lastIndexOf("; ");
    const [found, fix] = cut < 0 ? [outcome.error] : [outcome.error.slice(0, cut), outcome.error.slice(cut + 2)];
    return {
      area: "backends",
      name,
      state: broken,
      found: `does not work (${purpose}): ${found}`,
      ...(fix !== undefined && { fix }),
    };
  }
  const error = Math.max(...outcome.logits.map((logit, i) => Math.abs(logit - (reference?.[i] ?? NaN))));
  const agrees = error <= TOLERANCE;
  return {
    area: "backends",
    name,
    state: agrees ? "ok" : broken,
    found: [
      agrees ? "works" : `computes wrongly, logits are off by ${error.toPrecision(2)}`,
      purpose,
      ...outcome.facts,
      `tried in ${(ms / 1000).toFixed(1)} s`,
    ].join(", "),
  };
}
