import { assertEquals } from "@std/assert";
import { CheckedFiles } from "../../src/result/checked_files.ts";
import { inFolder } from "../commands/captured.ts";

const [A, B] = ["a".repeat(64), "b".repeat(64)];

Deno.test("files that were checked are known the next time, to the same code alone", () =>
  inFolder((folder) => {
    const first = new CheckedFiles(`${folder}/lists`, "code-1");
    assertEquals(first.has(A), false);
    first.add(A);
    first.save();
    const second = new CheckedFiles(`${folder}/lists`, "code-1");
    assertEquals([second.has(A), second.has(B)], [true, false]);
    assertEquals(new CheckedFiles(`${folder}/lists`, "code-2").has(A), false);
    second.add(B);
    second.save();
    assertEquals(new CheckedFiles(`${folder}/lists`, "code-1").has(A), true);
    assertEquals(new CheckedFiles(`${folder}/lists`, "code-1").has(B), true);
  }));

Deno.test("a list of other code goes, and nothing is written where nothing is new", () =>
  inFolder((folder) => {
    const old = new CheckedFiles(folder, "code-1");
    old.add(A);
    old.save();
    const names = () => [...Deno.readDirSync(folder)].map(({ name }) => name);
    new CheckedFiles(folder, "code-2").save();
    assertEquals(names(), ["code-1.txt"]);
    const present = new CheckedFiles(folder, "code-2");
    present.add(B);
    present.save();
    assertEquals(names(), ["code-2.txt"]);
    Deno.removeSync(`${folder}/code-2.txt`);
    present.add(B);
    present.save();
    assertEquals(names(), []);
  }));

Deno.test("what is no hash vouches for nothing, and without a folder nothing is kept", () =>
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/code.txt`, `${A}\n\nnonsense\n${B.slice(1)}\n ${B}\n`);
    const damaged = new CheckedFiles(folder, "code");
    assertEquals([damaged.has(A), damaged.has(B), damaged.has(B.slice(1)), damaged.has("")], [
      true,
      false,
      false,
      false,
    ]);
    const none = new CheckedFiles();
    none.add(A);
    none.save();
    assertEquals(none.has(A), true);
  }));
