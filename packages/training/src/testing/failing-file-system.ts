import { constants } from "node:fs";
import { type FileSystem, realFileSystem } from "@nin/files";

/** The process died: nothing it does reaches the disk any more. */
export class Died extends Error {}

/**
 * What happens at the chosen call: the process dies before it, in the middle of it, the call fails, or it waits for
 * something, as in a process that is stopped and goes on later.
 */
export type Fault = "before" | "half" | { readonly code: string } | { readonly pause: () => Promise<void> };

const CHANGES = new Set([
  "link",
  "mkdir",
  "open",
  "rename",
  "rm",
  "rmdir",
  "write",
  "writeFile",
  "sync",
  "close",
]);

/** A file system on which the n-th call that changes something, from 1, does not succeed. */
export class FailingFileSystem {
  /** What was called, in order. */
  readonly calls: string[] = [];
  #dead = false;

  constructor(
    private readonly failAt: number,
    private readonly fault: Fault,
  ) {}

  get files(): FileSystem {
    return this.#wrap(realFileSystem);
  }

  #wrap<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get: (inner, name) => {
        const value: unknown = Reflect.get(inner, name);
        if (typeof value !== "function") return value;
        return (...args: readonly unknown[]) => this.#call(String(name), value.bind(inner), args);
      },
    });
  }

  async #call(
    name: string,
    real: (...args: readonly unknown[]) => unknown,
    args: readonly unknown[],
  ): Promise<unknown> {
    if (this.#dead) {
      if (name === "close") await real();
      throw new Died();
    }
    if (opensToRead(name, args)) return real(...args);
    if (CHANGES.has(name)) {
      this.calls.push(name);
      if (this.calls.length === this.failAt) {
        if (typeof this.fault === "object" && "pause" in this.fault) await this.fault.pause();
        else await this.#fail(this.fault, name, real, args);
      }
    }
    const result = await real(...args);
    return name === "open" ? this.#wrap(result as object) : result;
  }

  async #fail(
    fault: Exclude<Fault, { readonly pause: unknown }>,
    name: string,
    real: (...args: readonly unknown[]) => unknown,
    args: readonly unknown[],
  ): Promise<never> {
    const [content] = args;
    // The kernel closes a dead process's files, and one whose closing reports an error.
    if (name === "close") await real();
    if (name === "writeFile" && fault !== "before") {
      const bytes = typeof content === "string" ? Buffer.from(content) : (content as Uint8Array);
      await real(bytes.subarray(0, Math.floor(bytes.length / 2)));
    }
    if (typeof fault === "object") {
      throw Object.assign(new Error(`${fault.code}: injected`), {
        code: fault.code,
        syscall: name,
      });
    }
    this.#dead = true;
    throw new Died();
  }
}

/** As `readFileBounded` does. */
function opensToRead(name: string, [, flags]: readonly unknown[]): boolean {
  return (
    name === "open" &&
    typeof flags === "number" &&
    (flags & (constants.O_RDONLY | constants.O_WRONLY | constants.O_RDWR)) === constants.O_RDONLY
  );
}
