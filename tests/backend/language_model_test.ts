/** The backends that every machine has, in one suite; tests/slow and tests/gpu put the others through it. */
import { testedBackend } from "./backends.ts";
import { testBackend } from "./suite.ts";

testBackend(await testedBackend("cpu-engine"));
testBackend(await testedBackend("tfjs-cpu"));
