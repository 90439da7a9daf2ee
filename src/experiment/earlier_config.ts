/**
 * Configurations that results of schema version 1 hold, under the names of today: `training` of an arm is `objective`
 * with its `objective` as `loss`, `scoreEnd` is `endIsDrawn`, the algorithm `soft-grpo` is `soft-tokens-grpo` and so are
 * the labels of its arms. What is written today passes as it is.
 *
 * @module
 */
import { presentName } from "../result/earlier_names.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A stored configuration under today's names; whether it is one, the schema says.
 *
 * @param stored a resolved configuration, of any version
 */
export function currentConfig(stored: unknown): unknown {
  if (!isObject(stored) || !isEarlier(stored)) return stored;
  return { ...stored, arms: (stored.arms as unknown[]).map((arm) => isObject(arm) ? currentArm(arm) : arm) };
}

/** Every arm of an earlier configuration says `scoreEnd`. */
function isEarlier({ arms }: Fields): boolean {
  return Array.isArray(arms) &&
    arms.some((arm) => isObject(arm) && isObject(arm.thinking) && "scoreEnd" in arm.thinking);
}

function currentArm({ training, evaluations, ...arm }: Fields): Fields {
  return {
    ...currentDecoding(arm),
    ...(Array.isArray(evaluations) && {
      evaluations: evaluations.map((evaluation) => isObject(evaluation) ? currentDecoding(evaluation) : evaluation),
    }),
    ...(isObject(training) && {
      objective: { advantage: training.advantage, loss: training.objective, reward: training.reward },
    }),
  };
}

function currentDecoding({ algorithm, label, thinking, ...decoding }: Fields): Fields {
  return {
    ...decoding,
    ...(label !== undefined && { label: typeof label === "string" ? presentName(label) : label }),
    algorithm: isObject(algorithm) && typeof algorithm.name === "string"
      ? { ...algorithm, name: presentName(algorithm.name) }
      : algorithm,
    thinking: isObject(thinking) ? currentThinking(thinking) : thinking,
  };
}

function currentThinking({ scoreEnd, ...thinking }: Fields): Fields {
  return { ...thinking, ...(scoreEnd !== undefined && { endIsDrawn: scoreEnd }) };
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
