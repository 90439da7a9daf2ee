/** All ten steps of every algorithm, and the weights after them, on the engine. */
import { testedBackend } from "../backend/backends.ts";
import { testReplica } from "../contract/training_replica.ts";

testReplica(await testedBackend("cpu-engine"));
