import type { NamedTensors } from "@nin/spec";
import { type Mutant, wrapped } from "./wrapped.js";

/** Mistakes in refusing parameters, states and options that do not fit. */
export const refusedStateMutants: readonly Mutant[] = [
  {
    id: "refusals/written-in-part",
    mistake: "parameters are written one by one: those before a refused one stay changed",
    level: "errors",
    create: () =>
      wrapped({
        model: (model) => ({
          writeParameters: async (parameters) => {
            const now = new Map(await model.readParameters());
            for (const [name, tensor] of parameters) {
              now.set(name, tensor);
              await model.writeParameters(new Map(now));
            }
            await model.writeParameters(parameters);
          },
        }),
      }),
  },
  {
    id: "refusals/state-written-in-part",
    mistake: "of a refused training state the parameters are written all the same",
    level: "errors",
    create: () =>
      wrapped({
        session: (session, { model }) => ({
          writeState: async (state) => {
            await model.writeParameters(state.parameters);
            await session.writeState(state);
          },
        }),
      }),
  },
  {
    id: "refusals/not-finite",
    mistake: "NaN and infinity are taken as parameters",
    level: "errors",
    create: () =>
      wrapped({
        model: (model) => ({
          writeParameters: (parameters) =>
            model.writeParameters(replaced(parameters, (value) => (Number.isFinite(value) ? value : 0))),
        }),
      }),
  },
  {
    id: "refusals/extra-parameter",
    mistake: "a parameter of an unknown name is passed over",
    level: "errors",
    create: () =>
      wrapped({
        model: (model) => ({
          writeParameters: async (parameters) => {
            const own = await model.readParameters();
            await model.writeParameters(new Map([...parameters].filter(([name]) => own.has(name))));
          },
        }),
      }),
  },
  {
    id: "refusals/missing-parameter",
    mistake: "a parameter that is missing keeps its value",
    level: "errors",
    create: () =>
      wrapped({
        model: (model) => ({
          writeParameters: async (parameters) =>
            model.writeParameters(new Map([...(await model.readParameters()), ...parameters])),
        }),
      }),
  },
  {
    id: "refusals/device-fallback",
    mistake: "an unknown device falls back to the default one",
    level: "errors",
    create: () =>
      wrapped({
        backend: (backend) => ({
          compile: (architecture, options = {}) => {
            const { device: _device, ...rest } = options;
            return backend.compile(architecture, rest);
          },
        }),
      }),
  },
  {
    id: "refusals/first-step-unchecked",
    mistake: "a negative first step is taken for 0",
    level: "errors",
    create: () =>
      wrapped({
        model: (model) => ({
          train: (options) =>
            model.train({ ...options, firstStep: Math.max(0, Math.trunc(options.firstStep ?? 0)) }),
        }),
      }),
  },
];

function replaced(parameters: NamedTensors, value: (value: number) => number): NamedTensors {
  return new Map(
    [...parameters].map(([name, { shape, data }]) => [name, { shape, data: data.map(value) }] as const),
  );
}
