/**
 * The shape of the project, checked: data flows down one list of layers, every source has its test, and what names an
 * algorithm is where algorithms are.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { COMMANDS } from "../src/cli/table.ts";
import { CODE_SET } from "../src/doctor/permission_sets.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/**
 * Files and folders of `src/`, in the order in which data moves, as the README's layout lists them. A file imports from
 * its own entry and from those above.
 */
const LAYERS: readonly string[] = layoutOf(read("README.md"));

/**
 * Sources without a test of their own name, and where they are tested instead. Sources that hold types alone need none.
 */
const TESTED_ELSEWHERE: Readonly<Record<string, string>> = {
  "checkpoint/hub/gather.ts": "tests/checkpoint/hub/fetch_test.ts",
  "experiment/describe_result.ts": "tests/experiment/bench_test.ts",
  "experiment/arm_run.ts": "tests/end_to_end/resume_test.ts",
  "commands/command.ts": "tests/cli/main_test.ts",
  "commands/build_engine.ts": "tests/engine/build_test.ts",
  "commands/descriptions/": "tests/cli/table_test.ts",
  "commands/bench.ts": "tests/end_to_end/resume_test.ts",
  "commands/doctor.ts": "tests/doctor/doctor_test.ts",
  "commands/evaluate.ts": "tests/slow/halves_test.ts",
  "commands/merge.ts": "tests/end_to_end/adapter_test.ts",
  "commands/mirror.ts": "tests/permissions/quick_test.ts",
  "commands/experiment_arguments.ts": "tests/end_to_end/bad_input_test.ts",
  "commands/sample.ts": "tests/cluster/kill_test.ts",
  "commands/train.ts": "tests/slow/halves_test.ts",
  "commands/view.ts": "tests/slow/view_test.ts",
  "commands/verify.ts": "tests/slow/halves_test.ts",
  "rollout/completion.ts": "tests/rollout/rollout_test.ts",
  "checkpoint/config_fields.ts": "tests/checkpoint/config_test.ts",
  "checkpoint/end_tokens.ts": "tests/checkpoint/checkpoint_test.ts",
  "checkpoint/families.ts": "tests/backend/checkpoint_kinds_test.ts",
  "checkpoint/ggml_types.ts": "tests/checkpoint/gguf_test.ts",
  "checkpoint/gguf_config.ts": "tests/checkpoint/gguf_test.ts",
  "checkpoint/gguf_tensors.ts": "tests/checkpoint/gguf_test.ts",
  "checkpoint/rope_config.ts": "tests/checkpoint/config_test.ts",
  "checkpoint/stored_tensors.ts": "tests/checkpoint/checkpoint_test.ts",
  "files/gguf.ts": "tests/checkpoint/gguf_test.ts",
  "models/model_config.ts": "tests/backend/checkpoint_kinds_test.ts",
  "prompt/companions.ts": "tests/checkpoint/gguf_test.ts",
  "prompt/gguf_tokenizer.ts": "tests/checkpoint/gguf_test.ts",
  "prompt/known_characters.ts": "tests/prompt/tokenizer_test.ts",
  "engine/": "tests/engine/engine_test.ts",
  "cluster/ray_answers.ts": "tests/cluster/ray_jobs_test.ts",
  "experiment/experiment.ts": "tests/end_to_end/resume_test.ts",
  "experiment/engine_plan.ts": "tests/experiment/plan_test.ts",
  "experiment/trial.ts": "tests/experiment/plan_test.ts",
  "experiment/lane_worker.ts": "tests/slow/interruptions_test.ts",
  "experiment/lane.ts": "tests/slow/interruptions_test.ts",
  "execution/executor.ts": "tests/execution/pyodide_test.ts",
  "execution/sandbox/emscripten.ts": "tests/execution/pyodide_test.ts",
  "execution/sandbox/interpreter.ts": "tests/execution/pyodide_test.ts",
  "execution/sandbox/namespaces.ts": "tests/execution/pyodide_test.ts",
  "cluster/verl/overrides.ts": "tests/cluster/verl/job_test.ts",
  "cluster/verl/problems.ts": "tests/cluster/verl/job_test.ts",
  "cluster/verl/trainers.ts": "tests/cluster/verl/job_test.ts",
  "execution/sandbox/preparation.ts": "tests/execution/pyodide_test.ts",
  "execution/sandbox/worker.ts": "tests/execution/pyodide_test.ts",
  "grading/": "tests/grading/cases_test.ts",
  "pretraining/pretrain.ts": "tests/slow/pretrain_test.ts",
  "torch/decoder.ts": "tests/slow/torch_test.ts",
  "torch/model.ts": "tests/slow/torch_test.ts",
  "torch/self_check.ts": "tests/slow/torch_test.ts",
  "tfjs/block.ts": "tests/tfjs/model_test.ts",
  "tfjs/cache.ts": "tests/tfjs/model_test.ts",
  "tfjs/decoder.ts": "tests/tfjs/model_test.ts",
  "tfjs/training.ts": "tests/tfjs/model_test.ts",
  "tfjs/weights.ts": "tests/tfjs/model_test.ts",
  "report/sections/attribution.ts": "tests/report/page_test.ts",
  "report/sections/comparisons.ts": "tests/report/page_test.ts",
  "report/sections/glossary.ts": "tests/report/page_test.ts",
  "report/sections/headline.ts": "tests/report/page_test.ts",
  "report/sections/provenance.ts": "tests/report/page_test.ts",
  "report/sections/scores.ts": "tests/report/page_test.ts",
  "report/style.ts": "tests/report/palette_test.ts",
  "tensorflow/self_check.ts": "tests/slow/tensorflow_test.ts",
  "experiment/workbench.ts": "tests/end_to_end/resume_test.ts",
};

