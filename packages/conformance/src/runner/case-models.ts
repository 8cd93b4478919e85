import type { Model } from "@nin/backend";
import { ConformanceFailure } from "../failure.js";

/** The models that a case compiled. */
export class CaseModels {
  readonly #models: Model[] = [];
  #closed = false;

  /** Keeps a model until the case ends; one that comes too late is disposed of at once. */
  async keep<Compiled extends Model>(compiling: Promise<Compiled>): Promise<Compiled> {
    const model = await compiling;
    if (this.#closed) {
      await model.dispose();
      throw new ConformanceFailure("the case has ended before its model was compiled");
    }
    this.#models.push(model);
    return model;
  }

  /** Disposes of every model, the newest first. Throws: what the first `dispose` that failed threw. */
  async dispose(): Promise<void> {
    this.#closed = true;
    const failures: unknown[] = [];
    for (const model of this.#models.splice(0).reverse()) {
      await model.dispose().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
