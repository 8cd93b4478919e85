import { BenchError } from "../errors";
import { backendLine } from "./backends";
import type { Line } from "./implementation";
import { type PeerPlaces, peerLine } from "./baselines";

/** Who is asked for. */
export interface LineOptions extends PeerPlaces {
  /** `ID` or `ID:DEVICE`; by default every usable device. */
  readonly backends?: readonly string[];
}

/**
 * Everyone who can be measured here, backends first. Nothing is reported before what was asked for is known to be there.
 *
 * Throws: `BenchError` for an unknown backend, and where nobody can be measured.
 */
export async function findLine(options: LineOptions, report: (doing: string) => void): Promise<Line> {
  const backends = await backendLine(options.backends ?? []);
  const hasPeers = options.python !== undefined || options.tfjs !== undefined;
  if (!hasPeers) requireSomeone(backends);
  report("backends");
  const peers = await peerLine(options, report);
  const line = {
    contestants: [...backends.contestants, ...peers.contestants],
    absent: [...backends.absent, ...peers.absent],
  };
  requireSomeone(line);
  return line;
}

function requireSomeone({ contestants, absent }: Line): void {
  if (contestants.length > 0) return;
  const reasons = absent.map(({ what, why }) => `${what}: ${why}`).join("; ");
  throw new BenchError(`backend: none of those asked for can be measured here: ${reasons}`);
}
