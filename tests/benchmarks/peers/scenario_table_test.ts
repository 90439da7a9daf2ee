import { assertEquals } from "@std/assert";
import { scenarioTable } from "../../../benchmarks/peers/scenario_table.ts";

/** Steps of two rounds, seconds and of them decoding, and tokens of both. */
function rounds(tokens: number, ...times: readonly (readonly [seconds: number, decodeSeconds: number])[]) {
  return times.map(([seconds, decodeSeconds]) => ({ seconds, decodeSeconds, tokens }));
}

Deno.test("peers: the table of a scenario compares times a token with TRL's, discrete GRPO's and generate's", () => {
  const table = scenarioTable(
    new Map([
      ["TRL", rounds(1000, [8, 2], [12, 3])],
      ["generate", rounds(2000, [6, 6], [6, 6])],
      ["discrete", rounds(1000, [2, 1], [3, 1])],
      // Half the tokens: the time a token is twice the step's.
      ["mixtures", rounds(500, [1, 0.5], [1.8, 0.75])],
    ]),
    { trl: "TRL", generate: "generate", discrete: new Map([["discrete", "discrete"], ["mixtures", "discrete"]]) },
  );
  const cells = table.split("\n").slice(2).map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
  assertEquals(cells, [
    ["TRL", "8.000", "10.000", "0.4", "1.00", "1.00 (1.00 to 1.00)", "", "", "1.25"],
    ["generate", "6.000", "6.000", "0.3", "", "", "", "", "1.00"],
    ["discrete", "2.000", "2.500", "1.0", "4.00", "4.00 (4.00 to 4.00)", "1.00", "1.00 (1.00 to 1.00)", "3.00"],
    ["mixtures", "1.000", "1.400", "0.8", "4.00", "3.67 (3.50 to 3.83)", "1.00", "1.10 (1.05 to 1.15)", "2.50"],
  ]);
});
