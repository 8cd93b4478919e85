import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { at } from "@nin/spec";
import { endOf } from "@nin/test-support";

/** A line that a worker wrote. */
export interface WorkerLine {
  readonly worker: string;
  readonly kind: string;
  readonly run?: string;
  readonly ms?: number;
}

/** A worker that is stopped in the middle of a run. */
export interface Frozen {
  readonly name: string;
  readonly run: string | undefined;
  readonly thaw: () => void;
}

/** Worker processes, some of which are killed, stopped and replaced. */
export class Workers {
  readonly lines: WorkerLine[] = [];
  #written = "";
  readonly #running: { readonly name: string; readonly child: ChildProcess }[] = [];
  #count = 0;

  /** @param argumentsOf - of the program of a worker of this name */
  constructor(private readonly argumentsOf: (name: string) => readonly string[]) {}

  /** What they wrote to stderr, each line once: without where in the program an error came from, and ports. */
  get errors(): readonly string[] {
    const lines = this.#written.split("\n").map((line) => line.replace(/:\d+\/postgres/g, "/postgres"));
    return [
      ...new Set(lines.filter((line) => /^(?:\w*Error|nin|Warning|The|Stopping|\S+, run)\b/.test(line))),
    ];
  }

  get count(): number {
    return this.#count;
  }

  start(): void {
    this.#count += 1;
    const name = `w${this.#count}`;
    const child = spawn(process.execPath, [...this.argumentsOf(name)], { stdio: ["ignore", "pipe", "pipe"] });
    this.#running.push({ name, child });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const read = readLine(line);
      if (read !== undefined) this.lines.push({ ...read, worker: name });
    });
    child.stderr.on("data", (text: Buffer) => {
      this.#written += text.toString();
    });
    child.on("exit", (status) => {
      // As a supervisor does: one that comes while there is no database ends at once.
      const index = this.#running.findIndex((each) => each.child === child);
      if (index < 0 || status === null) return;
      this.#running.splice(index, 1);
      setTimeout(() => this.start(), 1000);
    });
  }

  /** Kills one, and starts another in its place. */
  replace(random: () => number): void {
    const [victim] = this.#running.splice(Math.floor(random() * this.#running.length), 1);
    victim?.child.kill("SIGKILL");
    this.start();
  }

  /** Stops one that is in a run, and starts another in its place; the function that is returned lets it go on. */
  async freeze(): Promise<Frozen> {
    const { name, child } = at(this.#running, 0);
    this.#running.shift();
    this.start();
    for (;;) {
      const before = this.lines.length;
      while (!this.lines.slice(before).some(({ worker, kind }) => worker === name && kind === "begun"))
        await delay(1);
      child.kill("SIGSTOP");
      await delay(100);
      const newest = this.lines.findLast(({ worker }) => worker === name);
      if (newest?.kind === "begun") return { name, run: newest.run, thaw: () => this.#thaw(name, child) };
      child.kill("SIGCONT");
    }
  }

  #thaw(name: string, child: ChildProcess): void {
    child.kill("SIGCONT");
    this.#running.push({ name, child });
  }

  /** Ends them as a user does, and waits for it. */
  async stop(): Promise<void> {
    await Promise.all(
      this.#running.splice(0).map(async ({ child }) => {
        child.kill("SIGTERM");
        await endOf(child);
      }),
    );
  }

  of(kind: string): readonly WorkerLine[] {
    return this.lines.filter((line) => line.kind === kind);
  }
}

/** A line of a tiny worker, or of `nin study worker`. */
function readLine(line: string): Omit<WorkerLine, "worker"> | undefined {
  if (line.startsWith("{")) return JSON.parse(line) as Omit<WorkerLine, "worker">;
  const [, run, what = ""] = /, run ([0-9a-f]{16}): (.+)$/.exec(line) ?? [];
  if (run === undefined) return undefined;
  if (/^begins|^attempt/.test(what)) return { kind: "begun", run };
  return { kind: what.startsWith("given back") ? "given-back" : "ended", run };
}
