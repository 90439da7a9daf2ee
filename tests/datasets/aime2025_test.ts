import { aime2025 } from "../../src/datasets/aime2025.ts";
import { testEvaluationSet } from "./mirror.ts";

testEvaluationSet(aime2025);
