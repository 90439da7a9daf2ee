import { amc23 } from "../../src/datasets/amc23.ts";
import { testEvaluationSet } from "./mirror.ts";

testEvaluationSet(amc23);
