/** The script under a real bash, with programs that write down how they are called in place of Deno and Python. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { jobScript, type ScriptOptions } from "../../src/cluster/job_script.ts";

const STUB = `#!/bin/bash
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in
  --version) echo "deno $DENO_IS (stable)" ;;
  *" bench "*) exit "$BENCH_CODE" ;;
  *"pip install"*) mkdir -p "\${@: -2:1}/bin" && cp "$0" "\${@: -2:1}/bin/deno" ;;
esac
`;

interface Ran {
  readonly code: number;
  readonly calls: readonly string[];
  readonly stderr: string;
}

/** Runs a script in a folder of its own, with these programs on the PATH. */
async function ran(
  options: (folder: string) => Partial<ScriptOptions>,
  { programs = ["python3", "deno"], bench = 0, deno = "2.9.6" } = {},
): Promise<Ran> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${folder}/bin`);
    await Deno.mkdir(`${folder}/home`);
    for (const name of programs) await Deno.writeTextFile(`${folder}/bin/${name}`, STUB, { mode: 0o755 });
    const script = jobScript({ words: ["experiment.ts"], python: "python3", ...options(folder) });
    await Deno.writeTextFile(`${folder}/run.sh`, script);
    const { code, stderr } = await new Deno.Command("bash", {
      args: [`${folder}/run.sh`],
      cwd: "/",
      clearEnv: true,
      env: {
        PATH: `${folder}/bin:/usr/bin:/bin`,
        HOME: `${folder}/home`,
        CALLS: `${folder}/calls`,
        BENCH_CODE: String(bench),
        DENO_IS: deno,
        SOFT_GRPO_BENCH_RUN: "0123",
      },
    }).output();
    const calls = await Deno.readTextFile(`${folder}/calls`).catch(() => "");
    return {
      code,
      calls: calls.trim().split("\n").map((line) => line.replaceAll(folder, "FOLDER")),
      stderr: new TextDecoder().decode(stderr).replaceAll(folder, "FOLDER"),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a script sets torch up, runs the experiment in the kept folder, and hands results back", async () => {
  const { code, calls, stderr } = await ran((folder) => ({
    words: ["experiment.ts", "--arms", "a b,it's", "--devices", "2"],
    shared: `${folder}/sha red`,
  }));
  assertEquals([code, stderr], [0, ""]);
  const [version, setup, bench, back] = calls;
  assertEquals([version, calls.length], ["deno --version", 4]);
  assertStringIncludes(setup, "--allow-run src/cli/main.ts setup:torch --python FOLDER/bin/python3");
  assertStringIncludes(bench, "--allow-run=FOLDER/.cache/torch/bin/python src/cli/main.ts bench experiment.ts");
  assertStringIncludes(
    bench,
    "--arms a b,it's --devices 2 --runs FOLDER/sha red/0123/runs --results FOLDER/sha red/0123",
  );
  assert(back.endsWith("src/commands/hand_back.ts FOLDER/sha red/0123/results"), back);
});

Deno.test("an experiment that failed hands back what it has, and its exit code is the job's", async () => {
  const { code, calls } = await ran(() => ({}), { bench: 7 });
  assertEquals([code, calls.length], [7, 4]);
  assertStringIncludes(calls[3], "hand_back.ts FOLDER/home/.soft-grpo-bench/0123/results");
});

Deno.test("Deno comes from where it is named, from the PATH where it is the version, else from PyPI", async () => {
  const other = await ran(() => ({}), { deno: "2.1.0" });
  assertEquals(other.calls.slice(0, 2).map((call) => call.split(" ").slice(0, 4).join(" ")), [
    "deno --version",
    "python3 -m pip install",
  ]);
  assertStringIncludes(other.calls[1], "--no-deps --target FOLDER/home/.soft-grpo-bench/deno.");
  const absent = await ran(() => ({}), { programs: ["python3"] });
  assertEquals([absent.code, absent.calls.length], [0, 4]);
  const named = await ran((folder) => ({ deno: `${folder}/bin/own` }), { programs: ["python3", "own"] });
  assertEquals([named.code, named.calls.length], [0, 3]);
});

Deno.test("a node without Python or the Deno that was named says so", async () => {
  const python = await ran(() => ({ python: "no/such python" }));
  assertEquals([python.code, python.stderr], [1, "found no Python on this node: no/such python\n"]);
  const deno = await ran(() => ({ deno: "no-such-deno" }));
  assertEquals([deno.code, deno.stderr], [1, "found no Deno on this node: no-such-deno\n"]);
});

Deno.test("a checkpoint of the hub is fetched before it is used, into the kept folder", async () => {
  const { code, calls } = await ran(() => ({ fetchedModel: "org/name@main" }));
  assertEquals(code, 0);
  assertStringIncludes(calls[2], "--allow-net src/cli/main.ts models fetch org/name@main");
});
