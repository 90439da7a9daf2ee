/**
 * Where the numbers come from: every result with its configuration, model, code and machine.
 *
 * @module
 */
import { durationText } from "../../progress.ts";
import { NOTHING } from "../../text/numbers.ts";
import { type Markup, markup } from "../markup.ts";
import { dataTable, fold, section } from "../parts.ts";
import { coverageOf, coverageText } from "../../result/coverage.ts";
import type { Result } from "../../result/types.ts";

const HASH_DIGITS = 12;
const FACTS_ELSEWHERE = new Set(["backend", "reproducibility"]);

/** Tables of results and of datasets, and the settings of each result. */
export function provenanceSection(results: readonly Result[], id: string): Markup {
  const datasets = new Map(
    results.flatMap((result) =>
      result.datasets.map((dataset) => [`${dataset.name} ${dataset.version} ${dataset.sha256}`, dataset] as const)
    ),
  );
  return section(`${id}-provenance`, "Provenance", [
    dataTable({
      caption: "Results. Equal configuration hashes mean equal settings; hashes are the first digits of SHA-256.",
      head: ["arm", "seed", "status", "config", "weights", "backend", "repeats", "commit", "started", "took"],
      rows: results.map(({ arm, status, experiment, model, device, code, run }) => [
        arm.label,
        String(arm.seed),
        status,
        hash(experiment.configSha256),
        hash(typeof model.trained.sha256 === "string" ? model.trained.sha256 : model.sha256),
        device.backend,
        device.reproducibility,
        [hash(code.commit), code.dirty ? " + changes" : undefined],
        run.startedAt.slice(0, "YYYY-MM-DDTHH:MM".length).replace("T", " "),
        durationText(1000 * run.durationSeconds),
      ]),
    }),
    dataTable({
      caption: "Datasets.",
      head: ["name", { content: "version", className: "text" }, "problems", "sha256"],
      rows: [...datasets.values()].map((dataset) => [
        dataset.name,
        { content: dataset.version, className: "text" },
        coverageText(coverageOf(dataset)),
        hash(dataset.sha256),
      ]),
    }),
    fold("Settings and machine of each result", results.map(settings)),
  ]);
}

function settings(result: Result): Markup {
  const entries = facts(result).map(([name, value]) => markup`<dt>${name}</dt><dd><code>${value}</code></dd>`);
  return markup`<h3>${result.arm.label}, seed ${result.arm.seed}</h3><dl>${entries}</dl>`;
}

function hash(sha256: string | null): Markup | string {
  return sha256 === null || sha256 === ""
    ? NOTHING
    : markup`<code title="${sha256}">${sha256.slice(0, HASH_DIGITS)}</code>`;
}

function facts({ model, grader, decoding, device, overlap, source, code }: Result): [string, string][] {
  return [
    [
      "base model",
      `${model.source}${model.parameters === null ? "" : `, ${model.parameters.toLocaleString("en")} parameters`}`,
    ],
    ["grader", `${grader.name} ${grader.version}`],
    ["program", code.version],
    ...Object.entries(decoding).map(([name, value]): [string, string] => [name, valueText(value)]),
    ...Object.entries(device).filter(([name]) => !FACTS_ELSEWHERE.has(name))
      .map(([name, value]): [string, string] => [name, valueText(value)]),
    ["training problems shared with evaluation", `${overlap.sharedWithEvaluation} of ${overlap.trainingProblems}`],
    ...(source === undefined ? [] : [["source", source] as [string, string]]),
  ];
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
