/**
 * Arms that a command line chooses, and settings that it changes in all of them at once: where one of these could mean two
 * things, it is refused.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { type CandidateFilter, filterSchema } from "../algorithms/candidates.ts";
import { nearestName, UsageError } from "../errors.ts";
import { trainingSchema } from "../training/config.ts";
import { scheduleSchema } from "../training/optimizer.ts";
import {
  type ArmConfig,
  checkExperiment,
  type DecodingConfig,
  evaluatedDecodings,
  type ExperimentConfig,
  experimentSchema,
} from "./config.ts";

const filterShape = filterSchema.unwrap().shape;
const trainingShape = trainingSchema.unwrap().shape;

/** A key that may be changed. */
function changed<T extends z.ZodType>(schema: T, description: string) {
  return schema.exactOptional().describe(description).meta({ default: undefined, absent: "as in the experiment" });
}

const EVERY_DECODING = "of thoughts and answers alike, in every decoding";
const EVERY_ARM = "of every trained arm";

/** The settings, as a part of `ExperimentOverrides`. */
export const settingShape = {
  prompt: changed(experimentSchema.unwrap().shape.prompt.unwrap(), "text around the question"),
  temperature: changed(filterShape.temperature, `divides the logits, ${EVERY_DECODING}`),
  topP: changed(filterShape.topP.unwrap(), `mass of the tokens that are drawn from, ${EVERY_DECODING}`),
  topK: changed(filterShape.topK.unwrap(), `most tokens that are drawn from, ${EVERY_DECODING}`),
  learningRate: changed(scheduleSchema.unwrap().shape.peak, `learning rate after warm-up, ${EVERY_ARM}`),
  promptsPerStep: changed(trainingShape.promptsPerStep, `B, prompts of a rollout, ${EVERY_ARM}`),
  groupSize: changed(trainingShape.groupSize, `G, completions per prompt, ${EVERY_ARM}`),
};

const settingsSchema = z.object(settingShape);
/** Values of the settings that are changed. */
export type SettingOverrides = z.infer<typeof settingsSchema>;
/** Names of the settings. */
export const SETTINGS = Object.keys(settingShape) as readonly (keyof SettingOverrides)[];

const FILTER_KEYS = ["temperature", "topK", "topP"] as const satisfies readonly (keyof CandidateFilter)[];

/**
 * An experiment with settings in place of its own.
 *
 * A filter's setting holds for thoughts and answers of every decoding; it is refused where thoughts have no such filter,
 * where thoughts and answers of one decoding differ in it, where nothing is drawn, and where two decodings of an arm
 * would become one. A setting of training is refused where no arm is trained, or an arm has one of its own.
 *
 * @param experiment with the arms that run
 * @throws {UsageError} If a change could mean two things, or none
 */
export function withSettings(experiment: ExperimentConfig, changes: SettingOverrides): ExperimentConfig {
  if (SETTINGS.every((key) => changes[key] === undefined)) return experiment;
  const filter = Object.fromEntries(
    FILTER_KEYS.flatMap((key) => changes[key] === undefined ? [] : [[key, changes[key]]]),
  );
  const { matched, arms } = experiment;
  const decoded = (decoding: DecodingConfig, place: string) => withFilter(decoding, filter, place);
  const filtered = Object.keys(filter).length === 0 ? {} : {
    ...(matched && { matched: decoded(matched, "the matched decoding") }),
    arms: arms.map((arm) => {
      const evaluations = evaluatedDecodings(arm, undefined).map((own) => decoded(own, armPlace(arm, own)));
      return { ...arm, ...lawOf(decoded(arm, armPlace(arm, arm))), ...(arm.evaluations && { evaluations }) };
    }),
  };
  const whole = { ...experiment, ...filtered };
  requireApart(experiment, whole, changesText(filter));
  return checkExperiment({
    ...whole,
    ...(changes.prompt !== undefined && { prompt: changes.prompt }),
    training: withTraining(experiment, changes),
  });
}

/**
 * The arms that run.
 *
 * @param labels absent: all
 * @throws {UsageError} If there is no such arm
 */
