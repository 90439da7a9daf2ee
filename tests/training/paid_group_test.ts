import { assert, assertEquals, assertFalse } from "@std/assert";
import type { Verdict } from "../../src/grading/grade.ts";
import { isEqualGroup, paidCompletion, type PaidGroup, type Payment } from "../../src/training/paid_group.ts";
import type { Completion } from "../../src/rollout/completion.ts";

const PROBLEM = { id: "p", question: "2+3", answer: "5" };
const REWARD = { correct: 3, extracted: 1, missing: -1 };
const RIGHT: Verdict = { equal: true, extracted: "5", canonical: "5", reason: "same-value" };
const FAILED: Verdict = { equal: false, reason: "grader-error", graderError: "too deep" };

function completion(length: number, finish: Completion["finish"] = "stop"): Completion {
  return { steps: Array.from({ length }, (_, token) => ({ kind: "token" as const, token })), finish };
}

function payment(verdict: Verdict, objective: Partial<Payment["objective"]> = {}): Payment {
  const examination = { text: () => "", grade: () => verdict };
  return { objective: { reward: REWARD, ...objective }, examination, maxNewTokens: 11 };
}

Deno.test("a completion is paid by its verdict, and carries loss", () => {
  const own = completion(7);
  const paid = paidCompletion(own, PROBLEM, payment(RIGHT));
  assertEquals(paid, { completion: own, verdict: RIGHT, reward: 3, excluded: false });
});

Deno.test("a completion that the grader failed on has no reward and carries no loss, whatever its length", () => {
  const own = completion(11, "length");
  const paid = paidCompletion(own, PROBLEM, payment(FAILED, { overlong: { buffer: 5, penalty: 2 } }));
  assertEquals(paid, { completion: own, verdict: FAILED, excluded: true });
});

Deno.test("the penalty counts all positions against the limit, forced ones too", () => {
  const overlong = { buffer: 5, penalty: 2 };
  const rewardOf = (own: Completion) => paidCompletion(own, PROBLEM, payment(RIGHT, { overlong })).reward;
  assertEquals([6, 7, 11].map((length) => rewardOf(completion(length))), [3, 3 - 2 / 5, 1]);
  const forced = { steps: [{ kind: "forced" as const, token: 4 }, ...completion(6).steps], finish: "stop" as const };
  assertEquals(rewardOf(forced), 3 - 2 / 5);
});

Deno.test("completions that the limit cut carry loss unless they are masked, and are paid either way", () => {
  const cut = completion(11, "length");
  const masking = payment(RIGHT, { maskTruncated: true });
  assertEquals(paidCompletion(cut, PROBLEM, payment(RIGHT)).excluded, false);
  assertEquals(paidCompletion(cut, PROBLEM, masking), { completion: cut, verdict: RIGHT, reward: 3, excluded: true });
  // An end token at the last position is an end.
  assertEquals(paidCompletion(completion(11), PROBLEM, masking).excluded, false);
});

Deno.test("a group is equal where no two of its rewards differ", () => {
  const group = (...rewards: (number | undefined)[]): PaidGroup => ({
    problem: PROBLEM,
    prompt: Int32Array.of(2),
    completions: rewards.map((reward) => ({
      completion: completion(1),
      verdict: RIGHT,
      ...(reward !== undefined && { reward }),
      excluded: false,
    })),
  });
  assert(isEqualGroup(group(0, 0, 0)));
  assert(isEqualGroup(group(1, undefined, 1)));
  assert(isEqualGroup(group(undefined, undefined)));
  assertFalse(isEqualGroup(group(1, undefined, 0)));
});
