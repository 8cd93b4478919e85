import type { Metrics } from "@nin/backend";
import type { NamedTensors } from "@nin/spec";
import { inBackground, type Mutant, sessionWith, wrapped } from "./wrapped.js";

/** Mistakes in the order of waiting calls, and in what is collected from them. */
export const callMutants: readonly Mutant[] = [
  {
    id: "calls/out-of-order",
    mistake: "predictions overtake steps that wait",
    level: "lifecycle",
    create: () =>
      wrapped({
        model: (model) => {
          let stale: Promise<NamedTensors> | undefined;
          return {
            train: async (options) => {
              const session = await model.train(options);
              return sessionWith(session, {
                step: (batch, rate) => {
                  stale ??= inBackground(model.readParameters());
                  const stepping = session.step(batch, rate);
                  const settled = (): void => {
                    stale = undefined;
                  };
                  stepping.then(settled, settled);
                  return stepping;
                },
              });
            },
            predict: async (batch) => {
              const before = await stale;
              if (before === undefined) return model.predict(batch);
              const now = await model.readParameters();
              await model.writeParameters(before);
              const scores = await model.predict(batch);
              await model.writeParameters(now);
              return scores;
            },
          };
        },
      }),
  },
  {
    id: "calls/batch-read-late",
    mistake: "a step's batch is read after the step has resolved",
    level: "lifecycle",
    create: () =>
      wrapped({
        session: (session) => {
          let pending: Promise<void> = Promise.resolve();
          const settled = async (): Promise<void> => {
            const last = pending;
            pending = Promise.resolve();
            await last;
          };
          return {
            step: async (batch, rate) => {
              await settled();
              pending = inBackground(later().then(() => session.step(batch, rate)));
            },
            evaluate: (batch) => settled().then(() => session.evaluate(batch)),
            metrics: () => settled().then(() => session.metrics()),
            readState: () => settled().then(() => session.readState()),
            writeState: (state) => settled().then(() => session.writeState(state)),
            dispose: () => settled().then(() => session.dispose()),
          };
        },
      }),
  },
  {
    id: "calls/queued-steps-lost",
    mistake: "disposing of a session drops the steps that wait",
    level: "lifecycle",
    create: () =>
      wrapped({
        session: (session, { model }) => {
          let waiting = 0;
          let before: Promise<NamedTensors> | undefined;
          return {
            step: async (batch, rate) => {
              before ??= inBackground(model.readParameters());
              waiting += 1;
              await session.step(batch, rate);
              waiting -= 1;
              if (waiting === 0) before = undefined;
            },
            dispose: async () => {
              const kept = waiting > 0 ? before : undefined;
              await session.dispose();
              if (kept !== undefined) await model.writeParameters(await kept);
            },
          };
        },
      }),
  },
  {
    id: "calls/metrics-not-cleared",
    mistake: "losses are gathered from the session's start, not since the last call",
    level: "step",
    create: () =>
      wrapped({
        session: (session) => {
          const all: number[] = [];
          return {
            metrics: async (): Promise<Metrics> => {
              const { losses, evaluation } = await session.metrics();
              all.push(...losses);
              return { losses: [...all], evaluation };
            },
          };
        },
      }),
  },
  {
    id: "calls/sixteen-losses",
    mistake: "of the losses since the last call only the last sixteen are kept",
    level: "trajectory",
    exclusive: true,
    create: () =>
      wrapped({
        session: (session) => ({
          metrics: async () => {
            const { losses, evaluation } = await session.metrics();
            return { losses: losses.slice(-16), evaluation };
          },
        }),
      }),
  },
];

declare function setTimeout(callback: () => void, delayMs: number): unknown;

function later(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 1);
  });
}