export function chosenArms(config: ExperimentConfig, labels: readonly string[] | undefined): readonly ArmConfig[] {
  if (labels === undefined) return config.arms;
  return labels.map((label) => {
    const arm = config.arms.find((candidate) => candidate.label === label);
    if (arm !== undefined) return arm;
    const known = config.arms.map((candidate) => candidate.label);
    const near = nearestName(label, known);
    throw new UsageError(
      `Cannot run arm ${JSON.stringify(label)} of ${config.name}: it has ${known.join(", ")}` +
        (near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`),
    );
  });
}

function armPlace({ label }: ArmConfig, { decoding }: DecodingConfig): string {
  return `arm ${label} under ${decoding}`;
}

/** The part of an arm that its decoding is. */
function lawOf({ algorithm, answers }: DecodingConfig): Pick<DecodingConfig, "algorithm" | "answers"> {
  return { algorithm, answers };
}

function withFilter(decoding: DecodingConfig, changes: Partial<CandidateFilter>, place: string): DecodingConfig {
  const refuse = (reason: string): never => {
    throw new UsageError(
      `Cannot take ${
        changesText(changes)
      } for ${place}: ${reason}; choose other arms or another decoding, or write it ` +
        `into an experiment of your own`,
    );
  };
  const { algorithm, answers } = decoding;
  if (!("filter" in algorithm)) return refuse(`thoughts of ${algorithm.name} are drawn from no filter`);
  const own = "filter" in answers ? answers.filter : undefined;
  if (own === undefined && algorithm.filter.topK === 1) {
    return refuse("it takes the most probable token and draws none");
  }
  for (const key of Object.keys(changes) as (keyof CandidateFilter)[]) {
    const [thoughts, said] = [algorithm.filter[key], own?.[key]];
    if (own !== undefined && thoughts !== said) {
      return refuse(`its thoughts have ${key} ${valueText(thoughts)}, its answers ${valueText(said)}`);
    }
  }
  return {
    ...decoding,
    algorithm: { ...algorithm, filter: { ...algorithm.filter, ...changes } },
    answers: "filter" in answers ? { ...answers, filter: { ...answers.filter, ...changes } } : answers,
  };
}

/** Refuses changes that leave an arm with fewer decodings than it had. */
function requireApart(before: ExperimentConfig, after: ExperimentConfig, change: string): void {
  before.arms.forEach((arm, i) => {
    const had = evaluatedDecodings(arm, before.matched);
    const has = evaluatedDecodings(after.arms[i], after.matched);
    const laws = has.map((own) => JSON.stringify([lawOf(own), own.thinking]));
    const again = laws.findIndex((law, j) => laws.indexOf(law) !== j);
    const other = again < 0 ? undefined : has[laws.indexOf(laws[again])].decoding;
    if (again < 0 && has.length === had.length) return;
    throw new UsageError(
      `Cannot take ${change} for arm ${arm.label}: its decodings ` +
        `${again < 0 ? had.map(({ decoding }) => decoding).join(", ") : `${other} and ${has[again].decoding}`} ` +
        `would be the same; choose one of them (evaluate --decoding), or write it into an experiment of your own`,
    );
  });
}

function withTraining(experiment: ExperimentConfig, changes: SettingOverrides): ExperimentConfig["training"] {
  const { learningRate, promptsPerStep, groupSize } = changes;
  const { training, arms } = experiment;
  const given = {
    ...(promptsPerStep !== undefined && { promptsPerStep }),
    ...(groupSize !== undefined && { groupSize }),
  };
  const taken = { ...given, ...(learningRate !== undefined && { learningRate }) };
  const text = changesText(taken);
  if (text === "") return training;
  if (arms.every(({ objective }) => objective === undefined)) {
    throw new UsageError(
      `Cannot take ${text}: none of the arms ${arms.map(({ label }) => label).join(", ")} is trained`,
    );
  }
  for (const { label, training: own = {} } of arms) {
    const key = [...Object.keys(given), ...(learningRate === undefined ? [] : ["optimizer"])].find((key) => key in own);
    if (key === undefined) continue;
    throw new UsageError(
      `Cannot take ${text}: arm ${label} has ${key} of its own, which the experiment compares; leave it out by --arms, or ` +
        `write it into an experiment of your own`,
    );
  }
  const { optimizer } = training;
  const schedule = { ...optimizer.schedule, ...(learningRate !== undefined && { peak: learningRate }) };
  return { ...training, ...given, optimizer: { ...optimizer, schedule } };
}

function valueText(value: unknown): string {
  return value === undefined ? "none" : String(value);
}

/** `temperature 0.7, topP 0.9`. */
function changesText(changes: Readonly<Record<string, unknown>>): string {
  return Object.entries(changes).map(([key, value]) => `${key} ${value}`).join(", ");
}
