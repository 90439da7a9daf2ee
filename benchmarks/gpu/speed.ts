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
import { type PeerPlace, startPeer, startTrl, type TrlPeer } from "./peer.ts";
import type { Rates, Section } from "./record.ts";
import { freshModel, parametersOf } from "./fresh_model.ts";
import { type CheckSizes, type NamedShape, THREADS, type WorkSize } from "./shapes.ts";
import { decode, settingsOf, step, WAYS } from "./work.ts";

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
  place: SpeedPlace,
): Promise<Section & { rates: Rates }> {
  const { workers, sizes } = place;
  const { decoded, decodings, dtype } = sizes;
  const rows: (string | number | undefined)[][] = [];
  let rate: number | undefined;
  const model = await freshModel(workers, decoded);
  await using peer = startPeer(decoded, placeOf(place));
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

/** One GRPO step of each algorithm, of a plain PyTorch loop, and of TRL where that Python has it. */
export async function stepSection(place: SpeedPlace): Promise<Section & { rates: Rates }> {
  const { sizes } = place;
  const rows: (string | number | undefined)[][] = [];
  let rate: number | undefined;
  for (const shape of sizes.stepped) {
    const { times, decodeTimes, missing } = await stepTimes(shape, place);
    const discrete = median(times.get("discrete")!);
    const update = discrete - median(decodeTimes.get("discrete")!);
    const { prompts, group, promptTokens, tokens } = sizes.step;
    const positions = prompts * (promptTokens + group * tokens);
    rate = 6 * parametersOf(shape.config) * positions / update;
    for (const [name, own] of times) {
      rows.push([name, shape.name, own.length, median(own), median(decodeTimes.get(name)!), discrete / median(own)]);
    }
    if (missing !== undefined) rows.push([missing, shape.name, 0, undefined, undefined, undefined]);
  }
  return {
    title: `One GRPO step, ${sizes.dtype}: ${sizeText(sizes.step)}`,
    columns: ["way", "model", "rounds", "seconds", "of them decoding", "speed by discrete"],
    rows,
    rates: { ...(rate !== undefined && { train: rate }) },
  };
}

interface StepTimes {
  readonly times: ReadonlyMap<string, number[]>;
  readonly decodeTimes: ReadonlyMap<string, number[]>;
  /** Why there is no peer in TRL, where there is none. */
  readonly missing?: string;
}

async function stepTimes(shape: NamedShape, place: SpeedPlace): Promise<StepTimes> {
  const { workers, sizes } = place;
  const decodeTimes = new Map<string, number[]>();
  const measured = (name: string, take: (round: number) => Promise<Taken>): Measurement => ({
    name,
    take: async (round) => {
      const { decodeSeconds, seconds } = await take(round);
      decodeTimes.set(name, [...decodeTimes.get(name) ?? [], decodeSeconds]);
      return seconds;
    },
  });
  const model: LanguageModel = await freshModel(workers, shape);
  await using peer = startPeer(shape, placeOf(place));
  const trl = await startTrl(shape, placeOf(place), sizes.step).catch(whyMissing);
  try {
    const ways = await Promise.all(
      WAYS.map(async (way) => [way, await settingsOf(way, model, sizes.step.tokens)] as const),
    );
    const times = await interleaved([
      ...ways.map(([way, settings]) => measured(way, (round) => step(model, way, settings, sizes.step, round))),
      measured("plain PyTorch loop", () => peer.take("step", sizes.step)),
      ...(typeof trl === "string" ? [] : [measured(`TRL ${trl.version} GRPOTrainer`, () => trl.step())]),
    ], sizes);
    // The round of warm-up noted its own.
    for (const [name, own] of decodeTimes) decodeTimes.set(name, own.slice(1));
    return { times, decodeTimes, ...(typeof trl === "string" && { missing: trl }) };
  } finally {
    if (typeof trl !== "string") await trl[Symbol.asyncDispose]();
    await model.dispose();
  }
}

/** What one measurement of a step took. */
type Taken = Pick<Awaited<ReturnType<TrlPeer["step"]>>, "seconds" | "decodeSeconds">;

/** A peer that is not there does not take the others with it. */
function whyMissing(error: unknown): string {
  if (error instanceof BenchError) return `TRL (${error.message})`;
  throw error;
}

function placeOf({ workers, interpreter, sizes }: SpeedPlace): PeerPlace {
  return { interpreter, dtype: sizes.dtype, device: workers.device, threads: THREADS };
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
export function rotated<T>(items: readonly T[], by: number): T[] {
  const shift = by % items.length;
  return [...items.slice(shift), ...items.slice(0, shift)];
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** A size in words. */
export function sizeText({ prompts, group, promptTokens, tokens }: WorkSize): string {
  return `${prompts} prompts of ${promptTokens} tokens, ${group} completions of ${tokens} each`;
}
