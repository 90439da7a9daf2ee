/**
 * Which grader says what is right, as one writes it.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { GRADER_NAMES } from "./grader_name.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** Who says what is right. */
export interface GraderConfig {
  /** Who says what is right. */
  readonly name: "symbolic" | "release-string";
  /** Only a boxed answer counts (default false). */
  readonly boxed?: boolean;
  /**
   * Whose block of code a program is: the last whole one of the answer, or as the released SofT-GRPO takes it
   * (absent: the answer's).
   */
  readonly code?: "answer" | "release";
}

/** Who says what is right, with nothing left open. */
export interface ResolvedGrader {
  /** Who says what is right. */
  readonly name: "symbolic" | "release-string";
  /** Only a boxed answer counts. */
  readonly boxed: boolean;
  /**
   * Whose block of code a program is: the last whole one of the answer, or as the released SofT-GRPO takes it
   * (absent: the answer's).
   */
  readonly code?: "answer" | "release";
}
// End of written types.

/** What counts where nothing else is said. */
export const GRADER_DEFAULTS = { boxed: false };

/** What a {@link GraderConfig} must be. */
export const graderSchema = z.strictObject({
  name: z.enum(GRADER_NAMES).describe("who says what is right"),
  boxed: z.boolean().exactOptional().describe("only a boxed answer counts").meta({ default: GRADER_DEFAULTS.boxed }),
  code: z.enum(["answer", "release"]).exactOptional().describe(
    "whose block of code a program is: the last whole one of the answer, or as the released SofT-GRPO takes it",
  ).meta({ absent: "the answer's" }),
}).readonly().meta({ id: "GraderConfig", description: "who says what is right" });

/** The same with nothing left open. */
export const resolvedGraderSchema = graderSchema.unwrap().required({ boxed: true }).readonly()
  .meta({ id: "ResolvedGrader", description: "who says what is right, with nothing left open" });
