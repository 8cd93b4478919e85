import { backendLine } from "./backends.js";
import type { Line } from "./contestant.js";
import { type PeerPlaces, peerLine } from "./peers.js";

/** Who is asked for. */
export interface LineOptions extends PeerPlaces {
  /** `ID` or `ID:DEVICE`; by default every usable device. */
  readonly backends?: readonly string[];
}

/** Everyone who can be measured here, backends first. Throws: `BenchError` for an unknown backend. */
export async function findLine(options: LineOptions, report: (doing: string) => void): Promise<Line> {
  report("backends");
  const backends = await backendLine(options.backends ?? []);
  const peers = await peerLine(options, report);
  return {
    contestants: [...backends.contestants, ...peers.contestants],
    absent: [...backends.absent, ...peers.absent],
  };
}
