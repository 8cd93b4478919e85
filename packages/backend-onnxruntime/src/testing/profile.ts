import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A node that ran, from the runtime's profile. */
export interface ProfiledNode {
  readonly name: string;
  readonly opType: string;
  /** `WebGpuExecutionProvider`. */
  readonly provider: string;
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

/** The nodes that ran, of every profile in a folder. */
export async function profiledNodes(folder: string): Promise<readonly ProfiledNode[]> {
  const files = (await readdir(folder)).filter((name) => name.startsWith("profile"));
  const events = await Promise.all(
    files.map(
      async (name): Promise<readonly ProfileEvent[]> =>
        JSON.parse(await readFile(join(folder, name), "utf8")),
    ),
  );
  return events
    .flat()
    .flatMap(({ cat, name, args }) =>
      cat === "Node" && args?.provider !== undefined && args.op_name !== undefined
        ? [{ name, opType: args.op_name, provider: args.provider }]
        : [],
    );
}
