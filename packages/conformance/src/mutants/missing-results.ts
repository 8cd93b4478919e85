import type { Backend, Metrics, TrainingState } from "@nin/backend";
import type { Tensor } from "@nin/spec";
import { wrapped } from "./wrapped.js";

type TensorMap = ReadonlyMap<string, Tensor>;

/** How the results of a backend that omits something differ from the whole ones. */
interface Omission {
  readonly tensor?: (tensor: Tensor) => Tensor;
  readonly tensors?: (tensors: TensorMap) => TensorMap;
  readonly metrics?: (metrics: Metrics) => Metrics;
}

/**
 * The reference, which omits something from everything that it returns. The same is missing from all results that a
 * case compares with each other, so that only a check of what must be there fails.
 */
function withOmission({
  tensor = (whole) => whole,
  tensors = (whole) => new Map([...whole].map(([name, value]) => [name, tensor(value)] as const)),
  metrics = (whole) => whole,
}: Omission): Backend {
  const state = ({ step, parameters, optimizer }: TrainingState): TrainingState => ({
    step,
    parameters: tensors(parameters),
    optimizer: tensors(optimizer),
  });
  return wrapped({
    model: (model) => ({
      readParameters: async () => tensors(await model.readParameters()),
      predict: async (batch) => tensor(await model.predict(batch)),
      activations: async (batch) => tensors(await model.activations(batch)),
      gradients: async (batch) => {
        const { loss, gradients } = await model.gradients(batch);
        return { loss, gradients: tensors(gradients) };
      },
    }),
    session: (session) => {
      // A state that the caller writes back is written whole: these backends are not about what `writeState` refuses.
      const whole = new WeakMap<TrainingState, TrainingState>();
      return {
        metrics: async () => metrics(await session.metrics()),
        readState: async () => {
          const read = await session.readState();
          const given = state(read);
          whole.set(given, read);
          return given;
        },
        writeState: (written) => session.writeState(whole.get(written) ?? written),
      };
    },
  });
}

/** No tensors at all. */
export const withoutTensors = (): Backend => withOmission({ tensors: () => new Map() });

/** Tensors without values. */
export const withoutValues = (): Backend =>
  withOmission({ tensor: ({ shape, data }) => ({ shape, data: data.slice(0, 0) }) });

/** Tensors that end one value early. */
export const withoutLastValues = (): Backend =>
  withOmission({ tensor: ({ shape, data }) => ({ shape, data: data.slice(0, -1) }) });

/** Tensors with one value too many. */
export const withExtraValues = (): Backend =>
  withOmission({
    tensor: ({ shape, data }) => ({ shape, data: Float64Array.from([...data, 0]) }),
  });

/** Tensors of one axis. */
export const withFlatShapes = (): Backend =>
  withOmission({ tensor: ({ data }) => ({ shape: [data.length], data }) });

/** Metrics without losses. */
export const withoutLosses = (): Backend =>
  withOmission({ metrics: (metrics) => ({ ...metrics, losses: [] }) });
