import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { CompletionStep } from "../../src/rollout/completion.ts";
import { advantageGroups } from "../../src/training/advantage_groups.ts";
import type { PaidCompletion, PaidGroup } from "../../src/training/paid_group.ts";

const TOKEN: CompletionStep = { kind: "token", token: 4 };
const FORCED: CompletionStep = { kind: "forced", token: 5 };

function paid(reward: number | undefined, drawn: number, { forced = 0, excluded = false } = {}): PaidCompletion {
  const steps = [...new Array(forced).fill(FORCED), ...new Array(drawn).fill(TOKEN)];
  return {
    completion: { steps, finish: "stop" },
    verdict: { equal: false, reason: "different" },
    ...(reward !== undefined && { reward }),
    excluded,
  };
}

const group = (...completions: PaidCompletion[]): PaidGroup => ({
  problem: { id: "p", question: "", answer: "" },
  prompt: Int32Array.of(7, 3),
  completions,
});

Deno.test("groups without exclusions say nothing of them", () => {
  const own = group(paid(1, 2), paid(0, 3), paid(0, 2));
  const [made] = advantageGroups([own], { kind: "rloo" });
  assertEquals(made, {
    prompt: own.prompt,
    completions: own.completions.map(({ completion }) => completion),
    advantages: Float64Array.of(1, -0.5, -0.5),
  });
});

Deno.test("a masked completion counts by its reward and has no advantage, one without a reward does not count", () => {
  const masked = paid(0, 2, { excluded: true });
  const failed = paid(undefined, 2, { excluded: true });
  const [made] = advantageGroups([group(paid(1, 2), masked, paid(0, 1), failed)], { kind: "dr-grpo" });
  [2 / 3, 0, -1 / 3, 0].forEach((value, g) => assertAlmostEquals(made.advantages[g], value, 1e-15));
  assertEquals(made.excluded, [false, true, false, true]);
});

Deno.test("whitening weighs completions by drawn positions that carry loss: verl's numbers", () => {
  const own = group(
    paid(1, 3, { forced: 5 }),
    paid(0, 2),
    paid(0, 1, { forced: 2 }),
    paid(1, 2),
    paid(undefined, 7, { excluded: true }),
  );
  const [made] = advantageGroups([own], { kind: "reinforce++-baseline" });
  [0.72456882, -1.20761471, -1.20761471, 0.72456882, 0].forEach((value, g) =>
    // Eight decimals were printed.
    assertAlmostEquals(made.advantages[g], value, 6e-9)
  );
});

Deno.test("the positions of a masked completion are not whitened over", () => {
  // Centred 1/3, 1/3, -2/3 over 3 and 2 positions: mean -1/15 of the five, squares (.4² · 3 + .6² · 2) / 4 = .3.
  const own = group(paid(1, 3), paid(1, 11, { excluded: true }), paid(0, 2));
  const [made] = advantageGroups([own], { kind: "reinforce++-baseline" });
  // The whitening's epsilon is 1e-8.
  [0.4 / Math.sqrt(0.3), 0, -0.6 / Math.sqrt(0.3)].forEach((value, g) =>
    assertAlmostEquals(made.advantages[g], value, 1e-7)
  );
});
