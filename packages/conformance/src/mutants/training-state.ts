import type { Backend, TrainingState } from "@nin/backend";
import { at, entry, type NamedTensors, type Tensor } from "@nin/spec";
import { fourAxes, positionsOf } from "./altered-layers.js";
import { type Mutant, toBfloat16, wrapped } from "./wrapped.js";

/** Mistakes in the state that a checkpoint holds. */
export const trainingStateMutants: readonly Mutant[] = [
  {
    id: "state/velocity-lost",
    mistake: "the velocity is not restored: a resumed run starts with none",
    level: "files",
    exclusive: true,
    create: () =>
      withState({
        write: (state) => ({ ...state, optimizer: withoutPrefix(state.optimizer, "velocity.") }),
      }),
  },
  {
    id: "state/moments-lost",
    mistake: "AdamW's moments are not restored: zeros in their place",
    level: "files",
    exclusive: true,
    create: () =>
      withState({
        write: (state) => ({
          ...state,
          optimizer: mapped(state.optimizer, (name, { shape, data }) => ({
            shape,
            data: name.startsWith("moment") ? data.map(() => 0) : data,
          })),
        }),
      }),
  },
  {
    id: "state/step-restarted",
    mistake: "the step is not restored: it stays what the session's was",
    level: "files",
    create: () =>
      wrapped({
        session: (session) => ({
          writeState: async (state) => {
            const { step } = await session.readState();
            await session.writeState({ ...state, step: validStep(state.step) ? step : state.step });
          },
        }),
      }),
  },
  {
    id: "state/step-of-session",
    mistake: "the step that is read counts from the session's start",
    level: "files",
    create: () =>
      wrapped({
        session: (session, { options: { firstStep = 0 } }) => ({
          readState: async () => {
            const state = await session.readState();
            return { ...state, step: Math.max(0, state.step - firstStep) };
          },
        }),
      }),
  },
  {
    id: "state/own-layout",
    mistake:
      "optimizer state is saved and restored with height and width swapped: a round trip alone shows nothing",
    level: "files",
    create: () =>
      withState({
        read: (state) => ({
          ...state,
          optimizer: mapped(state.optimizer, (_name, tensor) => turned(tensor)),
        }),
        write: (state) => ({
          ...state,
          optimizer: mapped(state.optimizer, (_name, tensor) => turned(tensor)),
        }),
      }),
  },
  {
    id: "state/moments-swapped",
    mistake: "the two moments are saved under each other's name, and restored likewise",
    level: "files",
    create: () => {
      const swapped = (state: TrainingState): TrainingState => ({
        ...state,
        optimizer: new Map(
          [...state.optimizer].map(
            ([name, tensor]) =>
              [
                name.replace(/^moment[12]/, (moment) => (moment === "moment1" ? "moment2" : "moment1")),
                tensor,
              ] as const,
          ),
        ),
      });
      return withState({ read: swapped, write: swapped });
    },
  },
  {
    id: "state/velocity-negated",
    mistake: "the velocity is kept as what is added to the weights: saved and restored with the other sign",
    level: "files",
    create: () => {
      const negated = (state: TrainingState): TrainingState => ({
        ...state,
        optimizer: mapped(state.optimizer, (name, { shape, data }) => ({
          shape,
          data: name.startsWith("velocity.") ? data.map((v) => -v) : data,
        })),
      });
      return withState({ read: negated, write: negated });
    },
  },
  {
    id: "state/parameters-not-restored",
    mistake: "writing a state restores optimizer and step, not the parameters",
    level: "files",
    create: () =>
      wrapped({
        session: (session) => ({
          writeState: async (state) => {
            const { parameters } = await session.readState();
            await session.writeState(state);
            await session.writeState({ ...state, parameters });
          },
        }),
      }),
  },
  {
    id: "state/bfloat16",
    mistake: "optimizer state is saved in bfloat16",
    level: "files",
    create: () =>
      withState({
        read: (state) => ({
          ...state,
          optimizer: mapped(state.optimizer, (_name, { shape, data }) => ({
            shape,
            data: data.map(toBfloat16),
          })),
        }),
      }),
  },
  {
    id: "state/live-view",
    mistake: "the state that is read changes with the steps after it",
    level: "files",
    create: () =>
      wrapped({
        session: (session) => {
          let views: TrainingState | undefined;
          return {
            readState: async () => {
              const now = await session.readState();
              const last = views ?? now;
              views = now;
              for (const [name, { data }] of last.parameters) data.set(entry(now.parameters, name).data);
              return now;
            },
          };
        },
      }),
  },
  {
    id: "state/velocity-before-first-step",
    mistake: "velocities of zeros are there before the first step",
    level: "step",
    create: () =>
      wrapped({
        session: (session, { options: { optimizer } }) => ({
          readState: async () => {
            const state = await session.readState();
            if (optimizer.kind !== "sgd" || optimizer.momentum === 0 || state.optimizer.size > 0)
              return state;
            const zeros = [...state.parameters].map(
              ([name, { shape, data }]) => [`velocity.${name}`, { shape, data: data.map(() => 0) }] as const,
            );
            return { ...state, optimizer: new Map(zeros) };
          },
        }),
      }),
  },
  {
    id: "state/prefix-missing",
    mistake: "velocities are saved under the parameters' own names",
    level: "files",
    create: () => {
      const renamed = (state: TrainingState, from: string, to: string): TrainingState => ({
        ...state,
        optimizer: new Map(
          [...state.optimizer].map(
            ([name, tensor]) =>
              [name.startsWith(from) ? to + name.slice(from.length) : name, tensor] as const,
          ),
        ),
      });
      return withState({
        read: (state) => renamed(state, "velocity.", ""),
        write: (state) => renamed(state, "net.", "velocity.net."),
      });
    },
  },
];

interface StateChanges {
  readonly read?: (state: TrainingState) => TrainingState;
  readonly write?: (state: TrainingState) => TrainingState;
}

function unchanged(state: TrainingState): TrainingState {
  return state;
}

/** The reference, which reads and writes another state than its own. */
function withState({ read = unchanged, write = unchanged }: StateChanges): Backend {
  return wrapped({
    session: (session) => ({
      readState: async () => {
        return read(await session.readState());
      },
      writeState: (state) => session.writeState(write(state)),
    }),
  });
}

function mapped(tensors: NamedTensors, replace: (name: string, tensor: Tensor) => Tensor): NamedTensors {
  return new Map([...tensors].map(([name, tensor]) => [name, replace(name, tensor)] as const));
}

function withoutPrefix(tensors: NamedTensors, prefix: string): NamedTensors {
  return new Map([...tensors].filter(([name]) => !name.startsWith(prefix)));
}

/** Square kernels turned over their diagonal. */
function turned({ shape, data }: Tensor): Tensor {
  const [, inChannels, height, width] = fourAxes(shape);
  if (shape.length !== 4 || height !== width || data.length !== shape.reduce((a, b) => a * b, 1))
    return { shape, data };
  const from = positionsOf(shape, (o, c, k, l) => ((o * inChannels + c) * height + l) * width + k);
  return { shape, data: data.map((_, i) => at(data, at(from, i))) };
}

function validStep(step: number): boolean {
  return Number.isSafeInteger(step) && step >= 0;
}
