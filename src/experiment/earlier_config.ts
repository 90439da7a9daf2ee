/**
 * Configurations that earlier results hold, under the names of today: `training` of an arm is `objective` with its
 * `objective` as `loss`, `scoreEnd` is `endIsDrawn`, the algorithm `soft-grpo` is `soft-tokens-grpo` and so are the labels
 * of its arms. A loss that does not say so trained no inputs. What is written today passes as it is.
 *
 * @module
 */
import { presentName } from "../result/earlier_versions.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A stored configuration under today's names; whether it is one, the schema says.
 *
 * @param stored a resolved configuration, of any version
 */
export function currentConfig(stored: unknown): unknown {
  if (!isObject(stored) || !Array.isArray(stored.arms)) return stored;
  const renamed = hasEarlierNames(stored.arms) ? currentArm : (arm: Fields) => arm;
  return { ...stored, arms: stored.arms.map((arm) => isObject(arm) ? withTrainInputs(renamed(arm)) : arm) };
}

/** Every arm of a configuration with other names says `scoreEnd`. */
function hasEarlierNames(arms: readonly unknown[]): boolean {
  return arms.some((arm) => isObject(arm) && isObject(arm.thinking) && "scoreEnd" in arm.thinking);
}

/** Before `trainInputs` was a setting, no input was trained. */
function withTrainInputs(arm: Fields): Fields {
  const { objective } = arm;
  if (!isObject(objective) || !isObject(objective.loss) || "trainInputs" in objective.loss) return arm;
  return { ...arm, objective: { ...objective, loss: { ...objective.loss, trainInputs: false } } };
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
