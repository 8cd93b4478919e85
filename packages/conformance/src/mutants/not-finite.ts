import { forEachWindow, tensor64 } from "@nin/backend-reference/parts";
import { at } from "@nin/spec";
import { fourAxes, withGradients, withLayer, withOutput } from "./altered-layers.js";
import { type Mutant, referenceWith, wrapped } from "./wrapped.js";

/** Mistakes with NaN and infinity, and with kernels larger than their input. */
export const notFiniteMutants: readonly Mutant[] = [
  {
    id: "not-finite/pool-leaves-nan-out",
    mistake: "a max pool compares, which NaN never wins: a window's numbers decide",
    level: "forward",
    create: () => withWindows((values) => Math.max(...values.filter((value) => !Number.isNaN(value)))),
  },
  {
    id: "not-finite/pool-keeps-first-nan",
    mistake: "a max pool keeps NaN only where it is a window's first element",
    level: "forward",
    create: () =>
      withWindows((values) => {
        const first = at(values, 0);
        const larger = values.filter((value) => value > first);
        return larger.length === 0 ? first : Math.max(...larger);
      }),
  },
  {
    id: "not-finite/relu-of-nan-is-zero",
    mistake: "ReLU is a maximum that prefers 0 to NaN",
    level: "forward",
    create: () =>
      withOutput("relu", ({ data }) => {
        data.forEach((y, i) => {
          if (Number.isNaN(y)) data[i] = 0;
        });
      }),
  },
  {
    id: "not-finite/relu-gradient-of-nan-is-zero",
    mistake: "the gradient passes a ReLU where its output is above 0, which NaN is not",
    level: "gradients",
    create: () =>
      withGradients("relu", ({ input }, { values }) => ({
        input: tensor64(
          input.shape,
          input.data.map((g, i) => (Number.isNaN(values.input.data[i]) ? 0 : g)),
        ),
      })),
  },
  {
    id: "not-finite/mean-without-nan",
    mistake: "an average pool leaves NaN out of its sums",
    level: "forward",
    create: () =>
      withLayer("avgPool2d", ({ forward }) => ({
        forward: (layer, { shape, data }, operands) =>
          forward(
            layer,
            tensor64(
              shape,
              data.map((value) => (Number.isNaN(value) ? 0 : value)),
            ),
            operands,
          ),
      })),
  },
  {
    id: "not-finite/whole-batch",
    mistake: "a NaN in one image makes NaN of the whole batch",
    level: "forward",
    create: () =>
      withLayer("flatten", ({ forward }) => ({
        forward: (layer, input, operands) => {
          const output = forward(layer, input, operands);
          return output.data.some(Number.isNaN)
            ? tensor64(output.shape, output.data.fill(Number.NaN))
            : output;
        },
      })),
  },
  {
    id: "not-finite/lowest-is-1e20",
    mistake: "a max pool starts from -1e20, which values below it never exceed",
    level: "forward",
    create: () =>
      withOutput("maxPool2d", ({ data }) => {
        data.forEach((y, i) => {
          data[i] = Math.max(-1e20, y);
        });
      }),
  },
  {
    id: "not-finite/loss-zero",
    mistake: "a loss that is NaN is reported as 0",
    level: "step",
    create: () =>
      wrapped({
        session: (session) => ({
          metrics: async () => {
            const { losses, evaluation } = await session.metrics();
            return { losses: losses.map((loss) => (Number.isNaN(loss) ? 0 : loss)), evaluation };
          },
        }),
      }),
  },
  {
    id: "not-finite/predicts-last",
    mistake: "of scores that are all NaN the last class is predicted",
    level: "trajectory",
    create: () =>
      referenceWith({
        predictedClasses: ({ data }, batch) => {
          const classes = data.length / batch;
          return Array.from({ length: batch }, (_, n) => {
            const row = data.subarray(n * classes, (n + 1) * classes);
            return row.reduce((best, score, c) => (score <= at(row, best) ? best : c), 0);
          });
        },
      }),
  },
  {
    id: "max-pool2d/kernel-over-input-refused",
    mistake: "a kernel larger than its padded input is refused, also where ceilMode has a window for it",
    level: "shapes",
    create: () =>
      withLayer("maxPool2d", ({ forward }) => ({
        forward: (layer, input, operands) => {
          const [, , height, width] = fourAxes(input.shape);
          const fits = (extent: number, axis: 0 | 1): boolean =>
            layer.kernelSize[axis] <= extent + 2 * layer.padding[axis];
          if (!fits(height, 0) || !fits(width, 1)) throw new Error("the kernel is larger than the input");
          return forward(layer, input, operands);
        },
      })),
  },
];

/** The reference, in which max pools compute their outputs from the values of a window, in row-major order. */
function withWindows(maximumOf: (values: readonly number[]) => number) {
  return withOutput("maxPool2d", (output, { layer, input }) => {
    forEachWindow(layer, input, output, ({ index, rows, columns, plane, width }) => {
      const values: number[] = [];
      for (let y = rows.start; y < rows.end; y += 1) {
        for (let x = columns.start; x < columns.end; x += 1) {
          values.push(at(input.data, plane + y * width + x));
        }
      }
      output.data[index] = maximumOf(values);
    });
  });
}
