import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import type { Emscripten } from "../../../src/execution/sandbox/emscripten.ts";
import { type Imports, InterpreterGone, Wall } from "../../../src/execution/sandbox/wall.ts";

/** Imports that say that they were called, behind a wall, over 16 KiB of memory. */
function enclosed() {
  const memory = new Uint8Array(2 ** 14);
  const running = {
    HEAPU8: memory,
    HEAPU32: new Uint32Array(memory.buffer),
    FS: { streams: [{}, {}, {}, null] },
    UTF8ToString: (at: number) => new TextDecoder().decode(memory.subarray(at, memory.indexOf(0, at))),
  } as unknown as Emscripten;
  const called: string[] = [];
  const names = ["fd_read", "fd_sync", "fd_write", "__syscall_openat", "__syscall_stat64", "__syscall_unlinkat"];
  names.push(
    "random_get",
    "_Py_CheckEmscriptenSignals_Helper",
    "emscripten_get_now",
    "emscripten_resize_heap",
    "exit",
    "_abort_js",
    "__call_sighandler",
    "_emscripten_system",
    "raw_call_js",
  );
  const environment: Imports[string] = Object.fromEntries(
    names.map((name) => [name, Object.assign((...args: number[]) => (called.push(name), args.length), { sig: "ii" })]),
  );
  environment.emscripten_resize_heap = () => 0;
  const alarm = new Int32Array(1);
  const wall = new Wall(alarm);
  wall.enclose({ env: environment }, () => running);
  const write = (text: string, at: number) => memory.set(new TextEncoder().encode(`${text}\0`), at);
  return { alarm, wall, environment, called, memory, write };
}

Deno.test("until it is sealed the wall lets all through", () => {
  const { environment, called, wall } = enclosed();
  assertEquals(environment.__syscall_unlinkat(1, 2, 3), 3);
  assertEquals(environment.raw_call_js(1), 1);
  assertEquals([called, wall.refused], [["__syscall_unlinkat", "raw_call_js"], undefined]);
});

Deno.test("a sealed wall refuses what is not allowed, in the way of each import, and remembers the first", () => {
  const { environment, called, wall } = enclosed();
  wall.seal();
  assertEquals(environment.fd_read(1, 2), 2);
  assertEquals(environment.__syscall_unlinkat(1, 2, 3), -63, "EPERM of WASI");
  assertEquals(environment.fd_sync(1), 63);
  assertThrows(() => environment.raw_call_js(1), InterpreterGone);
  assertThrows(() => environment.exit(0), InterpreterGone, "exit(0)");
  assertThrows(() => environment._abort_js(), InterpreterGone, "abort()");
  assertEquals(environment._emscripten_system(1), -1);
  assertEquals([called, wall.refused], [["fd_read"], "__syscall_unlinkat"]);
  for (const last of ["exit", "_abort_js", "__call_sighandler"]) {
    wall.reset();
    assertEquals(wall.refused, undefined);
    assertThrows(() => environment[last](0), InterpreterGone);
    assert(wall.refused !== undefined, `${last} counts where something swallows it`);
  }
});

Deno.test("files are opened to read, and paths without end are not read at all", () => {
  const { environment, called, wall, memory, write } = enclosed();
  wall.seal();
  write("/lib/x", 100);
  assertEquals(environment.__syscall_openat(-100, 100, 0, 0), 4);
  assertEquals(environment.__syscall_stat64(100, 0), 2);
  const [write_, create, truncate] = [0o1, 0o100, 0o1000];
  for (const flag of [write_, create, truncate]) {
    assertEquals(environment.__syscall_openat(-100, 100, flag, 0), -69, "EROFS of WASI");
  }
  assertEquals(wall.refused, "open /lib/x for writing");
  wall.reset();
  write("/dev/null", 200);
  assertEquals(environment.__syscall_openat(-100, 200, write_, 0), 4);
  memory.fill(1, 300, 300 + 5000);
  assertEquals(environment.__syscall_openat(-100, 300, 0, 0), -37, "ENAMETOOLONG of WASI");
  assertEquals(environment.__syscall_stat64(300, 0), -37);
  assertEquals(called, ["__syscall_openat", "__syscall_stat64", "__syscall_openat"]);
  assertEquals(wall.refused, undefined);
});

Deno.test("what is printed goes nowhere and counts as written", () => {
  const { environment, memory } = enclosed();
  const words = new Uint32Array(memory.buffer);
  // Two vectors of (address, length) at 64; the sum is written to 96.
  words.set([0, 7, 0, 2 ** 31], 16);
  assertEquals(environment.fd_write(1, 64, 2, 96), 0);
  assertEquals(words[24], 2 ** 31 + 7);
  for (const closed of [3, 4]) assertEquals(environment.fd_write(closed, 64, 2, 96), 8, "EBADF of WASI");
});

Deno.test("randomness is the same for every program", () => {
  const { environment, memory, wall } = enclosed();
  const draw = () => {
    environment.random_get(1000, 37);
    return memory.slice(1000, 1037);
  };
  const [first, second] = [draw(), draw()];
  assertNotEquals(first, second);
  assert(new Set(first).size > 20, "bytes differ");
  assertEquals(memory[1037], 0);
  wall.reset();
  assertEquals(draw(), first);
});

Deno.test("a program whose time is up ends at its next call", () => {
  const { alarm, environment, wall } = enclosed();
  const calls = ["_Py_CheckEmscriptenSignals_Helper", "emscripten_get_now", "fd_write"];
  for (const name of calls) environment[name](1, 64, 0, 96);
  assertEquals(wall.late, false);
  alarm[0] = 1;
  for (const name of calls) assertThrows(() => environment[name](1, 64, 0, 96), InterpreterGone, "its time was up");
  assertEquals(wall.late, true);
});

Deno.test("memory that is not given is remembered", () => {
  const { environment, wall } = enclosed();
  assertEquals(wall.exhausted, false);
  environment.emscripten_resize_heap(2 ** 31);
  assertEquals(wall.exhausted, true);
  wall.reset();
  assertEquals(wall.exhausted, false);
});
