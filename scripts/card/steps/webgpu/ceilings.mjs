import { runPython } from "../../../measure/python.mjs";
import { statisticsOf } from "../../../measure/throughput/statistics.mjs";
import { measureOwnProducts } from "../../own-products.mjs";

/** The most that two right products of these factors differ, by the norm, from float64. */
const TOLERANCE = { float32: 1e-5, tf32: 2e-3, float16: 2e-3, bfloat16: 1e-2 };

/**
 * What the card can do: matrix products and copies by PyTorch on random numbers, and the best products
 * of our own kernels, one large matrix by another.
 */
export async function run(options, say) {
  const { pytorchDevice, python, productExtent, copyMib } = options;
  const args = ["--device", pytorchDevice, "--extent", `${productExtent}`, "--copy-mib", `${copyMib}`];
  const { copy, products } = JSON.parse(await runPython(python, "ceilings.py", args));
  const theirs = {
    copy: { ...copy, bytesPerSecond: ratesOf(copy) },
    products: Object.fromEntries(
      Object.entries(products).map(([name, { flops, seconds, error }]) => [
        name,
        { flopsPerSecond: ratesOf({ work: flops, seconds }), error, right: error <= TOLERANCE[name] },
      ]),
    ),
  };
  say({ passed: false, ...theirs });
  const own = await measureOwnProducts(options);
  const right = Object.values(theirs.products).every((product) => product.right);
  return { passed: right && own.length > 0, ...theirs, own };
}

function ratesOf({ work, bytes = work, seconds }) {
  return statisticsOf(seconds.map((each) => bytes / each));
}
