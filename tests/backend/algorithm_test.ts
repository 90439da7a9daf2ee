/** All algorithms on the engine against tfjs-cpu; tests/slow and tests/gpu put the other backends through the suite. */
import { ALGORITHM_CASES, testAlgorithms } from "./algorithm_suite.ts";
import { testedBackend } from "./backends.ts";

testAlgorithms(await testedBackend("cpu-engine"), ALGORITHM_CASES);
