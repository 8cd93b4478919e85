/** Something that some cases need and not every host has. */
export type HostFeature = "files" | "fixtures" | "memory";

/** A folder for the files of one case. Names are plain file names, without folders. */
export interface CaseFiles {
  write(name: string, bytes: Uint8Array): Promise<void>;
  read(name: string): Promise<Uint8Array>;
}

/** What the environment of the suite offers. Everything is optional: a page in a browser has none of it. */
export interface ConformanceHost {
  /** Makes an empty folder, uses it and removes it. */
  withFiles?<Result>(use: (files: CaseFiles) => Promise<Result>): Promise<Result>;
  /** The text of a committed fixture, named by its path below `fixtures/`. */
  readFixture?(path: string): Promise<string>;
  /** The memory that the process holds, without garbage as far as the host can tell. Units: bytes. */
  memoryBytes?(): Promise<number>;
}

/** A host that offers nothing, such as a page in a browser. */
export const bareHost: ConformanceHost = {};

/** The features in `needs` that a host lacks. */
export function lackingFeatures(
  host: ConformanceHost,
  needs: readonly HostFeature[],
): readonly HostFeature[] {
  const has: Readonly<Record<HostFeature, boolean>> = {
    files: host.withFiles !== undefined,
    fixtures: host.readFixture !== undefined,
    memory: host.memoryBytes !== undefined,
  };
  return needs.filter((feature) => !has[feature]);
}

/** Passes a folder of the host to `use`, or files kept in memory where the host has no folders. */
export function withStore<Result>(
  host: ConformanceHost,
  use: (files: CaseFiles) => Promise<Result>,
): Promise<Result> {
  return host.withFiles === undefined ? use(memoryFiles()) : host.withFiles(use);
}

function memoryFiles(): CaseFiles {
  const files = new Map<string, Uint8Array>();
  return {
    write: async (name, bytes) => void files.set(name, bytes.slice()),
    read: async (name) => {
      const bytes = files.get(name);
      if (bytes === undefined) throw new Error(`${name}: there is no such file`);
      return bytes.slice();
    },
  };
}
