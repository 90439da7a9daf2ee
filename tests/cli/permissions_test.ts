import { assert, assertEquals, assertThrows } from "@std/assert";
import { commandPermissions } from "../../src/cli/permissions.ts";
import { BenchError } from "../../src/errors.ts";
import { CODE_FOLDER } from "../../src/commands/places.ts";
import { BELOW, HERE, requestOf } from "./here.ts";

function flagsOf(line: string, here = HERE, mirror?: string): string[] {
  const { command, args } = requestOf(line.split(" "), here);
  return commandPermissions(command, args, { places: here, ...(mirror !== undefined && { mirror }) });
}

/** Paths that a command line may read. */
function reads(line: string, here = HERE): string[] {
  const flag = flagsOf(line, here).find((each) => each.startsWith("--allow-read"));
  return flag?.slice("--allow-read=".length).replaceAll("./", "").split(",") ?? [];
}

/** Paths that a command line may write. */
function writes(line: string, here = HERE): string[] {
  const flag = flagsOf(line, here).find((each) => each.startsWith("--allow-write"));
  return flag?.slice("--allow-write=".length).replaceAll("./", "").split(",") ?? [];
}

const allows = (line: string, kind: string) => flagsOf(line).some((flag) => flag.startsWith(`--allow-${kind}`));

Deno.test("native code is the engine's own, beside the code, but for what the command line that runs asks for", () => {
  const ffi = (line: string, here = HERE) => flagsOf(line, here).find((flag) => flag.startsWith("--allow-ffi"));
  const own = `--allow-ffi=${CODE_FOLDER}/src/engine/prebuilt`;
  for (
    const line of [
      "bench",
      "train",
      "evaluate",
      "bench:ablations",
      "model models/tiny --text 1",
      "bench --backend tensorflow --backend cpu-engine",
      "bench --runs a=--sandboxed",
    ]
  ) assertEquals(ffi(line), own, line);
  assertEquals(
    ffi("bench", { ...HERE, working: CODE_FOLDER, typed: CODE_FOLDER }),
    "--allow-ffi=./src/engine/prebuilt",
  );
  assertEquals(ffi("bench --native blas"), "--allow-ffi");
  for (
    const line of [
      "bench --sandboxed",
      "train --sandboxed --limit 4",
      "evaluate --sandboxed",
      "bench:ablations --sandboxed",
      "model models/tiny --text 1 --sandboxed",
      "bench --sandboxed --native blas",
      "bench --sandboxed --backend tensorflow",
      "bench --backend webgpu --limit 4",
      "bench --backend tfjs-cpu",
    ]
  ) assertEquals(ffi(line), undefined, line);
});

Deno.test("programs run without any permission of ours, and in python3 only where the command line asks for it", () => {
  const run = (line: string) => flagsOf(line).find((flag) => flag.startsWith("--allow-run"));
  assertEquals([run("bench"), run("bench --executor python")], ["--allow-run=git", "--allow-run=git,python3"]);
  assertEquals([run("grade --input a --executor pyodide"), run("grade --input a --executor python")], [
    undefined,
    "--allow-run=python3",
  ]);
  // What the other set allows stays.
  assert(flagsOf("bench --native blas --executor python").includes("--allow-ffi"));
});

Deno.test("PyTorch's own interpreter may run where it is asked for, or where an experiment asks for a GPU", () => {
  const run = (line: string) => flagsOf(line).find((flag) => flag.startsWith("--allow-run"));
  const torch = "--allow-run=git,./.cache/torch/bin/python";
  assertEquals(run("bench --backend torch"), torch);
  assertEquals([run("bench paper_1_5b"), run("evaluate paper_7b --dry-run")], [torch, torch]);
  assertEquals([run("bench paper_1_5b --backend cpu-engine"), run("bench tiny")], [
    "--allow-run=git",
    "--allow-run=git",
  ]);
  // The setup writes what it must not run, but for the Python that the user names.
  assertEquals(
    run("setup:torch --python /opt/bin/python"),
    `--allow-run=python3,${Deno.execPath()},cat,/opt/bin/python`,
  );
});

