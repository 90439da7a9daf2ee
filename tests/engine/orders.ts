/** Commands of the worker in unruly_worker.ts. */
import type { Form } from "../../src/engine/channel.ts";

/** All of them. */
export const ORDERS = ["echo", "throw", "crash", "close", "spin", "labour", "meet"] as const;
/** One of them; the answer is its place. */
export type Order = (typeof ORDERS)[number];

/** As its place. */
export const ORDER_FORM: Form<Order> = {
  write: (order, to) => to[0] = ORDERS.indexOf(order),
  reader: (from) => () => ORDERS[from[0]],
};
