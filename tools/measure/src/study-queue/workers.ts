import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { at } from "@nin/spec";

/** A line that a worker wrote. */
export interface WorkerLine {
  readonly worker: string;
  readonly kind: string;
  readonly run?: string;
  readonly ms?: number;
}

/** Worker processes, some of which are killed, stopped and replaced. */
export class Workers {
  readonly lines: WorkerLine[] = [];
  /** What they wrote to stderr. */
  errors = "";
  readonly #running: { readonly name: string; readonly child: ChildProcess }[] = [];
  #count = 0;

  /** @param argumentsOf - of the program of a worker of this name */
  constructor(private readonly argumentsOf: (name: string) => readonly string[]) {}

  get count(): number {
    return this.#count;
  }

  start(): void {
    this.#count += 1;
    const name = `w${this.#count}`;
    const child = spawn(process.execPath, [...this.argumentsOf(name)], { stdio: ["ignore", "pipe", "pipe"] });
    this.#running.push({ name, child });
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{"))
        this.lines.push({ ...(JSON.parse(line) as Omit<WorkerLine, "worker">), worker: name });
    });
    child.stderr.on("data", (text: Buffer) => {
      this.errors += text.toString();
    });
  }

  /** Kills one, and starts another in its place. */
  replace(random: () => number): void {
    const [victim] = this.#running.splice(Math.floor(random() * this.#running.length), 1);
    victim?.child.kill("SIGKILL");
    this.start();
  }

  /** Stops the one that runs longest, and starts another in its place; the function that is returned lets it go on. */
  freeze(): { readonly name: string; readonly thaw: () => void } {
    const { name, child } = at(this.#running, 0);
    this.#running.shift();
    this.start();
    child.kill("SIGSTOP");
    return {
      name,
      thaw: () => {
        child.kill("SIGCONT");
        this.#running.push({ name, child });
      },
    };
  }

  /** Ends them as a user does, and waits for it. */
  async stop(): Promise<void> {
    await Promise.all(
      this.#running.splice(0).map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill("SIGTERM");
        await once(child, "exit");
      }),
    );
  }

  of(kind: string): readonly WorkerLine[] {
    return this.lines.filter((line) => line.kind === kind);
  }
}
