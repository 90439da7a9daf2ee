/**
 * What tables call the ways to think.
 *
 * @module
 */
import type { Way } from "../gpu/work.ts";

/** By way; soft GRPO is the name of two algorithms, one of which has another name too. */
export const TITLES: Readonly<Record<Way, string>> = {
  discrete: "discrete GRPO",
  "soft-thinking": "SofT-GRPO",
  "soft-tokens": "soft GRPO of Butt et al.",
  multiplex: "Multiplex Thinking",
};
