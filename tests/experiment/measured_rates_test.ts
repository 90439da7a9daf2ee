import { assertEquals } from "@std/assert";
import { measuredRates } from "../../src/experiment/measured_rates.ts";

const RECORD = {
  schemaVersion: 1,
  date: "2026-11-29",
  machine: ["torch 2.11.0", "NVIDIA H200"],
  device: "cuda",
  sections: [],
  rates: { decode: 2e12, train: 3e14 },
};

async function ratesOf(record: unknown): Promise<unknown> {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, typeof record === "string" ? record : JSON.stringify(record));
  return await measuredRates(path);
}

Deno.test("measuredRates() gives the rates of a GPU with where they are from", async () => {
  const { machine, date, rates } = RECORD;
  assertEquals(await ratesOf(RECORD), { ...rates, machine, date });
});

Deno.test("measuredRates() gives nothing of a CPU, a cut check, a damaged record, or none", async () => {
  assertEquals(await ratesOf({ ...RECORD, device: "cpu" }), undefined);
  assertEquals(await ratesOf({ ...RECORD, rates: { decode: 2e12 } }), undefined);
  assertEquals(await ratesOf('{"schemaVersion": 1'), undefined);
  assertEquals(await measuredRates("/nowhere/gpu_check.json"), undefined);
});
