/**
 * The commands on result files, and the grader on its own.
 *
 * @module
 */
import { PROBLEM_KINDS } from "../../datasets/problem_kind.ts";
import { GRADER_NAMES, SECOND_OPINIONS } from "../../grading/grader_name.ts";
import { command, type CommandArguments, from, type Positional } from "../command.ts";
import { EXPORT_NAMES } from "../../exports/formats.ts";
import { isSampleExport, SAMPLE_EXPORT_NAMES } from "../../exports/samples/formats.ts";
import { TRACKER_NAMES } from "../../exports/trackers/formats.ts";
import { OTHER_RULES } from "../../metrics/pass_estimator_name.ts";
import { FILE, FOLDER, number, numbers, oneOf, path, someOf, texts, toggle, whole } from "../flag.ts";
import { executor, executorSets, json, READING_SETS, results, runs } from "./shared.ts";

/** One side of a comparison may be several files, joined by commas. */
const SIDE = { place: {} };
const SIZES = { whole: true, least: 1 };
const experiments = texts("A,B", "Only results of these experiments; ablations count where they are named, or alone");
const MOST_PORT = 65_535;
/** Fewer resamples give no interval. */
const FEWEST_RESAMPLES = 100;

const scoreFlags = {
  passAt: numbers("K,K", "k of Pass@k (default 1 and as many as there are samples); above that, predicted", SIZES),
  majorityAt: numbers("K,K", "k of majority@k, where votes are known", SIZES),
  rules: someOf("A,B", OTHER_RULES, "Also Pass@k by these rules of others, in columns of their own"),
  bootstrap: whole("Also bootstrap intervals of averages, from N resamples", { least: FEWEST_RESAMPLES }),
  save: toggle("Write published counts as results of status imported"),
  experiments,
  results,
  json,
};
/** Arguments of `score`. */
export type ScoreArguments = CommandArguments<typeof scoreFlags>;

/** `score`. */
export const score = command({
  name: "score",
  summary: "Recompute metrics from samples, results or published per-problem counts",
  audience: "users",
  positionals: [{ name: "FILE", repeats: true, place: {} }],
  flags: scoreFlags,
  examples: ["score results/v2", "score counts.json --pass-at 1,16,32 --json", "score counts.json --rules bootstrap"],
  permissions: ({ save }) => [...READING_SETS, ...(save === true ? ["score-save"] : [])],
  run: from("./score.ts"),
});

const compareFlags = {
  detect: number("POINTS", "The loss that has to be ruled out (default 5 points)"),
  metrics: texts("A,B", "Metrics that count, e.g. pass@1,majority@32"),
  allow: someOf("A,B", ["dataset", "grader", "prompt"], "Compare although these differ"),
  experiments,
  markdown: toggle("A comment for a pull request"),
  json,
};
/** Arguments of `compare`. */
export type CompareArguments = CommandArguments<typeof compareFlags>;

/** `compare`. */
export const compare = command({
  name: "compare",
  summary: "Regression check of NEW against BASE: exit 0 none, 3 regression, 4 not enough data",
  audience: "users",
  positionals: [{ name: "BASE", ...SIDE }, { name: "NEW", ...SIDE }],
  flags: compareFlags,
  examples: ["compare base.json new.json", "compare results/main results/change --detect 2 --markdown"],
  permissions: () => READING_SETS,
  run: from("./compare.ts"),
});

const powerFlags = {
  detect: number("POINTS", "The difference to plan for"),
  power: number("P", "Chance of seeing it (default 0.8)"),
  metrics: texts("A,B", "Metrics that the comparison is to test, e.g. pass@1; all tests share its level"),
  experiments,
  json,
};
/** Arguments of `power`. */
export type PowerArguments = CommandArguments<typeof powerFlags>;

/** `power`. */
export const power = command({
  name: "power",
  summary: "What a comparison could see, and how many problems, samples or seeds would decide it",
  audience: "users",
  positionals: [{ name: "BASE", ...SIDE }, { name: "NEW", ...SIDE, optional: true }],
  flags: powerFlags,
  examples: ["power base.json new.json", "power base.json --detect 2"],
  permissions: () => READING_SETS,
  run: from("./power.ts"),
});

const leaderboardFlags = {
  check: toggle("Write nothing: exit 1 if the files are stale"),
  smoke: toggle("Also smoke runs, runs of uncommitted code and models that saw test problems, marked"),
  partial: toggle("Also results on a part of a dataset that others publish scores of, marked"),
  experiments,
  export: oneOf(
    "FORMAT",
    [...EXPORT_NAMES, ...SAMPLE_EXPORT_NAMES, ...TRACKER_NAMES],
    "Write this format, or for this tracker, into DIR instead",
  ),
  runs: {
    ...runs,
    help: "Folder of runs, for formats that hold samples (default runs)",
    place: { insteadOf: ["./runs"] },
  },
  readme: path("FILE", "Document whose block is renewed (default README.md)", {
    writes: FILE,
    insteadOf: ["./README.md", "./README.md.tmp"],
  }),
  results,
  json,
};
/** Arguments of `leaderboard`. */
export type LeaderboardArguments = CommandArguments<typeof leaderboardFlags>;

