/**
 * How fast decoding and one GRPO step are, beside what one would write without this project, interleaved: every
 * measurement is taken once a round, in rotating order.
 *
 * @module
 */
import { BenchError } from "../../src/errors.ts";
import type { LanguageModel } from "../../src/models/language_model.ts";
import type { TorchWorkers } from "../../src/torch/workers.ts";
import { median } from "../peers/statistics.ts";
import { startPeer } from "./peer.ts";
import type { Rates, Section } from "./record.ts";
import { freshModel, parametersOf } from "./fresh_model.ts";
import type { CheckSizes, NamedShape, WorkSize } from "./shapes.ts";
import { decode, settingsOf, step, type Way, WAYS } from "./work.ts";

/** Where it runs. */
export interface SpeedPlace {
  readonly workers: TorchWorkers;
  readonly interpreter: string;
  readonly sizes: CheckSizes;
}

interface Measurement {
  readonly name: string;
  readonly take: (round: number) => Promise<number>;
}

/** Decoding of discrete tokens, of both soft ones, and by `generate`. */
export async function decodingSection(
  { workers, interpreter, sizes }: SpeedPlace,
): Promise<Section & { rates: Rates }> {
  const { decoded, decodings, dtype } = sizes;
  const rows: (string | number | undefined)[][] = [];
  let rate: number | undefined;
  const model = await freshModel(workers, decoded);
  await using peer = startPeer(interpreter, decoded, dtype, workers.device);
  try {
    for (const size of decodings) {
      const settings = new Map(
        await Promise.all(
          WAYS.map(async (way) => [way, await settingsOf(way, model, size.tokens)] as const),
        ),
      );
      const measurements: Measurement[] = [
        ...WAYS.map((way): Measurement => ({
          name: way,
          take: (round) => seconds(() => decode(model, settings.get(way)!, size, round)),
        })),
        { name: "transformers generate", take: async () => (await peer.take("generate", size)).seconds },
      ];
      const times = await interleaved(measurements, sizes);
      const sequences = size.prompts * size.group, tokens = sequences * size.tokens;
      const discrete = median(times.get("discrete")!);
      rate = 2 * parametersOf(decoded.config) * tokens / discrete;
      for (const [name, own] of times) {
        const speed = tokens / median(own);
        rows.push([name, decoded.name, `${sequences} x ${size.tokens}`, own.length, speed, discrete / median(own)]);
      }
    }
  } finally {
    await model.dispose();
  }
  return {
    title: `Decoding, ${dtype}`,
    columns: ["way", "model", "sequences x tokens", "rounds", "tokens/s", "of discrete"],
    rows,
    rates: { ...(rate !== undefined && { decode: rate }) },
  };
}

/** One GRPO step of each algorithm, and of a plain PyTorch loop. */
export async function stepSection({ workers, interpreter, sizes }: SpeedPlace): Promise<Section & { rates: Rates }> {
  const rows: (string | number | undefined)[][] = [];
  let rate: number | undefined;
  for (const shape of sizes.stepped) {
    const { times, decodeTimes } = await stepTimes(shape, workers, interpreter, sizes);
    const discrete = median(times.get("discrete")!);
    const update = discrete - median(decodeTimes.get("discrete")!);
    const { prompts, group, promptTokens, tokens } = sizes.step;
    const positions = prompts * (promptTokens + group * tokens);
    rate = 6 * parametersOf(shape.config) * positions / update;
    for (const [name, own] of times) {
      rows.push([name, shape.name, own.length, median(own), median(decodeTimes.get(name)!), discrete / median(own)]);
    }
  }
  return {
    title: `One GRPO step, ${sizes.dtype}: ${sizeText(sizes.step)}`,
    columns: ["way", "model", "rounds", "seconds", "of them decoding", "speed by discrete"],
    rows,
    rates: { ...(rate !== undefined && { train: rate }) },
  };
}

async function stepTimes(
  shape: NamedShape,
  workers: TorchWorkers,
  interpreter: string,
  sizes: CheckSizes,
): Promise<Record<"times" | "decodeTimes", Map<string, number[]>>> {
  const decodeTimes = new Map<string, number[]>();
  const note = (name: string, decodeSeconds: number, seconds: number) => {
    decodeTimes.set(name, [...decodeTimes.get(name) ?? [], decodeSeconds]);
    return seconds;
  };
  const peerName = "plain PyTorch loop";
  const model: LanguageModel = await freshModel(workers, shape);
  await using peer = startPeer(interpreter, shape, sizes.dtype, workers.device);
  try {
    const ways = await Promise.all(
      WAYS.map(async (way) => [way, await settingsOf(way, model, sizes.step.tokens)] as const),
    );
    const times = await interleaved([
      ...ways.map(([way, settings]): Measurement => ({
        name: way,
        take: async (round) => {
          const taken = await step(model, way as Way, settings, sizes.step, round);
          return note(way, taken.decodeSeconds, taken.seconds);
        },
      })),
      {
        name: peerName,
        take: async () => {
          const taken = await peer.take("step", sizes.step);
          return note(peerName, taken.decodeSeconds, taken.seconds);
        },
      },
    ], sizes);
    // The round of warm-up noted its own.
    for (const [name, own] of decodeTimes) decodeTimes.set(name, own.slice(1));
    return { times, decodeTimes };
  } finally {
    await model.dispose();
  }
}

/** Seconds of every round but the first, which compiles and warms up; fewer rounds where time runs out. */
async function interleaved(
  measurements: readonly Measurement[],
  { rounds, sectionSeconds }: CheckSizes,
): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(measurements.map(({ name }) => [name, []]));
  const started = performance.now();
  for (let round = 0; round <= rounds; round++) {
    const spent = (performance.now() - started) / 1000;
    if (round > 1 && spent * (round + 1) / round > sectionSeconds) break;
    for (const { name, take } of rotated(measurements, round)) {
      const taken = await take(round);
      if (round > 0) times.get(name)!.push(taken);
    }
  }
  if ([...times.values()].some((own) => own.length === 0)) {
    throw new BenchError("Cannot time anything in so few rounds");
  }
  return times;
}

/** Nobody is always first. */
function rotated<T>(items: readonly T[], by: number): T[] {
  const shift = by % items.length;
  return [...items.slice(shift), ...items.slice(0, shift)];
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function sizeText({ prompts, group, promptTokens, tokens }: WorkSize): string {
  return `${prompts} prompts of ${promptTokens} tokens, ${group} completions of ${tokens} each`;
}
