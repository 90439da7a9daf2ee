/**
 * The command `bench:peers`: the same GRPO step in TRL, in a PyTorch loop and here, interleaved in one run, so that all
 * meet the same machine. Prints a table in Markdown; `--write` puts it into benchmarks/README.md.
 *
 * @module
 */
import { cpus } from "node:os";
import type { PeersArguments } from "../../src/commands/descriptions/maintenance.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { type EnginePeerOptions, type Peer, startEnginePeer, type StepOptions, type StepTime } from "./engine_peer.ts";
import { rotated } from "../gpu/speed.ts";
import { decodingTable } from "./decoding.ts";
import { growthTable } from "./growth.ts";
import { PACKAGES, preparePython, startPythonPeer } from "./python_peer.ts";
import { type Baselines, scenarioTable } from "./scenario_table.ts";
import { median } from "./statistics.ts";
import { TITLES } from "./titles.ts";
import { torchStepTable } from "./torch_step.ts";
import { modelOf, parameterCount } from "./workload.ts";
import { fileURLToPath } from "node:url";

const README = new URL("../README.md", import.meta.url);
/** Between these the tables stand. */
interface Place {
  readonly start: string;
  readonly end: string;
}
const ALL: Place = { start: "<!-- bench:peers -->", end: "<!-- /bench:peers -->" };
const TORCH: Place = { start: "<!-- bench:peers --torch -->", end: "<!-- /bench:peers --torch -->" };
const DECODING: Place = { start: "<!-- bench:peers --decoding -->", end: "<!-- /bench:peers --decoding -->" };

const TRL = "TRL 1.16 GRPOTrainer", GENERATE = "transformers generate, decoding alone";

const ENGINE_ROWS = ([
  { way: "discrete", products: "wasm" },
  { way: "discrete", products: "c" },
  { way: "soft-thinking", products: "wasm" },
  { way: "soft-thinking", products: "c" },
  { way: "multiplex", products: "c" },
] as const).map((row) => ({ ...row, name: rowName(row) }));
const BASELINES: Baselines = {
  trl: TRL,
  generate: GENERATE,
  discrete: new Map(ENGINE_ROWS.map(({ name, products }) => [name, rowName({ way: "discrete", products })])),
};

function rowName({ way, products }: Pick<EnginePeerOptions, "way" | "products">): string {
  return `engine, ${TITLES[way]}${products === "wasm" ? ", --sandboxed" : ""}`;
}

interface Scenario extends StepOptions {
  readonly title: string;
}

const SCENARIOS: readonly Scenario[] = [
  { title: "width 128, 56 tokens each", hiddenSize: 128, varying: false },
  { title: "width 128, up to 56 tokens, ended by end-of-text", hiddenSize: 128, varying: true },
  { title: "width 256, 56 tokens each", hiddenSize: 256, varying: false },
];

/** How many steps each peer takes. */
interface Steps {
  /** First steps compile and warm up; none of these is counted. */
  readonly warmUp: number;
  readonly rounds: number;
}

/** Counted rounds, without --rounds: of a large model fewer. */
const ROUNDS = 12, LARGE_ROUNDS = 5;

/** Runs the command. */
export async function run({ flags }: PeersArguments): Promise<number> {
  const { scenario, growth, write } = flags;
  if (flags.torch && flags.decoding) {
    throw new UsageError("Cannot measure --torch and --decoding at once: give one of them");
  }
  if ((flags.vllm !== undefined || flags.llama) && !flags.decoding) {
    throw new UsageError("Cannot take steps with vLLM or node-llama-cpp, which decode alone: add --decoding");
  }
  const python = flags.python ?? await preparePython("step", PACKAGES);
  if (flags.torch || flags.decoding) {
    const rounds = flags.rounds ?? LARGE_ROUNDS;
    const text = flags.torch
      ? await torchStepTable(python, rounds)
      : await decodingTable({ python, vllm: flags.vllm, llama: flags.llama === true }, rounds);
    console.log(text);
    if (write) await writeSection(text, flags.torch ? TORCH : DECODING);
    return 0;
  }
  const { rounds = ROUNDS, warmUp = 3 } = flags;
  const sections = [describeMachine()];
  const chosen = scenario === undefined ? SCENARIOS : [SCENARIOS[scenario]];
  for (const scenario of chosen) sections.push(await compare(scenario, python, { rounds, warmUp }));
  if (growth || write) sections.push(await growthTable());
  const text = sections.join("\n\n");
  console.log(text);
  if (write) await writeSection(text, ALL);
  return 0;
}

/** All peers of one scenario, one step each a round. */
async function compare(scenario: Scenario, python: string, { rounds, warmUp }: Steps): Promise<string> {
  const peers = await startPeers(scenario, python);
  const times = new Map<string, StepTime[]>(peers.map(({ name }) => [name, []]));
  try {
    for (let round = 0; round < warmUp + rounds; round++) {
      console.error(`${scenario.title}: round ${round + 1} of ${warmUp + rounds}`);
      for (const peer of rotated(peers, round)) {
        const time = await peer.step();
        if (round >= warmUp) times.get(peer.name)!.push(time);
      }
    }
  } finally {
    for (const peer of peers) await peer.close();
  }
  return [describeScenario(scenario, times), scenarioTable(times, BASELINES)].join("\n\n");
}

async function startPeers(scenario: Scenario, python: string): Promise<Peer[]> {
  const peers = [
    await startPythonPeer(TRL, "trl", python, scenario),
    await startPythonPeer("PyTorch loop", "torch", python, scenario),
    await startPythonPeer(GENERATE, "generate", python, scenario),
  ];
  for (const row of ENGINE_ROWS) peers.push(await startEnginePeer({ ...scenario, ...row }));
  return peers;
}

function describeScenario({ title, hiddenSize }: Scenario, times: ReadonlyMap<string, readonly StepTime[]>): string {
  const parameters = (parameterCount(modelOf(hiddenSize)) / 1e6).toFixed(2);
  const tokens = median([...times.values()].flat().map((time) => time.tokens)).toFixed(0);
  return `### ${title} (${parameters} M parameters, ${tokens} completion tokens per step)`;
}

function describeMachine(): string {
  const processor = cpus()[0]?.model ?? "unknown processor";
  const versions = `Deno ${Deno.version.deno} (V8 ${Deno.version.v8}), ${PACKAGES.join(", ")}`;
  return `${processor}, ${navigator.hardwareConcurrency} cores, ${versions}. One step: 16 prompts of 16 tokens, 8 completions each; rollout, rewards, advantages, loss, backward pass, clipping, AdamW. Ratios are per completion token.`;
}

async function writeSection(text: string, place: Place): Promise<void> {
  const old = await Deno.readTextFile(README);
  const [start, end] = [old.indexOf(place.start), old.indexOf(place.end)];
  if (start < 0 || end < start) {
    throw new BenchError(`Cannot write the table: ${fileURLToPath(README)} lacks ${place.start} … ${place.end}`);
  }
  await Deno.writeTextFile(README, `${old.slice(0, start + place.start.length)}\n\n${text}\n\n${old.slice(end)}`);
}