Deno.test("TensorFlow may load its own build alone", () => {
  assert(flagsOf("bench --backend webgpu --backend tensorflow").includes("--allow-ffi=./.cache/tensorflow"));
});

Deno.test("scoring, comparing, grading and reporting have no network, no native code and no subprocess", () => {
  for (const line of ["score a", "compare a b", "power a", "grade --input a", "report", "leaderboard"]) {
    for (const kind of ["net", "ffi", "run", "sys"]) assert(!allows(line, kind), `${line}: ${kind}`);
  }
  for (const line of ["compare a b", "power a", "grade --input a", "model models/tiny --text 1"]) {
    assertEquals(writes(line), []);
  }
});

Deno.test("the view reads runs and the code, writes nothing, and answers this machine alone", () => {
  assertEquals(reads("view"), [`${CODE_FOLDER}/src`, "runs"]);
  assertEquals(reads("view --runs /r"), [`${CODE_FOLDER}/src`, "/r"]);
  assertEquals(writes("view"), []);
  assert(flagsOf("view").includes("--allow-net=127.0.0.1"));
  for (const kind of ["ffi", "run", "sys"]) assert(!allows("view", kind), kind);
});

Deno.test("sampling reaches the servers that it is given, and no other port of their hosts", () => {
  const net = (line: string) => flagsOf(line).filter((flag) => flag.startsWith("--allow-net"));
  assertEquals(net("sample --address http://a:8000,https://b/v1 --address http://c"), [
    "--allow-net=a:8000,b:443,c:80",
  ]);
  assertEquals([net("sample"), net("sample --address a:8000"), net("evaluate")], [[], [], []]);
  assert(!reads("sample --address http://a:8000").some((path) => path.includes("a:8000")));
  for (const kind of ["ffi"]) assert(!allows("sample --address http://a", kind), kind);
});

Deno.test("which results were checked is read beside the code, and noted in a checkout by what reads results alone", () => {
  const checked = ".cache/checked-results";
  const checkout = { ...HERE, working: CODE_FOLDER, typed: CODE_FOLDER };
  for (const line of ["score a", "compare a b", "power a", "leaderboard", "leaderboard --check", "report"]) {
    assert(reads(line).includes(`${CODE_FOLDER}/${checked}`), line);
    assertEquals([writes(line, checkout).includes(checked), writes(line).some((path) => /check/.test(path))], [
      true,
      false,
    ], line);
  }
  for (const line of ["bench", "evaluate", "bench:ablations --page"]) {
    assertEquals([reads(line, checkout).includes(checked), writes(line, checkout).includes(checked)], [true, false]);
  }
  assert(!reads("train").some((path) => path.endsWith(checked)));
});

Deno.test("a path that the user gives takes the place of the set's own", () => {
  assertEquals(writes("bench"), ["runs", "results"]);
  assertEquals(writes("bench --results /a"), ["runs", "/a"]);
  assertEquals(writes("bench --results /a --runs b/"), ["/a", "b"]);
  assertEquals(writes("datasets fetch --cache /c"), ["/c"]);
  assertEquals(writes("train"), ["runs"]);
  assertEquals([writes("datasets"), writes("models list"), writes("runs check"), writes("score a")], [[], [], [], []]);
  assertEquals(writes("pretrain --output /m"), [".data", "/m", "/m.saving", "/m.replaced"]);
  assertEquals(writes("leaderboard"), ["results", "README.md", "README.md.tmp"]);
  assertEquals(writes("leaderboard --readme /tmp/R"), ["results", "/tmp/R", "/tmp/R.tmp"]);
  assertEquals(writes("leaderboard --export lm-eval /out"), ["/out"]);
  assertEquals(writes("leaderboard --check"), []);
});

