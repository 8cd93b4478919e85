import { InvalidArgumentError, Option } from "commander";

/** The file of the result. */
export function outOption(): Option {
  return new Option("--out <file>", "file to write the result to, as JSON");
}

/** The seed of random moments; by default another one each time, which is printed. */
export function seedOption(): Option {
  const seed = Date.now() % 1_000_000;
  return new Option("--seed <n>", "seed of the random numbers")
    .argParser(wholeNumber)
    .default(seed, "from the clock");
}

/** The Python that has PyTorch. */
export function pythonOption(): Option {
  return new Option("--python <path>", "Python with tools/pytorch/requirements.txt").default("python3");
}

/** Fashion-MNIST's files; `NIN_DATA_DIR` names them as well. */
export function dataOption(): Option {
  return new Option("--data <folder>", "folder of Fashion-MNIST's IDX files")
    .env("NIN_DATA_DIR")
    .makeOptionMandatory();
}

/** A backend and its device. */
export interface Place {
  /** `onnxruntime:cpu`. */
  readonly name: string;
  readonly backend: string;
  readonly device: string;
}

/** Devices as `BACKEND:DEVICE`, any number of them. */
export function placesOption(defaults: readonly string[]): Option {
  return new Option("--device <backend:device...>", "devices to compute on")
    .argParser((text, before: readonly Place[] | undefined) => [...(before ?? []), placeOf(text)])
    .default(undefined, defaults.join(" "));
}

/** The devices that were given, or the usual ones. */
export function placesOr(given: readonly Place[] | undefined, defaults: readonly string[]): readonly Place[] {
  return given ?? defaults.map(placeOf);
}

/** A positive integer, for commander. */
export function positiveInteger(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError(`expected a positive integer, got ${text}`);
  return value;
}

/** A positive number, for commander. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError(`expected a positive number, got ${text}`);
  }
  return value;
}

/** An integer from 0 on, for commander. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError(`expected an integer from 0 on, got ${text}`);
  }
  return value;
}

function placeOf(name: string): Place {
  const [backend, device] = name.split(":");
  if (backend === undefined || device === undefined || device === "") {
    throw new InvalidArgumentError(`expected BACKEND:DEVICE, got ${name}`);
  }
  return { name, backend, device };
}
