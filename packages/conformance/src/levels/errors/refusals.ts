import type { Model, TrainingSession } from "@nin/backend";
import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { checkRefused } from "../../check/refusal.js";

/** A call that a model must refuse, and the code of its error. */
export interface Refusal<Subject> {
  /** `label-too-large`. */
  readonly name: string;
  readonly code: string;
  call(subject: Subject): Promise<unknown>;
}

/** Makes a case of each refusal: the call is refused, and afterwards `check` still holds. */
export function refusalCases<Subject extends Model | TrainingSession>(
  group: string,
  refusals: readonly Refusal<Subject>[],
  setUp: (context: CaseContext) => Promise<{ readonly subject: Subject; checkUsable(): Promise<void> }>,
): readonly ConformanceCase[] {
  return refusals.map(({ name, code, call }) => ({
    id: caseId("errors", group, name),
    plan: `is refused with ${code}; nothing has changed, and the model is usable`,
    source: "design rule",
    quick: true,
    run: async (context) => {
      const { subject, checkUsable } = await setUp(context);
      await checkRefused(call(subject), code, name);
      await checkUsable();
    },
  }));
}
