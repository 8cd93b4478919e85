import { Memo } from "@nin/backend";
import type { Program } from "../programs/program.js";
import {
  createSession,
  type EnginePlatform,
  type Exclusive,
  type SessionSettings,
} from "./engine-platform.js";
import { type Feeds, runtimeTensors } from "./feeds.js";
import type { RuntimeSession, RuntimeTensors } from "./onnx-runtime.js";

/** Compiles programs on demand, each once. */
export class ProgramRunner {
  readonly #compiled = new Memo<string, CompiledProgram>();
  readonly #exclusive: Exclusive;

  constructor(
    readonly settings: SessionSettings,
    private readonly platform: EnginePlatform,
  ) {
    this.#exclusive = platform.exclusive ?? ((work) => work());
  }

  /** The program of a key, which is written and compiled when it is first needed. */
  compiled(key: string, write: () => Program): Promise<CompiledProgram> {
    return this.#compiled.get(key, async () => {
      const program = write();
      const session = await this.#exclusive(() => createSession(program, this.settings, this.platform));
      const { ort, writesGivenResults = false } = this.platform;
      const names = program.graph.content().outputs.map(({ name }) => [name, null] as const);
      return new CompiledProgram(program, session, (feeds, given) => {
        const tensors = runtimeTensors(feeds, ort);
        if (given === undefined || !writesGivenResults) return this.#exclusive(() => session.run(tensors));
        const results = { ...Object.fromEntries(names), ...runtimeTensors(given, ort) };
        return this.#exclusive(() => session.run(tensors, results));
      });
    });
  }

  /** Releases the programs whose keys have this prefix. */
  async release(prefix = ""): Promise<void> {
    for (const key of this.#compiled.keys().filter((known) => known.startsWith(prefix))) {
      const session = (await this.#compiled.take(key))?.session;
      if (session !== undefined) await this.#exclusive(() => session.release());
    }
  }
}

/** A program and its session of the runtime. */
export class CompiledProgram {
  constructor(
    readonly program: Program,
    readonly session: RuntimeSession,
    /**
     * Runs it once; results are the runtime's tensors, by name. Where the runtime can, it writes those results for which
     * tensors are given into them, and gives these back.
     */
    readonly run: (feeds: Feeds, given?: Feeds) => Promise<RuntimeTensors>,
  ) {}
}