const EXPORT_FOLDER: Positional = { name: "DIR", optional: true, place: { writes: FOLDER } };

/** `leaderboard`. */
export const leaderboard = command({
  name: "leaderboard",
  summary: "Results to leaderboard.json, LEADERBOARD.md and the formats that others ingest",
  audience: "users",
  positionals: [EXPORT_FOLDER],
  flags: leaderboardFlags,
  examples: ["leaderboard", "leaderboard --check", "leaderboard --export every-eval-ever results/export"],
  permissions: (flags) => {
    const read = ["code-experiments", ...READING_SETS, "leaderboard"];
    if (flags.export !== undefined && isSampleExport(flags.export)) read.push("code-model", "export-samples");
    // An export goes into the folder that is named, and nothing else is written.
    return flags.check === true || flags.export !== undefined ? read : [...read, "leaderboard-write"];
  },
  run: from("./leaderboard.ts"),
});

const reportFlags = {
  smoke: toggle("Also smoke runs; by default only where there is nothing else"),
  experiments,
  results,
  runs: { ...runs, help: "Folder of runs, for samples (default runs)", place: { insteadOf: ["./runs"] } },
  output: path("FILE", "The page (default results/report.html); - for standard output", {
    isPath: (given) => given !== "-",
    writes: FILE,
    writesInsteadOf: ["./results"],
  }),
  problems: whole("Problems per dataset of which a sample is shown, the same for all arms (default 8)", { least: 0 }),
  json,
};
/** Arguments of `report`. */
export type ReportArguments = CommandArguments<typeof reportFlags>;

/** `report`. */
export const report = command({
  name: "report",
  summary: "Results to one self-contained HTML page with tables, plots and samples",
  audience: "users",
  positionals: [],
  flags: reportFlags,
  examples: ["report", "report --output - > page.html"],
  permissions: () => [...READING_SETS, "report"],
  run: from("./report.ts"),
});

const viewFlags = {
  port: whole("Port on 127.0.0.1 (default 8787; 0 for any that is free)", { least: 0, most: MOST_PORT }),
  runs: { ...runs, help: "Folder of run folders (default runs)", place: { insteadOf: ["./runs"] } },
};
/** Arguments of `view`. */
export type ViewArguments = CommandArguments<typeof viewFlags>;

/** `view`. */
export const view = command({
  name: "view",
  summary: "A running or finished experiment in the browser, live, read-only, on this machine alone",
  audience: "users",
  positionals: [{ name: "RUN", optional: true }],
  flags: viewFlags,
  examples: ["view", "view tiny-0a1b2c3d --port 9000"],
  permissions: () => "view",
  run: from("./view.ts"),
});

const PAIRS: Positional = { name: "FILE", optional: true, place: { isPath: (given) => given !== "-" } };

const gradeFlags = {
  input: path("FILE", "One JSON object per line; - for standard input", PAIRS.place),
  grader: oneOf(
    "NAME",
    GRADER_NAMES,
    "Ours (default), or the released SofT-GRPO's string rule",
  ),
  against: someOf("A,B", SECOND_OPINIONS, "Print only the pairs on which these graders differ from it, and a summary"),
  kind: oneOf(
    "NAME",
    PROBLEM_KINDS,
    "What was asked for (default mathematics); gold is a letter of a multiple choice, or the checks of a program",
  ),
  code: oneOf(
    "NAME",
    ["answer", "release"],
    "Whose block of code a program is: the answer's (default), or as the released SofT-GRPO takes it",
  ),
  executor,
};
/** Arguments of `grade`. */
export type GradeArguments = CommandArguments<typeof gradeFlags>;

/** `grade`. */
export const grade = command({
  name: "grade",
  summary: "JSONL {gold, pred, question?} to JSONL {equal, extracted, reason}, in the same order",
  audience: "users",
  positionals: [PAIRS],
  flags: gradeFlags,
  examples: [
    "grade --input pairs.jsonl",
    "grade --input samples.jsonl --against release-string",
    "grade --input programs.jsonl --kind python-tests",
  ],
  permissions: (flags) => [
    "grade",
    ...(flags.kind?.startsWith("python") ? ["execute-pyodide"] : []),
    ...executorSets(flags),
    // Math-Verify is a program of the machine's python3 too.
    ...(flags.against?.includes("math-verify") ? executorSets({ executor: "python" }) : []),
  ],
  run: from("./grade.ts"),
});
