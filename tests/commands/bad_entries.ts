/**
 * What may lie in a folder of results under a result's name.
 *
 * @module
 */
import { serializeResult } from "../../src/result/serialize.ts";
import { exampleResult } from "../result/example.ts";

/** Puts one of each kind into a folder, before and after what is there by name; returns what an error about each says. */
export function putBadEntries(folder: string): string[] {
  const { average, ...rest } = exampleResult();
  const tampered = { ...rest, average: { ...average, meanTokens: 7 } };
  const deep = `{"deep":${"[".repeat(30_000)}${"]".repeat(30_000)}}`;
  const files: Readonly<Record<string, string>> = {
    "0-damaged.json": "{",
    "0-deep.json": deep,
    "0-empty.json": "",
    "0-other.json": "[1]",
    "z-tampered.json": serializeResult(tampered),
  };
  for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(`${folder}/${name}`, text);
  Deno.mkdirSync(`${folder}/0-folder.json`);
  for (
    const [name, to] of [["0-loop.json", "0-loop.json"], ["0-nowhere.json", "absent"], ["0-out.json", "/etc/hosts"]]
  ) {
    Deno.symlinkSync(to, `${folder}/${name}`);
  }
  Deno.writeTextFileSync(`${folder}/0-large.json`, "");
  Deno.truncateSync(`${folder}/0-large.json`, 2 ** 26 + 1);
  return [...Object.keys(files), "0-folder.json", "0-loop.json", "0-nowhere.json", "0-out.json", "0-large.json"];
}
