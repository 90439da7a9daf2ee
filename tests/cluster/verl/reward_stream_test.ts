/** Lines in, verdicts out, however the bytes come. */
import { assertEquals } from "@std/assert";
import { verdictLines } from "../../../src/cluster/verl/reward_stream.ts";

Deno.test("lines that come in pieces are answered one by one, in order", async () => {
  const asked = [["5", "\\boxed{5}"], ["5", "\\boxed{6}"], ["2/3", "\\boxed{\\frac{4}{6}}"]].map(([gold, pred]) =>
    JSON.stringify({ gold, pred, question: "" }) + "\n"
  ).join("");
  async function* pieces() {
    for (let at = 0; at < asked.length; at += 7) yield asked.slice(at, at + 7);
  }
  const grader = { name: "symbolic", boxed: true, thinking: false } as const;
  const answers: unknown[] = [];
  for await (const line of verdictLines(pieces(), grader)) answers.push(JSON.parse(line).equal);
  assertEquals(answers, [true, false, true]);
});
