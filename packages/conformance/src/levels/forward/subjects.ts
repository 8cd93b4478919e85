import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { compareForward } from "../../compare/forward.js";
import { requireForwardSample } from "../../drawing/require-drawn.js";
import { type Subject, subjects } from "../../networks/subjects.js";

/** Layer kinds and whole networks. */
export function forwardOfSubjects(): readonly ConformanceCase[] {
  return subjects().map((subject) => ({
    id: caseId("forward", subject.group, subject.name, { ...subject.parameters, batch: subject.batch }),
    plan: "every layer's output and the scores are the oracle's",
    source: "oracle",
    quick: subject.quick,
    run: (context) => compareSubject(context, subject),
  }));
}

async function compareSubject(context: CaseContext, { architecture, batch }: Subject): Promise<void> {
  const oracle = await context.oracle(architecture);
  const { seed, precision, tolerances } = context;
  const drawn = await requireForwardSample(oracle, architecture, { count: batch, seed, precision });
  const model = await context.compile(architecture, { maxBatch: batch });
  await model.writeParameters(drawn.parameters);
  await compareForward(model, oracle, drawn.batch, tolerances);
}
