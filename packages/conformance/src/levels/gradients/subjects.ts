import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { compareGradients } from "../../compare/gradients.js";
import { requireGradientSample } from "../../drawing/require-drawn.js";
import { type Subject, subjects } from "../../networks/subjects.js";

/** Layer kinds and whole networks. */
export function gradientsOfSubjects(): readonly ConformanceCase[] {
  return subjects().map((subject) => ({
    id: caseId("gradients", subject.group, subject.name, { ...subject.parameters, batch: subject.batch }),
    plan: "the mean loss and its gradient by every parameter are the oracle's",
    source: "oracle",
    quick: subject.quick,
    run: (context) => compareSubject(context, subject),
  }));
}

async function compareSubject(context: CaseContext, { architecture, batch }: Subject): Promise<void> {
  const oracle = await context.oracle(architecture);
  const drawing = { count: batch, seed: context.seed + 100, precision: context.precision };
  const drawn = await requireGradientSample(oracle, architecture, drawing);
  const model = await context.compile(architecture, { maxBatch: batch });
  await model.writeParameters(drawn.parameters);
  await compareGradients(model, oracle, drawn.batch, drawn.allowed);
}