Deno.test("a command reads itself, what its set names, and what its command line names", () => {
  const code = (...names: string[]) => names.map((name) => `${CODE_FOLDER}/${name}`);
  const beside = ["src", "deno.lock", ".cache/checked-results"];
  assertEquals(reads("compare a.json b.json,c.json"), [...code(...beside), "a.json", "b.json", "c.json"]);
  assertEquals(reads("compare a.json b.json", { ...HERE, working: CODE_FOLDER, typed: CODE_FOLDER }), [
    ...beside,
    "a.json",
    "b.json",
  ]);
  assertEquals(reads("runs check --runs mine"), [...code("src"), "mine"]);
  assertEquals(reads("runs"), [...code("src", "deno.lock"), "runs"]);
  const bench = reads("bench mine/experiment.ts --datasets ./a.jsonl,math500 --model /m/qwen");
  for (const path of ["mine", "a.jsonl", "/m/qwen", "runs", ".data"]) assert(bench.includes(path), path);
  assert(!bench.some((path) => /math500|experiment\.ts/.test(path)), bench.join(" "));
  for (const path of ["/p/page.html.tmp", "results", "runs"]) {
    assert(reads("report --output /p/page.html").includes(path));
  }
  assert(reads("small-checkpoint --output /m").includes(".data"));
  assert(!reads("datasets --cache /c").includes(".data"));
  assertEquals(reads("grade --input -"), [...code("src"), ".data"]);
  const samples = reads("leaderboard --export lighteval-details out --runs /r");
  assertEquals([samples.includes("/r"), samples.includes("runs"), samples.includes(".data")], [true, false, true]);
  assert(!reads("leaderboard --export lm-eval out").includes("runs"));
});

Deno.test("a mirror of the environment is read, or reached, by those who take one", () => {
  const flag = (line: string, kind: string, mirror: string) =>
    flagsOf(line, HERE, mirror).find((each) => each.startsWith(`--allow-${kind}`))?.split(",").at(-1);
  assertEquals(flag("datasets list", "read", "/mirror"), "/mirror");
  assertEquals(flag("datasets fetch", "net", "http://127.0.0.1:8080/x"), "127.0.0.1:8080");
  assertEquals(flag("compare a b", "read", "/mirror"), "b");
  assert(!flagsOf("bench", HERE, "http://127.0.0.1:8080/x").some((each) => each.startsWith("--allow-net")));
});

Deno.test("a file may be written where it is to be, with the folder that is not there yet", () => {
  assertEquals(writes("report --output -"), ["results"]);
  assertEquals(writes("report --output /no-such-folder/p.html"), [
    "/no-such-folder/p.html",
    "/no-such-folder/p.html.tmp",
    "/no-such-folder",
  ]);
});

Deno.test("a tracker's folder may be written, its name is no path", () => {
  assertEquals(writes("bench --track tensorboard /tb"), ["runs", "results", "/tb"]);
  assertEquals(writes("train --track trackio mine --track wandb-offline /w", BELOW), ["runs", "results/v1/mine", "/w"]);
  assert(!reads("bench --track tensorboard /tb").includes("tensorboard"));
});

Deno.test("paths count from where they were typed", () => {
  assertEquals(writes("bench --results mine", BELOW), ["runs", "results/v1/mine"]);
});

Deno.test("a mirror's host is reached by those that have network", () => {
  const net = (line: string) => flagsOf(line).find((flag) => flag.startsWith("--allow-net"))?.split(",").at(-1);
  assertEquals(net("datasets fetch --mirror http://127.0.0.1:80/x"), "127.0.0.1");
  assertEquals(net("datasets fetch --mirror http://example.org:8080/x"), "example.org:8080");
  assertEquals(net("bench --mirror http://example.org/x"), undefined);
});

Deno.test("what a permission cannot name is refused", () => {
  assertThrows(() => flagsOf("bench --results a,b"), BenchError, "a comma");
  assertThrows(() => flagsOf("bench --results /"), BenchError, "below it");
});

Deno.test("nothing is asked of the user while it runs", () =>
  assertEquals(flagsOf("grade --input a")[0], "--no-prompt"));
