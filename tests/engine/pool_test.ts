import { assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { InterruptedError } from "../../src/interruption.ts";
import { Pool, SEATS, type Task } from "../../src/engine/pool.ts";
import { type Order, ORDER_FORM, ORDERS } from "./orders.ts";

function startPool(workers: number): Promise<Pool<Order>> {
  const url = new URL("./unruly_worker.ts", import.meta.url);
  return Pool.start({ url, form: ORDER_FORM, workers, setup: { start: "well" }, silenceSeconds: 0.5 });
}

function* give(...orders: Order[]): Task<Order> {
  for (const order of orders) assertEquals(yield order, [ORDERS.indexOf(order)]);
}

Deno.test("commands run one after another on every worker", async () => {
  const pool = await startPool(3);
  try {
    await pool.run((worker) => worker === 1 ? give() : give("echo", "echo", "echo"));
  } finally {
    pool.terminate();
  }
});

Deno.test("of one command at most a worker, those that are given none are left alone, and a failure is an error", async () => {
  const pool = await startPool(3);
  try {
    await pool.runOnce((worker) => worker === 1 ? "echo" : undefined);
    await pool.runOnce(() => undefined);
    await assertRejects(() => pool.runOnce(() => "throw"), BenchError, "failed: thrown on command");
  } finally {
    pool.terminate();
  }
});

for (
  const [order, message] of [
    ["throw", "worker 1 failed: thrown on command"],
    ["crash", "worker 1 died"],
    ["close", "does not answer"],
    ["spin", "does not answer"],
  ] as const
) {
  Deno.test(`a worker that ends by "${order}" ends the run with an error, and the pool stays at its end`, async () => {
    const pool = await startPool(2);
    try {
      await assertRejects(() => pool.run((worker) => worker === 1 ? give(order) : give("echo")), BenchError, message);
      await assertRejects(() => pool.run(() => give("echo")), BenchError, "the engine has stopped");
    } finally {
      pool.terminate();
    }
  });
}

Deno.test("a worker that shows signs of life may take longer than one may be silent", async () => {
  const pool = await startPool(2);
  try {
    await pool.run((worker) => worker === 1 ? give("labour", "echo") : give("echo"));
  } finally {
    pool.terminate();
  }
});

Deno.test("work is refused while other work runs, and the other work goes on", async () => {
  const pool = await startPool(2);
  try {
    const first = pool.run(() => give("labour"));
    await assertRejects(() => pool.run(() => give("echo")), BenchError, "on a busy engine");
    await first;
    await pool.run(() => give("echo"));
  } finally {
    pool.terminate();
  }
});

Deno.test("a task that waits goes on when another worker has answered", async () => {
  const pool = await startPool(2);
  const order: string[] = [];
  try {
    await pool.run(function* (worker): Task<Order> {
      if (worker === 0) {
        while (!order.includes("answered")) yield undefined;
        order.push("went on");
        yield "echo";
        return;
      }
      assertEquals(yield "echo", [ORDERS.indexOf("echo")]);
      order.push("answered");
    });
  } finally {
    pool.terminate();
  }
  assertEquals(order, ["answered", "went on"]);
});

Deno.test("a worker of two seats is told of both before it has answered one, and an error names it whichever fails", async () => {
  const pool = await startPool(2);
  const events: string[] = [];
  try {
    const task = function* (worker: number, seat: number): Task<Order> {
      const name = `worker ${worker} seat ${seat}`;
      events.push(`${name} told`);
      assertEquals(yield "echo", [ORDERS.indexOf("echo")]);
      events.push(`${name} answered`);
      yield* give("echo");
    };
    await pool.run(task, { seats: SEATS });
    const names = ["worker 0 seat 0", "worker 1 seat 0", "worker 0 seat 1", "worker 1 seat 1"];
    assertEquals(events.slice(0, 4), names.map((name) => `${name} told`));
    assertEquals(events.slice(4).sort(), names.map((name) => `${name} answered`).sort());
    await assertRejects(
      () => pool.run((worker, seat) => give(worker === 1 && seat === 1 ? "throw" : "echo"), { seats: SEATS }),
      BenchError,
      "worker 1 failed: thrown on command",
    );
  } finally {
    pool.terminate();
  }
});

Deno.test("interrupted work is left off in the middle of a command, and the pool can be used again", async () => {
  const pool = await startPool(2);
  const controller = new AbortController();
  const answers: unknown[] = [];
  try {
    await assertRejects(
      () =>
        pool.run(function* (worker): Task<Order> {
          if (worker === 1) {
            answers.push(yield "echo");
            controller.abort("SIGTERM");
          }
          answers.push(yield "labour");
        }, { abort: controller.signal }),
      InterruptedError,
    );
    // Neither worker came to the end of its labour.
    assertEquals(answers, [[ORDERS.indexOf("echo")]]);
    await assertRejects(() => pool.run(() => give("echo"), { abort: controller.signal }), InterruptedError);
    await pool.run(() => give("labour"));
  } finally {
    pool.terminate();
  }
});

Deno.test("workers that meet wait for one another, awake and asleep, as often as they are told to", async () => {
  const pool = await startPool(2);
  try {
    for (const late of ["echo", "labour"] as const) {
      await pool.run((worker) => worker === 0 ? give("meet") : give(late, "meet"));
    }
  } finally {
    pool.terminate();
  }
});

Deno.test("a worker whose fellow never comes leaves off when it is stopped, and when the other fails", async () => {
  const pool = await startPool(2);
  const controller = new AbortController();
  try {
    await assertRejects(
      () =>
        pool.run(function* (worker): Task<Order> {
          if (worker === 0) return yield* give("meet");
          yield "echo";
          controller.abort("SIGINT");
        }, { abort: controller.signal }),
      InterruptedError,
    );
    await pool.run(() => give("meet"));
    await assertRejects(
      () => pool.run((worker) => worker === 0 ? give("meet") : give("throw")),
      BenchError,
      "worker 1 failed: thrown on command",
    );
  } finally {
    // A worker that still waited would keep the test from ending.
    pool.terminate();
  }
});

Deno.test("a closed pool refuses work", async () => {
  const pool = await startPool(2);
  assertEquals(pool.size, 2);
  await pool.close();
  await assertRejects(() => pool.run(() => give("echo")), BenchError, "it was disposed");
});

Deno.test("a worker that cannot start is an error", async () => {
  const url = new URL("./unruly_worker.ts", import.meta.url);
  await assertRejects(
    () => Pool.start({ url, form: ORDER_FORM, workers: 2, setup: { start: "badly" } }),
    BenchError,
    "refuses to start",
  );
});
