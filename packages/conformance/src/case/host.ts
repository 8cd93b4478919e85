/** Something that not every host has, and that some cases need. */
export type HostFeature = "files" | "fixtures" | "memory";

/** A folder for the files of one case. Names are plain: no folders in them. */
export interface CaseFiles {
  write(name: string, bytes: Uint8Array): Promise<void>;
  read(name: string): Promise<Uint8Array>;
}

/** What the place where the suite runs has to offer; each may be missing, as in a browser. */
export interface ConformanceHost {
  /** Makes an empty folder, uses it and removes it. */
  withFiles?<Result>(use: (files: CaseFiles) => Promise<Result>): Promise<Result>;
  /** The text of a committed fixture, named by its path below `fixtures/`. */
  readFixture?(path: string): Promise<string>;
  /** What the process holds now, garbage aside as far as the host can tell. Units: bytes. */
  memoryBytes?(): Promise<number>;
}

/** A host of nothing, as a page in a browser is. */
export const bareHost: ConformanceHost = {};

/** Which of `needs` a host lacks. */
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

/** Uses a folder of the host, or memory where it has none. */
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
