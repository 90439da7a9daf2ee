/**
 * The domain of a result: a mean over datasets joins mathematics alone, or what is out of its domain alone, so that each
 * result is about one of them.
 *
 * @module
 */
import { type Domain, domainOf } from "../datasets/problem_kind.ts";
import type { Result } from "./types.ts";

/** What the datasets of a result are about; mathematics where it failed and has none. */
export function resultDomain({ datasets }: Pick<Result, "datasets">): Domain {
  return domainOf(datasets[0]?.kind);
}

/** What stands behind the name of something where two domains have it. */
export function domainSuffix(result: Pick<Result, "datasets">): string {
  return resultDomain(result) === "mathematics" ? "" : ", out of domain";
}
