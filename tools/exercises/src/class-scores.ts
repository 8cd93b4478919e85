import { formatCount, formatPercent, markdownTable } from "@nin/page";
import { at, FieldReader } from "@nin/spec";
import { NOT_RUN, type Results } from "./render.js";

const MAX_ITEMS = 10_000;

/** A table of the runs that `measure class-scores` made: a line for each seed. */
export function classScoresTable(file: string): (results: Results) => string {
  return (results) => {
    const json = results.file(file);
    if (json === undefined) return NOT_RUN;
    const fields = new FieldReader(json, file);
    const classNames = fields.array("classNames", MAX_ITEMS);
    const lines = fields.list("runs", MAX_ITEMS, (run) => {
      const accuracies = run.array("testAccuracy", MAX_ITEMS);
      const dead = run.array("deadClasses", MAX_ITEMS).map((label) => String(at(classNames, Number(label))));
      const last = Number(accuracies.at(-1));
      return [
        String(run.raw("seed")),
        formatCount(Number(run.raw("plateauSteps"))),
        dead.length === 0 ? "none" : dead.join(", "),
        formatPercent(last),
      ];
    });
    const head = [
      { title: "Seed", align: "right" },
      { title: "Steps at ln 10", align: "right" },
      { title: "Classes never predicted" },
      { title: "Test accuracy", align: "right" },
    ] as const;
    return markdownTable(head, lines);
  };
}
