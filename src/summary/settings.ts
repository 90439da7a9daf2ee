/**
 * The settings by which two rows of a table may differ, each with a name, so that no comparison hides one.
 *
 * @module
 */
import { type JsonObject, type JsonValue, sortKeys } from "../files/json.ts";
import type { Result } from "../result/types.ts";

/** Settings by name, as text that is equal for equal settings. */
export type Settings = ReadonlyMap<string, string>;

/** The name under which everything counts that training has of its own, where one of two rows was not trained. */
export const TRAINING = "training";

/** How a result was decoded. */
export function decodingSettings({ decoding }: Result): Settings {
  const { text, thoughts, answers, thinking, maxNewTokens } = decoding;
  // Counts that others published come with words alone.
  if (!isObject(thoughts) || !isObject(answers)) return new Map([["decoding", text]]);
  return new Map([
    ...lawSettings("", thoughts, answers, thinking),
    ["longest completion", textOf(maxNewTokens)],
  ]);
}

/** How its model was trained; undefined where it was not. */
export function trainingSettings({ arm, experiment: { config } }: Result): Settings | undefined {
  if (arm.algorithm === "base") return undefined;
  const [own] = Array.isArray(config.arms) ? config.arms : [];
  const law = isObject(own) && isObject(own.algorithm) && isObject(own.answers)
    ? lawSettings("training ", own.algorithm, own.answers, own.thinking)
    : [["algorithm", arm.algorithm] as const];
  const { training, ...objective } = arm.objective ?? {};
  const parts = { ...objective, ...(isObject(training) ? training : {}) };
  return new Map([...law, ...Object.entries(parts).map(([name, value]) => [name, textOf(value)] as const)]);
}

/** A law of thoughts and answers, filters apart. */
function lawSettings(
  of: string,
  { filter, ...thoughts }: JsonObject,
  { filter: answerFilter, ...answers }: JsonObject,
  thinking: JsonValue | undefined,
): (readonly [string, string])[] {
  return [
    [`${of}thoughts`, textOf(thoughts)],
    [`${of}filter`, textOf(filter)],
    [`${of}answers`, textOf(answers)],
    [`${of}filter of answers`, textOf(answerFilter)],
    [`${of}end of thinking`, textOf(thinking)],
  ];
}

/**
 * The names of the settings in which two results differ; `training` alone where one of them was not trained.
 */
export function settingsThatDiffer(a: Result, b: Result): string[] {
  const decoding = namesThatDiffer(decodingSettings(a), decodingSettings(b));
  const [own, other] = [trainingSettings(a), trainingSettings(b)];
  if ((own === undefined) !== (other === undefined)) return [TRAINING, ...decoding];
  return [...(own === undefined ? [] : namesThatDiffer(own, other!)), ...decoding];
}

function namesThatDiffer(a: Settings, b: Settings): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
}

/** Whether a result was decoded as its model was trained. */
export function isOwnDecoding(result: Result): boolean {
  const trained = trainingSettings(result);
  if (trained === undefined) return false;
  return [...decodingSettings(result)].every(([name, text]) => {
    const inTraining = trained.get(`training ${name}`);
    return inTraining === undefined || inTraining === text;
  });
}

function textOf(value: JsonValue | undefined): string {
  return value === undefined ? "" : JSON.stringify(sortKeys(value));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
