import { formatCount, NO_NUMBER } from "@nin/page";
import { FieldReader } from "@nin/spec";
import type { StudyColumn } from "@nin/study/node";
import type { Results } from "./render.js";

const FILE = "network-speed";
const MAX_ITEMS = 1000;

/** How many images a second each network of a study is trained on and classifies, as measured in turn by `measure network-speed`. */
export function speedColumns(results: Results): readonly StudyColumn[] {
  const file = new FieldReader(results.file(FILE), FILE);
  const speeds = new Map<string, { readonly train: number; readonly forward: number }>();
  file.list("results", MAX_ITEMS, (entry) => {
    const medianOf = (name: string) => entry.object(name).number("median", "a number", () => true);
    speeds.set(entry.string("model"), { train: medianOf("train"), forward: medianOf("forward") });
  });
  const column = (title: string, kind: "train" | "forward"): StudyColumn => {
    const value: StudyColumn["value"] = ({ runs: [run] }) =>
      speeds.get(modelName(run?.settings.model))?.[kind] ?? null;
    const text: StudyColumn["text"] = (group) => {
      const speed = value(group);
      return typeof speed === "number" ? formatCount(Math.round(speed)) : NO_NUMBER;
    };
    return { title, value, text, align: "right" };
  };
  return [column("Trained images/s", "train"), column("Classified images/s", "forward")];
}

/** That of a file without its folder. */
function modelName(model: unknown): string {
  return String(model)
    .replace(/^.*\//, "")
    .replace(/\.json$/, "");
}
