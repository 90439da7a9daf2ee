/**
 * TensorFlow's settings that it reads from the environment alone, when it starts.
 *
 * Its line on oneDNN cannot be silenced but by TF_ENABLE_ONEDNN_OPTS=0, which takes a sixth longer for a training step of
 * the tiny model on an AVX-512 machine; the choice is left to TensorFlow and to the user.
 *
 * @module
 */

const SETTINGS = {
  // Errors and warnings, without the lines on which CPU instructions it found.
  TF_CPP_MIN_LOG_LEVEL: "1",
  // Take the card's memory as it is needed: others may compute there too.
  TF_FORCE_GPU_ALLOW_GROWTH: "true",
  // Sums in a fixed order, so that the same shapes give the same bytes.
  TF_DETERMINISTIC_OPS: "1",
} as const;

/** The variables, as a permission set must allow them. */
export const TENSORFLOW_VARIABLES: readonly string[] = Object.keys(SETTINGS);

/** Sets those that are not set already and that the permissions allow. */
export function prepareEnvironment(): void {
  for (const [variable, value] of Object.entries(SETTINGS)) {
    const allowed = Deno.permissions.querySync({ name: "env", variable }).state === "granted";
    if (allowed && Deno.env.get(variable) === undefined) Deno.env.set(variable, value);
  }
}

/**
 * How products of float32 numbers are computed on a GPU. TensorFlow lets cards since Ampere round the factors to 10 bits
 * (TF32) unless NVIDIA_TF32_OVERRIDE is 0, which the numerical suite needs.
 */
export function productPrecision(): "float32" | "TF32 where the card has it" {
  const variable = "NVIDIA_TF32_OVERRIDE";
  const allowed = Deno.permissions.querySync({ name: "env", variable }).state === "granted";
  return allowed && Deno.env.get(variable) === "0" ? "float32" : "TF32 where the card has it";
}
