import type { ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { subjects } from "../../networks/subjects.js";
import { checkShapes } from "./check-shapes.js";

/** Layer kinds and whole networks. */
export function shapesOfSubjects(): readonly ConformanceCase[] {
  return subjects().map(({ group, name, parameters, architecture, quick }) => ({
    id: caseId("shapes", group, name, parameters),
    plan: "realized layers, and activations and scores of 1, 2 and 5 images, have the shapes of the architecture",
    source: "design rule; PyTorch's shapes in the tests of @nin/spec",
    quick,
    run: (context) => checkShapes(context, architecture),
  }));
}
