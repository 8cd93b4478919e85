import type { TrainingSession } from "@nin/backend";
import type { NamedTensors } from "@nin/spec";
import { inBackground, type Mutant, sessionWith, wrapped } from "./wrapped.js";

/** Mistakes in how models and sessions begin and end. */
export const lifecycleMutants: readonly Mutant[] = [
  {
    id: "lifecycle/dispose-twice",
    mistake: "a second dispose of a model throws",
    level: "lifecycle",
    create: () =>
      wrapped({
        model: (model) => {
          let isDisposed = false;
          return {
            dispose: async () => {
              if (isDisposed) throw new Error("disposed already");
              isDisposed = true;
              await model.dispose();
            },
          };
        },
      }),
  },
  {
    id: "lifecycle/used-after-dispose",
    mistake: "a model that was disposed of still predicts",
    level: "lifecycle",
    exclusive: true,
    create: () => wrapped({ model: () => ({ dispose: async () => undefined }) }),
  },
  {
    id: "lifecycle/session-used-after-dispose",
    mistake: "a session that was disposed of still trains",
    level: "lifecycle",
    create: () => wrapped({ session: () => ({ dispose: async () => undefined }) }),
  },
  {
    id: "lifecycle/two-sessions",
    mistake: "a second session may be opened while the first is open",
    level: "lifecycle",
    exclusive: true,
    create: () =>
      wrapped({
        model: (model) => {
          let last: TrainingSession | undefined;
          return {
            train: async (options) => {
              await last?.dispose();
              last = await model.train(options);
              return last;
            },
          };
        },
      }),
  },
  {
    id: "lifecycle/refused-session-stays",
    mistake: "a session that was refused keeps the model taken",
    level: "lifecycle",
    create: () =>
      wrapped({
        model: (model) => {
          let refused: Promise<TrainingSession> | undefined;
          return {
            train: (options) => {
              if (refused !== undefined) return refused;
              const training = model.train(options);
              training.catch(() => {
                refused = training;
              });
              return training;
            },
          };
        },
      }),
  },
  {
    id: "lifecycle/models-share-parameters",
    mistake: "models of one architecture share their parameters",
    level: "lifecycle",
    create: () => {
      const shared = new Map<string, NamedTensors>();
      return wrapped({
        model: (model, { architecture }) => {
          const key = JSON.stringify(architecture);
          return {
            writeParameters: async (parameters) => {
              await model.writeParameters(parameters);
              shared.set(key, await model.readParameters());
            },
            predict: async (batch) => {
              const last = shared.get(key);
              if (last !== undefined) await model.writeParameters(last);
              return model.predict(batch);
            },
            train: (options) => {
              shared.delete(key);
              return model.train(options);
            },
          };
        },
      });
    },
  },
  {
    id: "lifecycle/session-reverts",
    mistake: "disposing of a session takes the trained parameters back",
    level: "lifecycle",
    create: () =>
      wrapped({
        session: (session, { model }) => {
          const before = inBackground(model.readParameters());
          return {
            dispose: async () => {
              await session.dispose();
              await model.writeParameters(await before).catch(() => undefined);
            },
          };
        },
      }),
  },
  {
    id: "lifecycle/session-outlives-model",
    mistake: "a session goes on after its model was disposed of",
    level: "lifecycle",
    create: () =>
      wrapped({
        model: (model) => {
          let isOpen = false;
          return {
            train: async (options) => {
              const session = await model.train(options);
              isOpen = true;
              return sessionWith(session, {
                dispose: () => {
                  isOpen = false;
                  return session.dispose();
                },
              });
            },
            dispose: async () => {
              if (!isOpen) await model.dispose();
            },
          };
        },
      }),
  },
  {
    id: "lifecycle/leak",
    mistake: "every step keeps 8 MB, up to half a gigabyte",
    level: "lifecycle",
    create: () => {
      const kept: Uint8Array[] = [];
      return wrapped({
        session: (session) => ({
          step: (batch, rate) => {
            if (kept.length < 64) kept.push(new Uint8Array(2 ** 23).fill(1));
            return session.step(batch, rate);
          },
        }),
      });
    },
  },
  {
    id: "lifecycle/model-leak",
    mistake: "every model leaves 8 MB behind, up to half a gigabyte",
    level: "lifecycle",
    create: () => {
      const kept: Uint8Array[] = [];
      return wrapped({
        model: () => {
          if (kept.length < 64) kept.push(new Uint8Array(2 ** 23).fill(1));
          return {};
        },
      });
    },
  },
];
