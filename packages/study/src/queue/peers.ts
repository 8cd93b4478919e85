import { missingPeer, type PeerPackage } from "@nin/files";
import { QueueError } from "./errors.js";

const PG: PeerPackage = { name: "pg", install: "pg@8 pg-boss@12" };
const PG_BOSS: PeerPackage = { name: "pg-boss", install: "pg-boss@12 pg@8" };

/** The packages that a queue is made of. */
export interface QueueModules {
  readonly pg: Pick<typeof import("pg"), "Pool">;
  readonly PgBoss: typeof import("pg-boss").PgBoss;
}

/** The oldest Node that pg-boss supports. */
const OLDEST_NODE = [22, 12] as const;

/**
 * Loads them, for they are optional: only studies on many machines need a database.
 *
 * @throws `QueueError` on a Node that pg-boss does not support; `MissingPackageError`
 */
export async function loadQueueModules(nodeVersion: string = process.versions.node): Promise<QueueModules> {
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new QueueError(
      `studies on many machines need Node ${OLDEST_NODE.join(".")} or later, and this is Node ${nodeVersion}; all else of nin works with it`,
    );
  }
  const { default: pg } = await import("pg").catch(missingPeer(PG));
  const { PgBoss } = await import("pg-boss").catch(missingPeer(PG_BOSS));
  return { pg, PgBoss };
}
