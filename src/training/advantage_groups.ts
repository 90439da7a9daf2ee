/**
 * Paid groups -> groups with advantages, as the update takes them.
 *
 * @module
 */
import { type AdvantageConfig, groupAdvantages } from "./advantage.ts";
import { drawnLength } from "./loss/step_density.ts";
import type { PaidGroup } from "./paid_group.ts";
import type { AdvantageGroup } from "./update.ts";

/** Compares what was paid; a completion that carries no loss counts by its reward, and has no advantage of its own. */
export function advantageGroups(groups: readonly PaidGroup[], config: AdvantageConfig): AdvantageGroup[] {
  const advantages = groupAdvantages(
    groups.map(({ completions }) => completions.map(({ reward }) => reward)),
    config,
    groups.map(({ completions }) =>
      completions.map(({ completion, excluded }) => excluded ? 0 : drawnLength(completion))
    ),
  );
  return groups.map(({ prompt, completions }, b) => {
    const excluded = completions.map((paid) => paid.excluded);
    return {
      prompt,
      completions: completions.map(({ completion }) => completion),
      advantages: advantages[b].map((advantage, g) => excluded[g] ? 0 : advantage),
      ...(excluded.includes(true) && { excluded }),
    };
  });
}
