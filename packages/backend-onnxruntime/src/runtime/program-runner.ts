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

/** Programs compiled on demand, each once. */
export class ProgramRunner {
  readonly #compiled = new Memo<string, CompiledProgram>();
  readonly #exclusive: Exclusive;

  constructor(
    readonly settings: SessionSettings,
    private readonly platform: EnginePlatform,
  ) {
    this.#exclusive = platform.exclusive ?? ((work) => work());
  }

  /** The program of a key, written and compiled when it is first asked for. */
  compiled(key: string, write: () => Program): Promise<CompiledProgram> {
    return this.#compiled.get(key, async () => {
      const program = write();
      const session = await this.#exclusive(() => createSession(program, this.settings, this.platform));
      return new CompiledProgram(program, session, (feeds) =>
        this.#exclusive(() => session.run(runtimeTensors(feeds, this.platform.ort))),
      );
    });
  }

  /** Forgets the programs whose keys start so, and frees them. */
  async release(prefix = ""): Promise<void> {
    for (const key of this.#compiled.keys().filter((known) => known.startsWith(prefix))) {
      const session = (await this.#compiled.take(key))?.session;
      if (session !== undefined) await this.#exclusive(() => session.release());
    }
  }
}

/** A program and the runtime's session of it. */
export class CompiledProgram {
  constructor(
    readonly program: Program,
    readonly session: RuntimeSession,
    /** Runs it once; results are the runtime's tensors, by name. */
    readonly run: (feeds: Feeds) => Promise<RuntimeTensors>,
  ) {}
}
