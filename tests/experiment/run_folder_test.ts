import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { isRunning, lockRun, RunFolder } from "../../src/experiment/run_folder.ts";

Deno.test("a run folder is named after the experiment and everything that decides its numbers", () => {
  assertEquals(new RunFolder("runs", "tiny", { a: 1, b: 2 }).path, new RunFolder("runs", "tiny", { b: 2, a: 1 }).path);
  assertNotEquals(new RunFolder("runs", "tiny", { a: 1 }).path, new RunFolder("runs", "tiny", { a: 2 }).path);
  assert(/^runs\/tiny-[0-9a-f]{8}$/.test(new RunFolder("runs", "tiny", {}).path));
});

Deno.test("one process at a time works in a run folder, and its end opens the folder again", () => {
  const folder = new RunFolder(Deno.makeTempDirSync(), "tiny", {});
  const lock = folder.prepare({ a: 1 });
  assertThrows(() => folder.prepare({ a: 2 }), BenchError, "another process works there");
  assertEquals(JSON.parse(Deno.readTextFileSync(`${folder.path}/config.json`)), { a: 1 });
  lock[Symbol.dispose]();
  folder.prepare({ a: 3 })[Symbol.dispose]();
  assertEquals(JSON.parse(Deno.readTextFileSync(`${folder.path}/config.json`)), { a: 3 });
});

Deno.test("whether a process works in a folder can be asked without writing, and keeps no one out", () => {
  const folder = new RunFolder(Deno.makeTempDirSync(), "tiny", {});
  Deno.mkdirSync(folder.path);
  assertEquals(isRunning(folder.path), false);
  const lock = folder.prepare({});
  assertEquals([isRunning(folder.path), lockRun(folder.path)], [true, undefined]);
  lock[Symbol.dispose]();
  assertEquals(isRunning(folder.path), false);
  lockRun(folder.path)![Symbol.dispose]();
});

Deno.test("whyNew() names what has changed since the latest work on the same configuration", () => {
  const root = Deno.makeTempDirSync();
  const identity = {
    config: { name: "tiny" },
    model: "a",
    code: { "src/a.ts": "1", "src/b.ts": "1", "deno.lock": "1" },
  };
  const first = new RunFolder(root, "tiny", identity);
  assertEquals(first.whyNew(), undefined);
  first.prepare({})[Symbol.dispose]();
  assertEquals(new RunFolder(root, "tiny", identity).whyNew(), undefined);
  const why = (changed: Record<string, unknown>) => new RunFolder(root, "tiny", { ...identity, ...changed }).whyNew();
  assertEquals(
    why({ code: { ...identity.code, "src/b.ts": "2", "src/c.ts": "1" } }),
    `${first.path} is not continued, as these have changed since: src/b.ts, src/c.ts`,
  );
  assertEquals(
    why({ model: "b", code: { "src/d.ts": "1" } }),
    `${first.path} is not continued, as these have changed since: model, src/a.ts, src/b.ts and 2 more`,
  );
  // Another configuration is other work, and needs no reason.
  assertEquals(why({ config: { name: "tiny", limit: 4 } }), undefined);
  Deno.writeTextFileSync(`${first.path}/identity.json`, "{");
  assertEquals(why({ model: "b" }), undefined);
});
