/**
 * GPQA-Diamond: 198 multiple-choice questions of biology, physics and chemistry by Rein et al. (arXiv:2311.12022). Its
 * authors ask that no question be put online in plain text, so none is in this repository or in a report.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { RandomSequence } from "../random/streams.ts";
import { openReasonerZeroFile, type PublishedDataset, softGrpoFile, softThinkingFile } from "./published_dataset.ts";
import { jsonArray, type Row } from "./rows.ts";

const NAME = "gpqa-diamond";

/** Letters of the options, in order. */
const LETTERS = ["A", "B", "C", "D"] as const;

/**
 * Both files hold the same questions, each with an order of the options of its own; here a random stream orders them,
 * the same for both. A letter of a published file is therefore not a letter of these rows, and the origin, a zip with a
 * password, is not read.
 */
export const gpqaDiamond: PublishedDataset = {
  name: NAME,
  use: "out-of-domain",
  kind: "multiple-choice",
  version: "softgrpo-2b9d8ec",
  rows: 198,
  licence: "CC BY 4.0; its authors ask not to show examples online",
  files: [
    {
      urls: [softGrpoFile("gpqa_diamond.json"), softThinkingFile("gpqa_diamond.json")],
      pin: {
        sha256: "a24a0e376dcf6d1ea515ed6810c3918293406655ea760b6c2ab76e8b96af88da",
        bytes: 200_369,
        gitBlobSha1: "121ac57688d701294618a83705b370294723a384",
      },
      read: jsonArray(choiceRow),
    },
    {
      urls: [openReasonerZeroFile("gpqa_diamond.json")],
      pin: {
        sha256: "0cc1a9474957fa91ea5d6e9a901cab528576cddcd639ffb51240a77bab7678e2",
        bytes: 200_369,
        gitBlobSha1: "1d6283c29abe432e6d68ac7cea8d43bf3f070aac",
      },
      read: jsonArray(choiceRow),
    },
  ],
  errata: [],
  currency: true,
  withheld: true,
};

/**
 * A published row `{prompt: [{value}], final_answer, choices}`, whose prompt ends with its options, as a question whose
 * options stand in the order of the stream named by its text, and the letter that is right there.
 *
 * @throws {BenchError} If it has no four options, no letter, or no options at its end
 */
export function choiceRow(
  { prompt, final_answer, choices }: Readonly<Record<string, unknown>>,
): Row {
  const value = Array.isArray(prompt) ? prompt[0]?.value : undefined;
  const options = LETTERS.map((letter) => (choices as Record<string, unknown> | null | undefined)?.[letter]);
  const right = LETTERS.findIndex((letter) => letter === final_answer);
  // What is found is not shown: it is a question.
  if (typeof value !== "string" || right < 0 || !options.every((option) => typeof option === "string")) {
    throw new BenchError("found a row without text, options A to D or the letter of one, expected all three");
  }
  const end = value.lastIndexOf(`\n${LETTERS[0]}. `);
  if (end < 0) throw new BenchError('found a question without options at its end, expected "A. …" to "D. …"');
  const stem = value.slice(0, end).trimEnd();
  // From an order that no file decides.
  const shuffled = new RandomSequence("option-order", NAME, stem).shuffle((options as string[]).toSorted());
  return {
    question: `${stem}\n\n${shuffled.map((option, i) => `${LETTERS[i]}. ${option}`).join("\n")}`,
    answer: LETTERS[shuffled.indexOf(options[right] as string)],
  };
}
