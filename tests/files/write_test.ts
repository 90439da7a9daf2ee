import { assert, assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { recordCalls, replaceMethods } from "../fixtures/recorded_calls.ts";
import {
  makeFolder,
  renameDurably,
  requireWritableFolder,
  tryFolder,
  writeDurably,
  writeFileAtomically,
} from "../../src/files/write.ts";
import type { WriterStart } from "../fixtures/file_writer.ts";

function temporaryFile(content: string): string {
  const path = `${Deno.makeTempDirSync()}/rows.jsonl`;
  Deno.writeTextFileSync(path, content);
  return path;
}

Deno.test("makeFolder() makes all of a path, and says what is in its way", () => {
  const file = temporaryFile("");
  makeFolder(`${file}.d/a/b`);
  makeFolder(`${file}.d/a/b`);
  assert(Deno.statSync(`${file}.d/a/b`).isDirectory);
  assertThrows(() => makeFolder(file), BenchError, "a file has that name");
  assertThrows(() => makeFolder(`${file}/a`), BenchError, "a part of the path is a file");
});

Deno.test("requireWritableFolder() leaves nothing behind, and refuses where no file can be made", () => {
  const folder = `${Deno.makeTempDirSync()}/a`;
  requireWritableFolder(folder);
  assertEquals([...Deno.readDirSync(folder)], []);
  // A folder in the place of the file that is tried: not even root can write it.
  Deno.mkdirSync(`${folder}/.writable`);
  assertThrows(() => requireWritableFolder(folder), BenchError, "Cannot write into");
});

Deno.test("what a program that was killed while it tried a folder left there is cleared away", () => {
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/.writable`, "");
  requireWritableFolder(folder);
  assertEquals([...Deno.readDirSync(folder)], []);
});

Deno.test("tryFolder() leaves the disk as it was, and says what is in the way", () => {
  const file = temporaryFile("");
  const folder = `${file}.d`;
  tryFolder(`${folder}/a/b`);
  assertThrows(() => Deno.statSync(folder), Deno.errors.NotFound);
  makeFolder(`${folder}/a`);
  tryFolder(`${folder}/a/b`);
  assertEquals([...Deno.readDirSync(`${folder}/a`)], []);
  assertThrows(() => tryFolder(`${file}/a`), BenchError, "a part of the path is a file");
});

Deno.test("writeFileAtomically() replaces a file and leaves no temporary one", () => {
  const path = temporaryFile("old");
  writeFileAtomically(path, "new");
  assertEquals(Deno.readTextFileSync(path), "new");
  assertEquals([...Deno.readDirSync(path.slice(0, path.lastIndexOf("/")))].map(({ name }) => name), ["rows.jsonl"]);
});

Deno.test("writeFileAtomically() flushes a temporary file of the same folder, renames it, and flushes the folder", () => {
  const path = temporaryFile("old");
  const { prototype } = Deno.FsFile;
  const watched = [[Deno, "openSync"], [prototype, "writeSync"], [prototype, "syncSync"], [
    Deno,
    "renameSync",
  ]] as const;
  const calls = recordCalls(watched, () => writeFileAtomically(path, "new"));
  assertEquals(calls.map(({ name }) => name), [
    "openSync",
    "writeSync",
    "syncSync",
    "renameSync",
    "openSync",
    "syncSync",
  ]);
  const [opened] = calls[0].args as [string];
  assert(opened !== path);
  assertEquals(opened.slice(0, opened.lastIndexOf("/")), path.slice(0, path.lastIndexOf("/")));
  assertEquals(calls[3].args, [opened, path]);
  assertEquals(calls[4].args[0], path.slice(0, path.lastIndexOf("/")));
});

Deno.test("writeFileAtomically() never touches the file that it replaces: who has it open reads the old one", () => {
  const path = temporaryFile("the old content");
  using reader = Deno.openSync(path);
  const before = reader.statSync().ino;
  writeFileAtomically(path, "new");
  const bytes = new Uint8Array(99);
  assertEquals(new TextDecoder().decode(bytes.subarray(0, reader.readSync(bytes)!)), "the old content");
  assert(Deno.statSync(path).ino !== before);
});

Deno.test("writeFileAtomically() leaves the old file whole where the disk fails in the middle", () => {
  for (const failing of ["writeSync", "syncSync"]) {
    const path = temporaryFile("old");
    using _ = replaceMethods([[Deno.FsFile.prototype, failing, () => () => {
      throw new Error("no space left");
    }]]);
    const closed = recordCalls([[Deno.FsFile.prototype, "close"]], () => {
      assertThrows(() => writeFileAtomically(path, "new"), Error, "no space left");
    });
    assertEquals(closed.length, 1);
    assertEquals(Deno.readTextFileSync(path), "old");
  }
});

Deno.test("writeFileAtomically() writes bytes and text whole, over what a killed run left, a few bytes at a time", () => {
  using _ = replaceMethods([[Deno.FsFile.prototype, "writeSync", (original) => {
    return function (this: Deno.FsFile, bytes: Uint8Array) {
      return original.call(this, bytes.subarray(0, 2));
    };
  }]]);
  for (const content of ["é, ü", Uint8Array.of(0, 7, 255), ""]) {
    const path = temporaryFile("old");
    Deno.writeTextFileSync(`${path}.tmp`, "much longer than what is written");
    writeFileAtomically(path, content);
    const expected = typeof content === "string" ? new TextEncoder().encode(content) : content;
    assertEquals(Deno.readFileSync(path), expected);
  }
});

Deno.test("what the system says of a folder is told without its number and the call", () => {
  const name = "x".repeat(300);
  const folder = Deno.makeTempDirSync();
  assertEquals(
    assertThrows(() => makeFolder(`${folder}/${name}`), BenchError).message,
    `Cannot create the folder ${folder}/${name}: File name too long; move what is in the way, or name another`,
  );
});

Deno.test("a folder that is there needs no permission, and a missing permission is told as one", {
  permissions: { read: true },
}, () => {
  makeFolder("tests");
  assertThrows(() => makeFolder("tests/absent"), Deno.errors.NotCapable);
  assertThrows(() => requireWritableFolder("tests"), Deno.errors.NotCapable);
});

Deno.test("tryFolder() takes a path with slashes at its end, and removes every folder that it has made", () => {
  const folder = Deno.makeTempDirSync();
  tryFolder(`${folder}/a/b/c//`);
  assertEquals([...Deno.readDirSync(folder)], []);
});

Deno.test("tryFolder() leaves a folder into which another run has put something, and hides no other failure", () => {
  const folder = Deno.makeTempDirSync();
  const before = (act: (path: string) => void) =>
    replaceMethods([[Deno, "removeSync", (original) => (path: string) => {
      if (path.endsWith("/b")) act(path);
      return original(path);
    }]]);
  {
    using _ = before((path) => Deno.writeTextFileSync(`${path}/of another run`, ""));
    tryFolder(`${folder}/a/b`);
  }
  assertEquals([...Deno.readDirSync(`${folder}/a/b`)].map(({ name }) => name), ["of another run"]);
  {
    // Permission to write a folder is none to remove it.
    using _ = before(() => {
      throw new Deno.errors.NotCapable("Requires write access");
    });
    tryFolder(`${folder}/d/b`);
  }
  {
    using _ = before(() => {
      throw new Error("the disk is gone");
    });
    assertThrows(() => tryFolder(`${folder}/c/b`), Error, "the disk is gone");
  }
});

Deno.test("writeFileAtomically() lets two writers take turns: none fails, and no reader sees a torn or mixed file", async () => {
  const path = temporaryFile("cccccc");
  const length = 70_001;
  const writers = ["a", "b"].map((letter) => {
    const worker = new Worker(new URL("../fixtures/file_writer.ts", import.meta.url), { type: "module" });
    const { promise, resolve } = Promise.withResolvers<readonly string[]>();
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
    worker.postMessage({ path, letter, length, times: 53 } satisfies WriterStart);
    return promise;
  });
  let writing = true;
  const all = Promise.all(writers).finally(() => writing = false);
  const seen = new Set<string>();
  while (writing) {
    seen.add(Deno.readTextFileSync(path));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(await all, [[], []]);
  for (const text of seen) assert(["cccccc", "a".repeat(length), "b".repeat(length)].includes(text));
  assertEquals([...Deno.readDirSync(path.slice(0, path.lastIndexOf("/")))].map(({ name }) => name), ["rows.jsonl"]);
});

Deno.test("what the disk refuses names the file and the remedy", () => {
  for (const [code, words] of [["ENOSPC", "make room on that disk"], ["EIO", "look after that disk"]]) {
    const path = temporaryFile("old");
    using _ = replaceMethods([[Deno.FsFile.prototype, "writeSync", () => () => {
      throw Object.assign(new Error(`it is ${code} (os error 28)`), { code });
    }]]);
    for (const write of [writeFileAtomically, writeDurably]) {
      const { message } = assertThrows(() => write(path, "new"), BenchError);
      assert(message.startsWith(`Cannot write ${path}: it is ${code}; ${words}`), message);
    }
  }
  const folder = `${temporaryFile("")}.d`;
  makeFolder(`${folder}/report.html`);
  const { message } = assertThrows(() => writeFileAtomically(`${folder}/report.html`, ""), BenchError);
  const said =
    `Cannot write ${folder}/report.html: a folder has that name; move that folder away, or name another file`;
  assertEquals(message, said);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["report.html"]);
});

Deno.test("renameDurably() flushes a folder before it gets its name, and the name after it", () => {
  const file = temporaryFile("");
  makeFolder(`${file}.d/a`);
  const calls = recordCalls([[Deno, "openSync"], [Deno, "renameSync"]], () => {
    renameDurably(`${file}.d/a`, `${file}.d/b`);
  });
  assertEquals(calls.map(({ name, args }) => [name, args[0]]), [
    ["openSync", `${file}.d/a`],
    ["renameSync", `${file}.d/a`],
    ["openSync", `${file}.d`],
  ]);
});
