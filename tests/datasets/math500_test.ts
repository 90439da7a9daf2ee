import { math500 } from "../../src/datasets/math500.ts";
import { testEvaluationSet } from "./mirror.ts";

testEvaluationSet(math500);
