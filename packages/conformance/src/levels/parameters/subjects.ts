import type { ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { subjects } from "../../networks/subjects.js";
import { checkParameters } from "./check-parameters.js";

/** A quick run looks at kinds that have parameters. */
const WEIGHTED: readonly string[] = ["conv2d", "linear", "ninBlock", "network"];

/** Layer kinds and whole networks. */
export function parametersOfSubjects(): readonly ConformanceCase[] {
  return subjects().map(({ group, name, parameters, architecture, quick }) => ({
    id: caseId("parameters", group, name, parameters),
    plan: "parameters have the state-dict's names and shapes, start as zeros, and are read as they were written",
    source: "design rule",
    quick: quick && WEIGHTED.includes(group),
    run: (context) => checkParameters(context, architecture),
  }));
}
