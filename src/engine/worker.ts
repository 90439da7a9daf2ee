/**
 * A worker of the engine: waits for a command, does it on the shared memory, answers. It returns to its event
 * loop only at its end.
 *
 * @module
 */
import { type Answer, Channel, Inbox } from "./channel.ts";
import { COMMAND_FORM } from "./command_form.ts";
import type { EngineSetup, WorkerCommand } from "./commands.ts";
import { createMachine, execute } from "./execute.ts";
import type { Machine } from "./forward.ts";
import { meetings } from "./meeting.ts";
import type { WorkerStart } from "./pool.ts";

/** The part of a worker's global scope that is used; `lib.dom` knows no workers. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerStart<EngineSetup>>) => void) | null;
  postMessage(message: Answer): void;
}
const scope = globalThis as unknown as WorkerScope;

scope.onmessage = (event) => {
  const { index, setup, meeting } = event.data;
  const channels = event.data.channels.map((shared) => new Channel(shared, COMMAND_FORM));
  /** Of the command at hand. */
  let [channel] = channels;
  const checkWanted = () => {
    if (channel.stopped || channel.closed) throw new StoppedError();
  };
  const beat = () => {
    channel.beat();
    checkWanted();
  };
  let machine: Machine;
  try {
    machine = createMachine(setup, index, beat, (size) => meetings(meeting, size, checkWanted));
    scope.postMessage({ result: undefined });
  } catch (error) {
    scope.postMessage({ failure: messageOf(error) });
    return;
  }
  const inbox = new Inbox(channels);
  for (let told = inbox.receive(); told !== undefined; told = inbox.receive()) {
    channel = told.channel;
    channel.answer(answer(machine, told.command));
  }
  // The main thread waits for this before it ends the thread.
  scope.postMessage({ result: undefined });
};

/** Thrown between two parts of a command that is to be left off. */
class StoppedError extends Error {}

function answer(machine: Machine, command: WorkerCommand): Answer {
  try {
    return { result: execute(machine, command) ?? undefined };
  } catch (error) {
    if (error instanceof StoppedError) return { stopped: true };
    return { failure: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
