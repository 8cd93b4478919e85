import type { Model } from "@nin/backend";
import { elementCount, entry, initialParameters, type NamedTensors, type Tensor } from "@nin/spec";
import { fourAxes } from "./altered-layers.js";
import { inBackground, type Mutant, sessionWith, toBfloat16, wrapped } from "./wrapped.js";

/** Mistakes in reading and writing parameters. */
export const parameterMutants: readonly Mutant[] = [
  {
    id: "parameters/random-at-first",
    mistake: "parameters are random after compiling, not zero until they are written",
    level: "parameters",
    create: () =>
      wrapped({
        backend: (backend) => ({
          compile: async (architecture, options) => {
            const model = await backend.compile(architecture, options);
            const init = { weight: "xavierUniform", bias: "zeros", overrides: {} } as const;
            await model.writeParameters(initialParameters(architecture, init, 0));
            return model;
          },
        }),
      }),
  },
  {
    id: "parameters/live-view",
    mistake: "reading gives the model's own arrays: they change with the next write",
    level: "parameters",
    create: () =>
      wrapped({
        model: (model) => {
          let views: NamedTensors | undefined;
          return {
            readParameters: async () => {
              const now = await model.readParameters();
              if (views === undefined) views = now;
              for (const [name, { data }] of views) data.set(entry(now, name).data);
              return views;
            },
          };
        },
      }),
  },
  {
    id: "parameters/keeps-the-caller-s",
    mistake: "written arrays are kept, not copied: what the caller does to them later is seen",
    level: "parameters",
    create: () =>
      wrapped({
        model: (model) => {
          let kept: NamedTensors | undefined;
          const synchronized = async (): Promise<void> => {
            if (kept !== undefined) await model.writeParameters(kept);
          };
          return {
            writeParameters: async (parameters) => {
              await model.writeParameters(parameters);
              kept = parameters;
            },
            readParameters: () => synchronized().then(() => model.readParameters()),
            predict: (batch) => synchronized().then(() => model.predict(batch)),
            train: (options) => {
              kept = undefined;
              return model.train(options);
            },
          };
        },
      }),
  },
  {
    id: "parameters/stale-after-write",
    mistake: "weights are transformed at the first prediction and not again after writeParameters",
    level: "forward",
    create: () =>
      wrapped({
        model: (model) => {
          let first: NamedTensors | undefined;
          return {
            predict: async (batch) => {
              const now = await model.readParameters();
              first ??= now;
              await model.writeParameters(first);
              try {
                return await model.predict(batch);
              } finally {
                await model.writeParameters(now);
              }
            },
          };
        },
      }),
  },
  {
    id: "parameters/bias-with-axes",
    mistake: "biases are given as [1, channels, 1, 1]",
    level: "parameters",
    create: () =>
      withRead((name, { shape, data }) => ({
        shape: name.endsWith(".bias") ? [1, ...shape, 1, 1] : shape,
        data,
      })),
  },
  {
    id: "parameters/own-layout",
    mistake: "weights that are read have the shape HWIO",
    level: "parameters",
    create: () =>
      withRead((_name, { shape, data }) => {
        const [outChannels, inChannels, height, width] = fourAxes(shape);
        return shape.length === 4
          ? { shape: [height, width, inChannels, outChannels], data }
          : { shape, data };
      }),
  },
  {
    id: "parameters/bfloat16",
    mistake: "parameters are kept in bfloat16",
    level: "parameters",
    create: () => withRead((_name, { shape, data }) => ({ shape, data: data.map(toBfloat16) })),
  },
  {
    id: "parameters/biases-not-written",
    mistake: "writing a second time changes the weights only",
    level: "parameters",
    create: () =>
      wrapped({
        model: (model) => {
          let isFirst = true;
          return {
            writeParameters: async (parameters) => {
              const now = await model.readParameters();
              const isKept = (name: string): boolean => !isFirst && name.endsWith(".bias");
              const written = [...parameters].map(
                ([name, tensor]) => [name, isKept(name) ? entry(now, name) : tensor] as const,
              );
              await model.writeParameters(new Map(written));
              isFirst = false;
            },
          };
        },
      }),
  },
  {
    id: "parameters/padded",
    mistake: "the last axis of a tensor of odd length is read with a padding element",
    level: "parameters",
    create: () =>
      withRead((_name, { shape, data }) => {
        const length = elementCount(shape);
        if (length % 2 === 0) return { shape, data };
        return { shape, data: Float64Array.from([...data, 0]) };
      }),
  },
  {
    id: "parameters/read-before-the-session",
    mistake: "while a session trains, the model's parameters are those from before it",
    level: "lifecycle",
    create: () =>
      wrapped({
        model: (model) => {
          let before: Promise<NamedTensors> | undefined;
          return {
            train: async (options) => {
              const session = await model.train(options);
              before = inBackground(model.readParameters());
              return sessionWith(session, {
                dispose: () => {
                  before = undefined;
                  return session.dispose();
                },
              });
            },
            readParameters: () => before ?? model.readParameters(),
          };
        },
      }),
  },
  {
    id: "parameters/session-s-own-copy",
    mistake: "a session trains a copy: parameters written to the model while it is open are lost on it",
    level: "lifecycle",
    create: () =>
      wrapped({
        model: (model) => {
          let isTraining = false;
          return {
            train: async (options) => {
              const session = await model.train(options);
              isTraining = true;
              return sessionWith(session, {
                dispose: () => {
                  isTraining = false;
                  return session.dispose();
                },
              });
            },
            writeParameters: async (parameters) => {
              if (!isTraining) await model.writeParameters(parameters);
            },
          };
        },
      }),
  },
];

/** The reference, in which each parameter is replaced when it is read from the model. */
function withRead(replace: (name: string, tensor: Tensor) => Tensor) {
  return wrapped({
    model: (model: Model) => ({
      readParameters: async () => {
        const parameters = await model.readParameters();
        return new Map([...parameters].map(([name, tensor]) => [name, replace(name, tensor)] as const));
      },
    }),
  });
}
