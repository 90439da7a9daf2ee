/**
 * Does one command on the shared memory, in a worker.
 *
 * @module
 */
import { layoutAdapter } from "./adapter_layout.ts";
import { type Keep, takeActivations, takeBackwardBuffers } from "./activations.ts";
import { backwardChunk, backwardUnit } from "./backward.ts";
import { prefillPrompts, stepSequences } from "./cached_forward.ts";
import type { AdamwCommand, EngineSetup, SumShardsCommand, UnitPlace, WorkerCommand } from "./commands.ts";
import { at, forwardUnit, type Machine, readChunk } from "./forward.ts";
import { instantiateKernels, memorylessKernels, STACK_BYTES } from "./kernels.ts";
import { FLOAT_BYTES, Region } from "./memory.ts";
import { loadNativeKernels } from "./native/kernels.ts";
import { type CKernels, loadBlas } from "./native/library.ts";
import { PanelTable } from "./panels.ts";
import { readRows } from "./read_rows.ts";
import { layoutRecording, takeUnit } from "./recorded_rows.ts";
import { panelWidths } from "./weight_product.ts";
import { layoutCopies, layoutParameters } from "./parameters.ts";

/** What a worker computes with. */
export function createMachine(
  setup: EngineSetup,
  worker: number,
  beat: () => void,
  meetings: Machine["meetings"],
): Machine {
  const { config, memory } = setup;
  const parameters = layoutParameters(config);
  const adapter = setup.adapter && layoutAdapter(config, setup.adapter, parameters);
  const { native } = setup;
  const kernels = memory instanceof WebAssembly.Memory
    ? instantiateKernels(setup.module, memory, setup.stacks + worker * STACK_BYTES)
    : { ...memorylessKernels(setup.module), ...loadNativeKernels(native as CKernels, memory) };
  return {
    config,
    parameters,
    copies: layoutCopies(parameters),
    panels: new PanelTable(memory, setup.panels, config.layers),
    panelWidth: panelWidths(native),
    ...(adapter !== undefined && { adapter }),
    recording: layoutRecording(config),
    memory,
    kernels,
    sgemm: native?.kind === "blas" ? loadBlas(native, memory) : kernels.product,
    meetings,
    beat,
  };
}

/** Does a command; returns its answer. */
export function execute(machine: Machine, command: WorkerCommand): number[] | void {
  const { kernels } = machine;
  switch (command.kind) {
    case "prefill":
      return prefillPrompts(machine, command);
    case "step":
      return stepSequences(machine, command);
    case "read":
      return readRows(machine, command.places, command.reads, command.rows);
    case "forward": {
      const { activations } = unitBuffers(machine, command.arena, command.unit, command.keep);
      const compute = command.keep === "recorded" ? takeUnit : forwardUnit;
      compute(machine, command.places, command.unit, activations);
      return readChunk(machine, command.places, activations, command.chunk);
    }
    case "nextChunk": {
      const { activations, region } = unitBuffers(machine, command.arena, command.unit, command.keep);
      if (command.gradients !== 0) {
        if (command.clear) kernels.fillZero(command.gradients, trainedSize(machine));
        const buffers = backwardBuffers(machine, region, command.unit);
        backwardChunk(machine, command.places, activations, buffers, command.done, command.gradients);
      }
      return readChunk(machine, command.places, activations, command.chunk);
    }
    case "backward": {
      const { activations, region } = unitBuffers(machine, command.arena, command.unit, command.keep);
      const { places, transposed, unit, gradients } = command;
      const buffers = backwardBuffers(machine, region, unit);
      if (command.clear) kernels.fillZero(gradients, trainedSize(machine));
      backwardChunk(machine, places, activations, buffers, command.done, gradients);
      return backwardUnit(
        machine,
        places,
        transposed,
        unit,
        activations,
        buffers,
        gradients,
        command.trainInputs,
        command.keep,
      );
    }
    case "sumShards":
      return sumShards(machine, command);
    case "adamw":
      return adamw(machine, command);
    case "pack":
    case "packTransposed":
    case "packBf16":
    case "packTransposedBf16": {
      const { kind, from, fromStride, rows, columns, to, width } = command;
      return kernels[kind](from, fromStride, rows, columns, to, width);
    }
  }
}

function unitBuffers(machine: Machine, arena: number, unit: UnitPlace, keep: Keep) {
  const region = new Region(arena);
  const { config, kernels, adapter } = machine;
  const activations = takeActivations(region, config, unit, keep, kernels.attentionBlockRows(), adapter?.width);
  return { activations, region };
}

function backwardBuffers({ config, kernels, adapter }: Machine, region: Region, unit: UnitPlace) {
  return takeBackwardBuffers(region, config, unit, kernels.attentionBlockRows(), adapter?.width);
}

/** Floats of a gradient shard. */
function trainedSize({ adapter, parameters }: Machine): number {
  return adapter?.size ?? parameters.size;
}

function sumShards(machine: Machine, command: SumShardsCommand): number[] {
  return Array.from({ length: command.pieces }, (_, i) => {
    const offset = (command.firstPiece + i) * command.piece;
    const count = Math.min(command.piece, command.size - offset);
    return machine.kernels.sumShards(at(command.gradients, offset), command.shardBytes, command.shards, count);
  });
}

function adamw(machine: Machine, command: AdamwCommand): void {
  const { beta1, beta2 } = command;
  const shift = command.offset * FLOAT_BYTES;
  machine.kernels.adamw(
    command.weights + shift,
    command.gradients + shift,
    command.first + shift,
    command.second + shift,
    command.count,
    command.gradientScale,
    beta1,
    1 - beta1,
    beta2,
    1 - beta2,
    command.decay,
    command.rate,
    command.correction,
    command.epsilon,
  );
}
