import { formatCount, NO_NUMBER } from "@nin/page";
import { builtinArchitecture, builtinArchitectures, FieldReader } from "@nin/spec";
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
    speeds.set(networkOf(entry.string("model")), { train: medianOf("train"), forward: medianOf("forward") });
  });
  const column = (title: string, kind: "train" | "forward"): StudyColumn => {
    const value: StudyColumn["value"] = ({ runs: [run] }) =>
      speeds.get(networkOf(String(run?.settings.model)))?.[kind] ?? null;
    const text: StudyColumn["text"] = (group) => {
      const speed = value(group);
      return typeof speed === "number" ? formatCount(Math.round(speed)) : NO_NUMBER;
    };
    return { title, value, text, align: "right" };
  };
  return [column("Trained images/s", "train"), column("Classified images/s", "forward")];
}

/** What a network is by whichever name: the name of a file without its folder, else the layers of a built-in one. */
function networkOf(model: string): string {
  const [name] = model.split("?");
  if (!builtinArchitectures.some((builtin) => builtin.name === name)) {
    return model.replace(/^.*\//, "").replace(/\.json$/, "");
  }
  const { input, layers } = builtinArchitecture(model);
  return JSON.stringify({ input, layers });
}
