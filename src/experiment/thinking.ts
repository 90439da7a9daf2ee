/**
 * When thinking ends, as an experiment says it: in text, where the rollout's `ThinkingRule` has tokens.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { type ColdStop, coldStopSchema } from "../rollout/rollout.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** When thinking ends, in text; `ThinkingRule` has the tokens. */
export interface ThinkingConfig {
  /** The marker whose tokens end the thinking, e.g. `</think>`. */
  readonly end: string;
  /**
   * The marker's whole token sequence, its last token alone, as the released SofT-GRPO has it, or its text, whatever
   * tokens spell it, as Butt et al. have it (default "sequence").
   */
  readonly endRule?: "sequence" | "last-sub-token" | "text";
  /** Whether the token that ends thinking is drawn, or counts as forced (default true). */
  readonly endIsDrawn?: boolean;
  /** Text forced after the end of thinking, not drawn (default ""). */
  readonly afterEnd?: string;
  /**
   * Thought positions before which nothing ends the thinking, be it the marker, Cold Stop or the end of the text; at
   * most `maxThoughts` (an integer of at least 0; default 0).
   */
  readonly minThoughts?: number;
  /**
   * Most thought positions; `atMaximum` says what follows (an integer of at least 0; absent: only the completion's
   * limit).
   */
  readonly maxThoughts?: number;
  /**
   * After `maxThoughts`: the end is forced, with what comes after it; or the model goes on with ordinary tokens, the
   * marker among them, and nothing is forced (default "force-end").
   */
  readonly atMaximum?: "force-end" | "go-on";
  /** Ends the thinking of a model that is sure of itself (absent: off). */
  readonly coldStop?: ColdStop;
}

/** When thinking ends, with nothing left open. */
export interface ResolvedThinking {
  /** The marker whose tokens end the thinking, e.g. `</think>`. */
  readonly end: string;
  /**
   * The marker's whole token sequence, its last token alone, as the released SofT-GRPO has it, or its text, whatever
   * tokens spell it, as Butt et al. have it.
   */
  readonly endRule: "sequence" | "last-sub-token" | "text";
  /** Whether the token that ends thinking is drawn, or counts as forced. */
  readonly endIsDrawn: boolean;
  /** Text forced after the end of thinking, not drawn. */
  readonly afterEnd: string;
  /**
   * Thought positions before which nothing ends the thinking, be it the marker, Cold Stop or the end of the text; at
   * most `maxThoughts` (an integer of at least 0; default 0).
   */
  readonly minThoughts?: number;
  /**
   * Most thought positions; `atMaximum` says what follows (an integer of at least 0; absent: only the completion's
   * limit).
   */
  readonly maxThoughts?: number;
  /**
   * After `maxThoughts`: the end is forced, with what comes after it; or the model goes on with ordinary tokens, the
   * marker among them, and nothing is forced (default "force-end").
   */
  readonly atMaximum?: "force-end" | "go-on";
  /** Ends the thinking of a model that is sure of itself (absent: off). */
  readonly coldStop?: ColdStop;
}
// End of written types.

/** What thinking has where nothing else is said. */
export const THINKING_DEFAULTS = { endRule: "sequence", endIsDrawn: true, afterEnd: "" } as const;

/** What a {@link ThinkingConfig} must be. */
export const thinkingSchema = z.strictObject({
  end: z.string().min(1).describe("the marker whose tokens end the thinking, e.g. `</think>`"),
  endRule: z.enum(["sequence", "last-sub-token", "text"]).exactOptional()
    .describe(
      "the marker's whole token sequence, its last token alone, as the released SofT-GRPO has it, or its text, whatever " +
        "tokens spell it, as Butt et al. have it",
    )
    .meta({ default: THINKING_DEFAULTS.endRule }),
  endIsDrawn: z.boolean().exactOptional().describe("whether the token that ends thinking is drawn, or counts as forced")
    .meta({ default: THINKING_DEFAULTS.endIsDrawn }),
  afterEnd: z.string().exactOptional().describe("text forced after the end of thinking, not drawn")
    .meta({ default: THINKING_DEFAULTS.afterEnd }),
  minThoughts: z.int().min(0).exactOptional()
    .describe(
      "thought positions before which nothing ends the thinking, be it the marker, Cold Stop or the end of the text; at " +
        "most `maxThoughts`",
    ).meta({ default: 0 }),
  maxThoughts: z.int().min(0).exactOptional().describe("most thought positions; `atMaximum` says what follows")
    .meta({ absent: "only the completion's limit" }),
  atMaximum: z.enum(["force-end", "go-on"]).exactOptional()
    .describe(
      "after `maxThoughts`: the end is forced, with what comes after it; or the model goes on with ordinary tokens, the " +
        "marker among them, and nothing is forced",
    ).meta({ default: "force-end" }),
  coldStop: coldStopSchema.exactOptional().describe("ends the thinking of a model that is sure of itself")
    .meta({ absent: "off" }),
}).readonly().meta({ id: "ThinkingConfig", description: "when thinking ends, in text; `ThinkingRule` has the tokens" });

/** Whether the least number of thoughts is at most the largest. */
export function fitsThinking(
  { minThoughts = 0, maxThoughts = Infinity }: Pick<ThinkingConfig, "minThoughts" | "maxThoughts">,
): boolean {
  return minThoughts <= maxThoughts;
}

/** Whether there are thoughts at all; otherwise every token is drawn as an answer's, from the first on. */
export function hasThoughts(
  { maxThoughts, atMaximum }: Pick<ThinkingConfig, "maxThoughts" | "atMaximum"> = {},
): boolean {
  return maxThoughts !== 0 || atMaximum !== "go-on";
}

/** What a {@link ResolvedThinking} must be. */
export const resolvedThinkingSchema = thinkingSchema.unwrap()
  .required({ endRule: true, endIsDrawn: true, afterEnd: true })
  .refine(fitsThinking, { path: ["minThoughts"], error: "at most maxThoughts" }).readonly()
  .meta({ id: "ResolvedThinking", description: "when thinking ends, with nothing left open" });
