import { assertEquals } from "@std/assert";
import { WaitingLine } from "../../src/execution/waiting_line.ts";

Deno.test("who finds nothing free waits, in order, and gets what is given back or in its place", async () => {
  const line = new WaitingLine(["a", "b"]);
  assertEquals([await line.take(), await line.take()], ["a", "b"]);
  const taken: string[] = [];
  const waiting = [1, 2, 3].map(async (user) => void taken.push(`${user}${await line.take()}`));
  await Promise.resolve();
  assertEquals(taken, []);
  line.give("b");
  line.give("c");
  line.give("a");
  await Promise.all(waiting);
  assertEquals(taken, ["1b", "2c", "3a"]);
  line.give("d");
  assertEquals(await line.take(), "d");
});