/** Where the trained algorithms may be named: they themselves, presets by name, and names that others published. */
const NAMES_ALGORITHMS: readonly string[] = [
  "algorithms/",
  "training/optimizer.ts",
  "training/loss/loss_config.ts",
  "experiment/earlier_config.ts",
  "published/",
  "result/earlier_versions.ts",
  // Which trainer draws which thoughts.
  "cluster/verl/trainers.ts",
];
/** Flags on which a command's permissions depend. */
const SWITCHES = [
  ...[{}, { native: "blas" }, { sandboxed: true }, { backend: "tensorflow" }, { backend: "torch" }],
  ...[{ executor: "python" }, { from: "model.gguf" }],
  ...[{ kind: "python-tests" }, { save: true }, { network: true }, { export: "lighteval-details" }] as const,
];
/** Words on which they depend too. */
const ACTIONS = [[], ["remove"], ["fetch"]];

const ALGORITHM_NAME = /["'`](discrete-grpo|soft-tokens-grpo|soft-thinking-grpo)["'`]/;

/** A file that is longer holds more than one idea; these two are one grammar each. */
const MOST_LINES = 400;
const LONGER: readonly string[] = ["grading/parser.ts", "grading/tokens.ts"];

/** Entries that a stranger meets at once. */
const MOST_ENTRIES = 37;

const sources = files("src", ".ts").map((path) => path.slice("src/".length));

Deno.test("every source has a place in the list of layers, and every place a source", () => {
  const homeless = sources.filter((path) => layerOf(path) === undefined);
  assertEquals(homeless, [], "give these files a place in the README's layout");
  const empty = LAYERS.filter((_, layer) => !sources.some((path) => layerOf(path) === layer));
  assertEquals(empty, [], "these places hold no file");
});

Deno.test("a file imports only from its own place and from above", () => {
  const upward = sources.flatMap((path) =>
    importsOf(path).filter((imported) => layerOf(imported)! > layerOf(path)!).map((imported) =>
      `${path} -> ${imported}`
    )
  );
  assertEquals(upward, []);
});

Deno.test("the data flow names no algorithm", () => {
  const naming = sources.filter((path) =>
    !NAMES_ALGORITHMS.some((place) => isAt(path, place)) && ALGORITHM_NAME.test(withoutComments(read(`src/${path}`)))
  );
  assertEquals(naming, []);
});

Deno.test("a tfjs backend is imported by device.ts alone", () => {
  const importing = sources.filter((path) => /["']npm:@tensorflow\/tfjs(-backend-\w+)?@/.test(read(`src/${path}`)));
  assertEquals(importing, ["tfjs/device.ts"]);
});

const PACKAGE_IMPORT = /(?:^import\s*|^(?:import|export)\b[^;"=]*\bfrom\s*|\bimport\()"([^."][^"]*)"/gm;

Deno.test("sources name packages with their version, one of each, so that they run from any folder", () => {
  const imports = Object.values((JSON.parse(read("deno.json")) as { imports: Record<string, string> }).imports);
  const named = sources.flatMap((path) =>
    [...withoutComments(read(`src/${path}`)).matchAll(PACKAGE_IMPORT)]
      .map(([, specifier]) => specifier)
  );
  assertEquals(named.filter((specifier) => !/^(npm:.*[^/]@|node:)/.test(specifier)), []);
  const versions = Map.groupBy(
    [...named, ...imports].flatMap((specifier) => [...specifier.matchAll(/^npm:(@?[^@]+)@([^/]+)/g)]),
    ([, name]) => name,
  );
  for (const [name, found] of versions) assertEquals(new Set(found.map(([, , version]) => version)).size, 1, name);
});

Deno.test("every source has a test of its name, or is named as tested elsewhere", () => {
  const tests = new Set(files("tests", "_test.ts"));
  const untested = sources.filter((path) =>
    !tests.has(testOf(path)) && !holdsTypesAlone(path) &&
    !Object.keys(TESTED_ELSEWHERE).some((place) => isAt(path, place))
  );
  assertEquals(untested, []);
  for (const [place, test] of Object.entries(TESTED_ELSEWHERE)) {
    const own = sources.filter((path) => isAt(path, place) && !tests.has(testOf(path)) && !holdsTypesAlone(path));
    assert(own.length > 0, `TESTED_ELSEWHERE names ${place}, which needs no exception any more`);
    assert(exists(test), `TESTED_ELSEWHERE names ${test}, which is not there`);
  }
});

Deno.test("every source says in its first lines what it is, and holds one idea", () => {
  for (const path of sources) {
    const text = read(`src/${path}`);
    const first = /^\/\*\*[^]*?\*\//.exec(text)?.[0] ?? "";
    assert(first.includes("@module"), `src/${path} does not begin with a module comment`);
    const lines = text.split("\n").length;
    assert(
      lines <= MOST_LINES || LONGER.includes(path),
      `src/${path} has ${lines} lines, expected at most ${MOST_LINES}`,
    );
  }
});

Deno.test("no test changes the folder that all tests run in", () => {
  const changing = files("tests", ".ts").filter((path) => read(path).includes("Deno." + "chdir("));
  assertEquals(changing, [], "give the function the folder, or run a process of its own");
});

Deno.test("names of files are in snake case", () => {
  for (const path of [...sources, ...files("tests", ".ts"), ...files("benchmarks", ".ts")]) {
    assert(path.split("/").every((part) => /^[a-z0-9_]+(\.[a-z]+)*$/.test(part)), path);
  }
});

Deno.test("every task and every permission set of deno.json stands for something", () => {
  const { tasks, permissions } = JSON.parse(read("deno.json")) as {
    tasks: Record<string, { description?: string; command: string }>;
    permissions: Record<string, unknown>;
  };
  const used = new Set<string>([
    CODE_SET,
    ...COMMANDS.flatMap((command) =>
      SWITCHES.flatMap((flags) => ACTIONS.flatMap((words) => command.permissions(flags, words)))
    ),
  ]);
  for (const [name, { description, command }] of Object.entries(tasks)) {
    assert(description, `task ${name} has no description`);
    for (const [script] of command.matchAll(/\b(src|tests|benchmarks)\/[\w/]+\.ts/g)) {
      assert(exists(script), `${name}: ${script}`);
    }
    for (const [, set] of command.matchAll(/-P=([\w-]+)/g)) {
      assert(set in permissions, `task ${name} uses the permission set ${set}, which is not there`);
      used.add(set);
    }
  }
  const unused = Object.keys(permissions).filter((set) => !used.has(set));
  assertEquals(unused, [], "no task and no command uses these permission sets");
});

Deno.test("a stranger meets few entries in src/", () => {
  const entries = [...Deno.readDirSync(`${ROOT}src`)].length;
  assert(entries <= MOST_ENTRIES, `src/ has ${entries} entries, expected at most ${MOST_ENTRIES}`);
});

Deno.test("no circle leads from one entry of src/ back to it", () => {
  const entryOf = (path: string) => path.split("/")[0];
  const arrows = Map.groupBy(
    sources.flatMap((path) => importsOf(path).map((imported) => [entryOf(path), entryOf(imported)] as const))
      .filter(([from, to]) => from !== to),
    ([from]) => from,
  );
  const reached = (start: string): Set<string> => {
    const found = new Set<string>();
    const open = [start];
    for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
      for (const [, to] of arrows.get(entry) ?? []) if (!found.has(to)) open.push(to), found.add(to);
    }
    return found;
  };
  assertEquals([...arrows.keys()].filter((entry) => reached(entry).has(entry)), []);
});

Deno.test("the rest of the README's layout is there too", () => {
  const block = layoutBlock(read("README.md"));
  for (const [, entry] of block.matchAll(/^([\w./]+)\s/gm)) assert(exists(entry), `the layout names ${entry}`);
});

/** Pages about the sources, whose paths leave out `src/`; others show files that a reader would write. */
const OF_SOURCES: readonly string[] = [
  "docs/engine.md",
  "docs/execution.md",
  "docs/grading.md",
  "docs/reading_the_source.md",
];

Deno.test("comments and pages name no file that is not there", () => {
  const paths = ["src", "tests", "benchmarks", "docs"].flatMap((folder) => files(folder, ""));
  const isThere = (path: string) => exists(path.replace(/\/$/, ""));
  const missing = texts().flatMap(({ path, text }) => {
    const whole = [...text.matchAll(/(?<![\w./<-])(?:src|tests|benchmarks|docs)\/[\w./-]*\w\/?(?![\w*<{…-])/g)]
      .map(([named]) => named).filter((named) => /\.(ts|md|json|c|py)$/.test(named) && !isThere(named));
    const parts = path.endsWith(".md") && !OF_SOURCES.includes(path)
      ? []
      : [...text.matchAll(/(?<![\w./<>*-])(?:[a-z_]+\/)*[a-z0-9_]+\.ts\b/g)]
        .map(([named]) => named).filter((named) =>
          !isThere(named) && !paths.some((file) => file.endsWith(`/${named}`))
        );
    return [...whole, ...parts].map((named) => `${path} names ${named}`);
  });
  assertEquals(missing, []);
});

Deno.test("comments and pages cite no section that is not there", () => {
  const missing = texts().flatMap(({ path, text }) => {
    const unknown = [...text.matchAll(/\bDESIGN\b|\bpolicy \d+|\bspec\/\w+/g)].map(([cited]) => cited);
    const rules = [
      ...text.matchAll(/(docs\/\w+\.md),? rules? (\d+)(?: (?:to|and) (\d+))?/g),
      ...[...text.matchAll(/rules? (\d+)(?: (?:to|and) (\d+))? of (docs\/\w+\.md)/g)]
        .map(([cited, from, to, page]) => [cited, page, from, to]),
    ].filter(([, page, from, to]) => [from, to ?? from].some((rule) => !headings(page).includes(`${rule}. `)));
    const anchors = [...text.matchAll(/\]\(([\w./]*\.md)#([\w-]+)\)/g)]
      .filter(([, page, anchor]) => {
        const target = new URL(page, `file:///${path}`).pathname.slice(1);
        return exists(target) && !headings(target).some((heading) => slug(heading) === anchor);
      });
    return [...unknown, ...[...rules, ...anchors].map(([cited]) => cited)].map((cited) => `${path} cites ${cited}`);
  });
  assertEquals(missing, []);
});

Deno.test("every link from a page to another file leads there", () => {
  for (const { path, text } of texts().filter(({ path }) => path.endsWith(".md"))) {
    for (const [, link] of text.matchAll(/\]\(([\w./-]+)(?:#[\w-]+)?\)/g)) {
      const target = new URL(link, `file:///${path}`).pathname.slice(1);
      assert(exists(target), `${path} links to ${link}`);
    }
  }
});

Deno.test("docs/engine.md tells of every file of the engine", () => {
  const page = read("docs/engine.md");
  const untold = [...Deno.readDirSync(`${ROOT}src/engine`)].filter(({ name, isDirectory }) =>
    !page.includes(isDirectory ? `${name}/` : name)
  );
  assertEquals(untold.map(({ name }) => name), []);
});

/** Pages, and the comments of sources. */
function texts(): { path: string; text: string }[] {
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "benchmarks/README.md",
    "results/README.md",
    ...files("docs", ".md"),
  ];
  const sources = ["src", "tests", "benchmarks"].flatMap((folder) => files(folder, ".ts"));
  return [
    ...pages.map((path) => ({ path, text: read(path) })),
    ...sources.map((path) => ({ path, text: commentsOf(read(path)) })),
  ];
}

function commentsOf(text: string): string {
  return (text.match(/\/\*[^]*?\*\/|(?<=^|\s)\/\/ .*$/gm) ?? []).join("\n");
}

function headings(page: string): string[] {
  // Numbered ones twice: whole, and as their number alone.
  return [...read(page).matchAll(/^#+ ((\d+\. )?.*)$/gm)].flatMap(([, whole, number]) =>
    number === undefined ? [whole] : [whole, number]
  );
}

/** A heading's anchor, as GitHub makes it. */
function slug(heading: string): string {
  return heading.toLowerCase().replace(/[^\w\s-]/g, "").replaceAll(" ", "-");
}

/** The code block below the README's heading "Layout". */
function layoutBlock(readme: string): string {
  return /^## Layout\n[^]*?```\n([^]*?)```/m.exec(readme)![1];
}

/** Entries of `src/` in the layout: words that end in `/` or `.ts` at the beginning of its indented lines. */
function layoutOf(readme: string): string[] {
  return [...layoutBlock(readme).matchAll(/^ {2}((?:[\w.]+(?:\/|\.ts) )+)/gm)].flatMap(([, words]) =>
    words.trim().split(" ")
  );
}

function testOf(path: string): string {
  return `tests/${path.replace(/\.ts$/, "_test.ts")}`;
}

function holdsTypesAlone(path: string): boolean {
  return !/^(export )?(default |async |abstract )*(function|const|class|let|enum)\b/m.test(
    withoutComments(read(`src/${path}`)),
  );
}

function layerOf(path: string): number | undefined {
  const layer = LAYERS.findIndex((place) => isAt(path, place));
  return layer < 0 ? undefined : layer;
}

function isAt(path: string, place: string): boolean {
  return place.endsWith("/") ? path.startsWith(place) : path === place;
}

/** Paths under `src/` that a file imports, at once or when needed. */
function importsOf(path: string): string[] {
  const text = withoutComments(read(`src/${path}`));
  const base = new URL(`file:///src/${path}`);
  return [...text.matchAll(/(?:\bfrom|\bimport\(|\bimport)\s*["'](\.{1,2}\/[^"']+)["']/g)]
    .map(([, specifier]) => new URL(specifier, base).pathname)
    .filter((imported) => imported.startsWith("/src/") && imported.endsWith(".ts"))
    .map((imported) => imported.slice("/src/".length));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function read(path: string): string {
  return Deno.readTextFileSync(ROOT + path);
}

function exists(path: string): boolean {
  try {
    Deno.statSync(ROOT + path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Files below a folder whose names end so, in order. */
function files(folder: string, ending: string): string[] {
  return [...Deno.readDirSync(ROOT + folder)].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) return files(path, ending);
    return path.endsWith(ending) ? [path] : [];
  }).sort();
}
