/**
 * The machine itself: processor, memory, programs, files at hand, and what each command is allowed to touch.
 *
 * @module
 */
import { modelFolder } from "../checkpoint/hub/cache.ts";
import { checkDatasets } from "../datasets/status.ts";
import { tensorflowStatus } from "../tensorflow/status.ts";
import { runProgram } from "../tensorflow/programs.ts";
import { BenchError } from "../errors.ts";
import { READABLE_FOLDERS } from "../result/store.ts";
import type { Fact } from "./fact.ts";
import { PERMISSION_SETS } from "./permission_sets.ts";
import { runsFact } from "./runs.ts";

/** The embedded experiment's peak is far below; less than this is tight beside other programs. */
const COMFORTABLE_BYTES = 1.5e9;

/** Versions, cores, memory, and what the CPU engine builds on. */
export function machineFacts(): Fact[] {
  const { deno, v8 } = Deno.version;
  const memory = whereAllowed(() => Deno.systemMemoryInfo());
  const shared = typeof SharedArrayBuffer === "function";
  return [
    { area: "machine", name: "Deno", state: "ok", found: `${deno}, V8 ${v8}, ${Deno.build.os} ${Deno.build.arch}` },
    { area: "machine", name: "cores", state: "info", found: String(navigator.hardwareConcurrency) },
    memory === undefined
      ? { area: "machine", name: "memory", state: "info", found: "not allowed to look" }
      : memoryFact(memory.available, memory.total),
    {
      area: "machine",
      name: "shared memory",
      state: shared ? "ok" : "missing",
      found: shared ? "WebAssembly threads can share memory" : "no SharedArrayBuffer: cpu-engine cannot run",
    },
  ];
}

function memoryFact(available: number, total: number): Fact {
  const found = `${gigabytes(available)} of ${gigabytes(total)} GB free`;
  return available >= COMFORTABLE_BYTES ? { area: "machine", name: "memory", state: "ok", found } : {
    area: "machine",
    name: "memory",
    state: "missing",
    found,
    fix: "close other programs, or use fewer --workers",
  };
}

/** Programs that optional parts need. */
export async function toolFacts(): Promise<Fact[]> {
  const [{ facts }, git] = await Promise.all([
    tensorflowStatus(),
    versionOf("git"),
  ]);
  return [
    tool("git", git, "to store the commit in results", "apt-get install git"),
    ...facts.map(({ name, found, fix }): Fact => ({
      area: "tools",
      name: `TensorFlow: ${name}`,
      state: found === undefined ? "absent" : "ok",
      found: found ?? "not found, for --backend tensorflow",
      ...(fix !== undefined && { fix }),
    })),
  ];
}

function tool(name: string, version: string | undefined, purpose: string, fix: string): Fact {
  return version === undefined
    ? { area: "tools", name, state: "absent", found: `not found, ${purpose}`, fix }
    : { area: "tools", name, state: "ok", found: `${version}, ${purpose}` };
}

async function versionOf(program: string): Promise<string | undefined> {
  const output = await runProgram(program, ["--version"]).catch(unlessForbidden);
  return output?.code === 0 ? output.stdout.split("\n")[0].trim() : undefined;
}

/** The embedded model, downloads, runs and results. */
export async function storageFacts(): Promise<Fact[]> {
  const model = embeddedModelSize();
  const datasets = (await checkDatasets([], {}).catch(unlessForbidden) ?? []).map(({ status }) => status);
  const published = datasets.filter(({ state }) => state !== "generated");
  const missing = published.filter(({ state }) => state === "missing" || state === "broken");
  const results = READABLE_FOLDERS.flatMap((folder) => entriesOf(`results/${folder}`))
    .filter((name) => name.endsWith(".json")).length;
  return [
    model === undefined
      ? {
        area: "storage",
        name: "embedded model",
        state: "missing",
        found: "models/tiny/model.safetensors is not there",
        fix: "deno task pretrain",
      }
      : { area: "storage", name: "embedded model", state: "ok", found: `models/tiny, ${(model / 1e6).toFixed(1)} MB` },
    {
      area: "storage",
      name: "datasets",
      state: missing.length === 0 ? "ok" : "absent",
      found: `${datasets.length - published.length} generated, ${published.length - missing.length} of ` +
        `${published.length} published ones fetched`,
      ...(missing.length > 0 && { fix: "deno task datasets fetch" }),
    },
    await runsFact(),
    { area: "storage", name: "results", state: "info", found: `${results} in results` },
  ];
}

/** The permission set of each command, as deno.json has it. */
export function permissionFacts(): Fact[] {
  return Object.entries(PERMISSION_SETS).map(([name, set]) => ({
    area: "permissions",
    name,
    state: "info",
    found: Object.entries(set).map(([kind, value]) =>
      `${kind} ${value === true ? "all" : [value].flat().join(" ").replaceAll("./", "")}`
    )
      .join("; "),
  }));
}

function embeddedModelSize(): number | undefined {
  try {
    return Deno.statSync(`${modelFolder("models/tiny")}/model.safetensors`).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof BenchError) return undefined;
    throw error;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function whereAllowed<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch (error) {
    return unlessForbidden(error);
  }
}

/** A look that the permissions do not allow finds nothing. */
function unlessForbidden(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotCapable)) throw error;
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
