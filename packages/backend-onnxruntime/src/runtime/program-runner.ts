import { Memo } from "@nin/backend";
import type { InferenceSession, Tensor as OrtTensor, TypedTensor } from "onnxruntime-node";
import type { Program } from "../programs/program.js";
import { DeviceLock } from "./device-lock.js";
import { RuntimeCalls } from "./runtime-calls.js";
import { createSession, type SessionSettings } from "./session-factory.js";

export type Feeds = Record<string, OrtTensor>;

/** Does work in the runtime, while no other thread uses the device where a device needs that. */
type Exclusive = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Programs compiled on demand, each once. */
export class ProgramRunner {
  readonly #compiled = new Memo<string, CompiledProgram>();
  readonly #exclusive: Exclusive;

  constructor(readonly settings: SessionSettings) {
    const lock = settings.device === "webgpu" ? DeviceLock.ofProcess() : undefined;
    const calls = new RuntimeCalls(settings.callsMemory);
    this.#exclusive = (work) => (lock === undefined ? calls.run(work) : lock.hold(() => calls.run(work)));
  }

  /** The program of a key, written and compiled when it is first asked for. */
  compiled(key: string, write: () => Program): Promise<CompiledProgram> {
    return this.#compiled.get(key, async () => {
      const program = write();
      const session = await this.#exclusive(() => createSession(program, this.settings));
      return new CompiledProgram(program, session, this.#exclusive);
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
    readonly session: InferenceSession,
    private readonly exclusive: Exclusive,
  ) {}

  run(feeds: Feeds): Promise<InferenceSession.ReturnType> {
    return this.exclusive(() => this.session.run(feeds));
  }
}

/** A float32 result of a run. */
export function floats(results: InferenceSession.ReturnType, name: string): TypedTensor<"float32"> {
  const tensor = results[name];
  if (tensor?.type !== "float32") throw new Error(`the runtime gave no float32 tensor ${name}`);
  return tensor as TypedTensor<"float32">;
}
