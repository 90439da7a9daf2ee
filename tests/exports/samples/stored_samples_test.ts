import { assertEquals } from "@std/assert";
import { storedSamples } from "../../../src/exports/samples/stored_samples.ts";
import { exampleResult } from "../../result/example.ts";
import { sampledRun } from "./sampled.ts";

Deno.test("samples are found by what their result holds, and those of no wanted result are not looked at", async () => {
  const { runs, result } = await sampledRun();
  const found = [...storedSamples(runs, [exampleResult(), result])];
  assertEquals(found.map((stored) => stored.result), [result]);
  const rows = found[0].rowsOf("arith-add");
  assertEquals(rows.length, 15);
  const correct = result.datasets[0].problems.map(({ c }) => c);
  assertEquals(
    [...Map.groupBy(rows, ({ problem }) => problem).values()].map((own) => own.filter((row) => row.correct).length),
    correct,
  );
  assertEquals([found[0].rowsOf("arith-sub"), found[0].rowsOf("gpqa-diamond")], [[], []]);
  assertEquals([...storedSamples(`${runs}/none`, [result])], []);
});
