import { existsSync } from "node:fs";
import { join } from "node:path";

/** A folder under `runs/` that is not there yet: model, recipe and the time. */
export function newRunFolder(model: string, recipe: string, now: Date = new Date()): string {
  const time = now.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const words = [model, recipe].map((word) => word.replace(/[^A-Za-z0-9.=-]+/g, "-").slice(0, 60));
  const name = [...words, time].join("-");
  const taken = (suffix: string): boolean => existsSync(join("runs", `${name}${suffix}`));
  let suffix = "";
  for (let number = 2; taken(suffix); number += 1) suffix = `-${number}`;
  return join("runs", `${name}${suffix}`);
}
