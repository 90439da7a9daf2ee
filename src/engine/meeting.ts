/**
 * Where the workers of a pool wait for one another in the middle of a command.
 *
 * @module
 */
const CAME = 0, ASLEEP = 1;
/** Numbers that all workers of a pool share. */
export const MEETING_INTS = 2;
/** Looks before a worker sleeps, some tens of microseconds: most others come within a few, and to be woken takes longer. */
const LOOKS = 4000;
/** A sleeper looks this often whether it is still wanted. */
const NAP_MILLISECONDS = 50;

/** Makes all numbers as before the first meeting; while every worker is idle. */
export function clearMeetings(numbers: Int32Array): void {
  Atomics.store(numbers, CAME, 0);
}

/**
 * Meetings of some workers during one command, one after another: whoever calls the result waits until all have.
 *
 * @param numbers shared by the workers, as {@link clearMeetings} left them
 * @param size how many workers meet
 * @param checkWanted throws where the command is to be left off, as others may then never come
 */
export function meetings(numbers: Int32Array, size: number, checkWanted: () => void): () => void {
  let expected = 0;
  return () => {
    expected += size;
    if (Atomics.add(numbers, CAME, 1) + 1 === expected) {
      if (Atomics.load(numbers, ASLEEP) > 0) Atomics.notify(numbers, CAME);
      return;
    }
    for (let look = 0; look < LOOKS; look++) if (Atomics.load(numbers, CAME) >= expected) return;
    Atomics.add(numbers, ASLEEP, 1);
    try {
      for (let came = Atomics.load(numbers, CAME); came < expected; came = Atomics.load(numbers, CAME)) {
        checkWanted();
        Atomics.wait(numbers, CAME, came, NAP_MILLISECONDS);
      }
    } finally {
      Atomics.sub(numbers, ASLEEP, 1);
    }
  };
}
