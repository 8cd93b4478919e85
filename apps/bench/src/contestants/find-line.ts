import { backendLine } from "./backends.js";
import type { Line } from "./contestant.js";

export interface LineOptions {
  readonly backends?: readonly string[];
  readonly python?: string;
  readonly tfjs?: string;
}

/** Everyone who can be measured here, backends first. Throws: `BenchError` for an unknown backend. */
export async function findLine(
  { backends = [] }: LineOptions,
  report: (doing: string) => void,
): Promise<Line> {
  report("backends");
  return backendLine(backends);
}
