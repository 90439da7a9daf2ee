import { assertEquals } from "@std/assert";
import { messageFaults, parseCommits } from "./commit_messages.ts";

const good = { hash: "a", subject: "trainer: keep the last checkpoint", body: "An interrupted run lost it.\n" };

Deno.test("a message with place, one change and a why has no fault", () => {
  assertEquals(messageFaults(good), []);
  assertEquals(messageFaults({ ...good, subject: "src/engine, tests: say why" }), []);
  assertEquals(messageFaults({ ...good, subject: "test:faults: kill more often" }), []);
  assertEquals(messageFaults({ ...good, subject: `trainer: ${"x".repeat(81)}` }), []);
});

Deno.test("each fault of a message is named once", () => {
  const count = (subject: string, body = good.body) => messageFaults({ hash: "a", subject, body }).length;
  assertEquals(count("Keep the last checkpoint"), 1);
  assertEquals(count(": keep it"), 1);
  assertEquals(count("trainer:keep it"), 1);
  assertEquals(count("What a lane takes is said in a sentence that is long: why"), 1);
  assertEquals(count(`trainer: ${"x".repeat(82)}`), 1);
  assertEquals(count("trainer: keep it; drop the rest"), 1);
  assertEquals(count("trainer: keep it", " \n"), 1);
  assertEquals(count("Keep it; drop the rest", ""), 3);
});

Deno.test("git's list is cut into commits, bodies of several lines included", () => {
  const log = "1\x1fa: b\x1fone\n\ntwo\n\x1e\n2\x1fc: d\x1f\x1e\n";
  assertEquals(parseCommits(log), [
    { hash: "1", subject: "a: b", body: "one\n\ntwo\n" },
    { hash: "2", subject: "c: d", body: "" },
  ]);
});
