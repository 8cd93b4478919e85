import type { Backend, Model, TrainingSession } from "@nin/backend";
import { withLayer } from "./altered-layers.js";
import { sessionWith, wrapped } from "./wrapped.js";

/** The calls in which dropout is on although it should be off. */
export interface DropoutIn {
  readonly model?: readonly ("predict" | "activations" | "gradients")[];
  readonly session?: readonly "evaluate"[];
  /** Only while a session is open. */
  readonly whileTraining?: true;
}

/** The reference, in which dropout drops every other unit in these calls too. */
export function withDropoutIn({
  model: calls = [],
  session: sessionCalls = [],
  whileTraining,
}: DropoutIn): Backend {
  let isOn = false;
  let openSessions = 0;
  const dropping = async <Result>(isWrong: boolean, call: () => Promise<Result>): Promise<Result> => {
    isOn = isWrong && (whileTraining !== true || openSessions > 0);
    return call().finally(() => {
      isOn = false;
    });
  };
  const everyOther = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i % 2);
  const inner = withLayer("dropout", ({ forward }) => ({
    forward: (layer, input, { kept }) => {
      const mask = isOn && layer.rate > 0 ? (kept ?? everyOther(input.data.length)) : kept;
      return forward(layer, input, mask === undefined ? {} : { kept: mask });
    },
  }));
  return wrapped(
    {
      model: (model: Model) => ({
        predict: (batch) => dropping(calls.includes("predict"), () => model.predict(batch)),
        activations: (batch) => dropping(calls.includes("activations"), () => model.activations(batch)),
        gradients: (batch) => dropping(calls.includes("gradients"), () => model.gradients(batch)),
        train: async (options) => {
          const session = await model.train(options);
          openSessions += 1;
          return sessionWith(session, {
            dispose: () => {
              openSessions -= 1;
              return session.dispose();
            },
          });
        },
      }),
      session: (session: TrainingSession) => ({
        evaluate: (batch) => dropping(sessionCalls.includes("evaluate"), () => session.evaluate(batch)),
      }),
    },
    inner,
  );
}
