/**
 * The graders by the names under which configurations and results know them.
 *
 * @module
 */
import { grade, type GradeOptions, GRADER_VERSION, type Verdict } from "./grade.ts";
import { gradeReleaseString, RELEASE_STRING_VERSION } from "./release_string.ts";
import type { GraderName } from "./grader_name.ts";

/** A grader with the version that a result file states. */
export interface Grader {
  readonly name: GraderName;
  readonly version: string;
  readonly grade: (completion: string, gold: string, options?: GradeOptions) => Verdict;
}

/** Every grader by its name. */
export const GRADERS: Readonly<Record<GraderName, Grader>> = {
  symbolic: { name: "symbolic", version: GRADER_VERSION, grade },
  "release-string": { name: "release-string", version: RELEASE_STRING_VERSION, grade: gradeReleaseString },
};
