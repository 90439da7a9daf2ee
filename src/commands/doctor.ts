/**
 * `doctor`: what this machine has, as a table or as JSON.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { DoctorArguments } from "./descriptions/supplies.ts";
import { places } from "./places.ts";
import { ALL_AREAS, examine } from "../doctor/doctor.ts";
import type { Fact, FactState } from "../doctor/fact.ts";
import { Progress } from "../progress.ts";
import { renderTextTable, stdoutHasColour, type Tone } from "../text/table.ts";
import { wrapWidth } from "../text/width.ts";

/** @returns 0, or 1 where something is missing that the default experiment needs */
export async function run({ flags }: DoctorArguments): Promise<number> {
  const progress = new Progress({ quiet: flags.quiet === true });
  const facts = await examine({
    ...(flags.network === true && { areas: ALL_AREAS }),
    onArea: (area) => progress.note(`looking at ${area} …`),
  });
  console.log(
    flags.json === true
      ? JSON.stringify({ facts }, null, 2)
      : doctorText(facts, { colour: stdoutHasColour(), program: places().program }),
  );
  return facts.some(({ state }) => state === "missing") ? EXIT.failed : EXIT.ok;
}

const SIGNS: Readonly<Record<FactState, readonly [sign: string, tone: Tone]>> = {
  ok: ["✓", "good"],
  missing: ["✗", "bad"],
  absent: ["–", "dim"],
  damaged: ["!", "bad"],
  info: [" ", "plain"],
};

/** Columns of the last column of a table. */
const DETAIL_WIDTH = 72;

function detailLines(found: string, fix: string | undefined, program: string): string {
  const advice = fix === undefined ? [] : wrapWidth(`→ ${fix.replace("deno task", program)}`, DETAIL_WIDTH);
  return [...wrapWidth(found, DETAIL_WIDTH), ...advice].join("\n");
}

/** The facts as tables, and what to do about them. */
export function doctorText(
  facts: readonly Fact[],
  { colour, program = "deno task" }: { colour: boolean; program?: string },
): string {
  const tables = [...Map.groupBy(facts, ({ area }) => area)].map(([area, own]) =>
    renderTextTable({
      title: area[0].toUpperCase() + area.slice(1),
      columns: [{ header: "", align: "left" }, { header: "", align: "left" }, { header: "", align: "left" }],
      rows: own.map(({ state, name, found, fix }) => {
        const [sign, tone] = SIGNS[state];
        return [{ text: sign, tones: [tone] }, name, detailLines(found, fix, program)];
      }),
    }, { colour })
  );
  const named = (wanted: FactState) => facts.filter(({ state }) => state === wanted).map(({ name }) => name).join(", ");
  const verdict = named("missing") === ""
    ? `Everything that the default experiment needs is there: ${program} bench`
    : `Missing: ${named("missing")}`;
  const damage = named("damaged") === "" ? [] : [`Damaged: ${named("damaged")}`];
  return [...tables, ...damage, verdict].join("\n\n");
}
