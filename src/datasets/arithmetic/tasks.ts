/**
 * The five generated families, from easy to hard for the embedded model.
 *
 * @module
 */
import { addition } from "./add.ts";
import { longProduct } from "./prod3.ts";
import { product } from "./prod.ts";
import { subtraction } from "./sub.ts";
import type { ArithmeticTask } from "./task.ts";
import { twoProducts } from "./twomul.ts";

/** In this order they take turns in training. */
export const ARITHMETIC_TASKS: readonly ArithmeticTask[] = [addition, subtraction, twoProducts, product, longProduct];
