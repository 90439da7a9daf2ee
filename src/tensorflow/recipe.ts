/**
 * Identity of a build: a hash over all that it is made from, so that other pins ask for another build.
 *
 * @module
 */
import { sha256 } from "../files/hash.ts";
import type { TensorflowBuild } from "./build.ts";
import { COMPILATION } from "./compile.ts";
import { OFFICIAL, WHEELS } from "./pins.ts";

/** The recipe of this version of the program for builds of this device and source, 64 hexadecimal digits. */
export function recipeOf({ device, source }: Pick<TensorflowBuild, "device" | "source">): string {
  const tensorflow = { wheel: WHEELS[device], official: OFFICIAL, installed: null }[source];
  return sha256(JSON.stringify({ device, source, tensorflow, COMPILATION }));
}
