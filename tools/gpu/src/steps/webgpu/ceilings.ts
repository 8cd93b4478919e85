import { runPython } from "../../../measure/python.mjs";
import { statisticsOf } from "../../../measure/throughput/statistics.mjs";
import { measureOwnProducts } from "../../own-products.mjs";

/** The most that two right products of these factors differ, by the norm, from float64. */
const TOLERANCE = { float32: 1e-5, tf32: 2e-3, float16: 2e-3, bfloat16: 1e-2 };

/** PyTorch is told of TF32 by its own switches. */
const ENVIRONMENT = { NVIDIA_TF32_OVERRIDE: undefined };

/**
 * What the card can do: matrix products and copies by PyTorch on random numbers, and the best products
 * of our own kernels, one large matrix by another.
 */
export async function run(options, say) {
  const { pytorchDevice, python, productExtent, copyMib } = options;
  const args = ["--device", pytorchDevice, "--extent", `${productExtent}`, "--copy-mib", `${copyMib}`];
  const theirs = await measureTheirs(python, args);
  say({ passed: false, ...theirs });
  const own = await measureOwnProducts(options);
  const right = theirs.copy !== undefined && Object.values(theirs.products).every((product) => product.right);
  return { passed: right && own.length > 0 && theirs.failures.length === 0, ...theirs, own };
}

/** What failed is under `failures`; our own are measured all the same. */
async function measureTheirs(python, args) {
  try {
    const { copy, products } = JSON.parse(await runPython(python, "ceilings.py", args, "", ENVIRONMENT));
    const all = Object.entries({ copy, ...products });
    const failures = all.flatMap(([id, { failed }]) => (failed === undefined ? [] : [{ id, failed }]));
    return {
      failures,
      copy: copy.failed === undefined ? { ...copy, bytesPerSecond: ratesOf(copy) } : undefined,
      products: Object.fromEntries(
        Object.entries(products)
          .filter(([, { failed }]) => failed === undefined)
          .map(([name, { flops, seconds, error }]) => [
            name,
            { flopsPerSecond: ratesOf({ work: flops, seconds }), error, right: error <= TOLERANCE[name] },
          ]),
      ),
    };
  } catch (error) {
    return { failures: [{ id: "ceilings.py", failed: error.message }], copy: undefined, products: {} };
  }
}

function ratesOf({ work, bytes = work, seconds }) {
  return statisticsOf(seconds.map((each) => bytes / each));
}
