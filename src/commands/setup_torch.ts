/**
 * `setup:torch`: makes or removes the Python of `--backend torch`.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { SetupTorchArguments } from "./descriptions/supplies.ts";
import { UsageError } from "../errors.ts";
import { Progress } from "../progress.ts";
import { nvidiaDriver } from "../tensorflow/nvidia.ts";
import { defaultFolder } from "../torch/environment.ts";
import { removeTorch, setupTorch } from "../torch/setup.ts";
import { describeWorker } from "../torch/status.ts";

/** Runs the command. */
export async function run({ flags }: SetupTorchArguments): Promise<number> {
  const progress = new Progress();
  const { cpu, cuda, python, undo } = flags;
  if (cpu && cuda) throw new UsageError("Cannot set up PyTorch: found --cpu and --cuda, expected one of them");
  if (undo) {
    const removed = await removeTorch();
    progress.note(removed ? `removed ${defaultFolder()}` : `nothing to remove in ${defaultFolder()}`);
    return EXIT.ok;
  }
  const hasDriver = await nvidiaDriver() !== undefined;
  const { description, made } = await setupTorch({
    build: cuda || (!cpu && hasDriver) ? "cuda" : "cpu",
    python,
    note: (text) => progress.note(text),
  });
  progress.note(`${made ? "made" : "there already"}: ${describeWorker(description).join(", ")}, in ${defaultFolder()}`);
  return EXIT.ok;
}
