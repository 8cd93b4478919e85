import type { CaseFiles, ConformanceHost } from "../../host.js";

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
