/**
 * `setup:tensorflow`: makes or removes the native TensorFlow build of `--backend tensorflow`.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { SetupTensorflowArguments } from "./descriptions/supplies.ts";
import { UsageError } from "../errors.ts";
import { Progress } from "../progress.ts";
import { defaultFolder } from "../tensorflow/build.ts";
import type { TensorflowDevice } from "../tensorflow/pins.ts";
import { removeTensorflow, setupTensorflow } from "../tensorflow/setup.ts";
import { nvidiaDriver } from "../tensorflow/nvidia.ts";

/** Runs the command. */
export async function run({ flags }: SetupTensorflowArguments): Promise<number> {
  const progress = new Progress();
  const { cpu, cuda, undo } = flags;
  if (cpu && cuda) throw new UsageError("Cannot set up TensorFlow: found --cpu and --cuda, expected one of them");
  if (undo) {
    const removed = await removeTensorflow();
    progress.note(removed ? `removed ${defaultFolder()}` : `nothing to remove in ${defaultFolder()}`);
    return EXIT.ok;
  }
  const { build, made } = await setupTensorflow({
    device: cuda ? "cuda" : cpu ? "cpu" : await deviceHere(),
    from: flags.from,
    source: flags.source,
    note: (text) => progress.note(text),
  });
  progress.note(
    `${made ? "made" : "there already"}: TensorFlow ${build.tensorflow} (${build.source}) for ${build.device}, ` +
      `tfjs-node ${build.tfjsNode}, in ${defaultFolder()}`,
  );
  return EXIT.ok;
}

/** The device that this machine suggests. */
async function deviceHere(): Promise<TensorflowDevice> {
  return await nvidiaDriver() === undefined ? "cpu" : "cuda";
}
