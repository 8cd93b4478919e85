import { at, classCount, scoreNames, shownText } from "@nin/spec";
import { type ClassifyOptions, classifyImages, type Prediction } from "@nin/training";
import { type BackendFlags, chooseBackend, threadsOf, withModel } from "../arguments/backend-options.js";
import { preprocessingOf, type TrainedModel } from "../arguments/trained-model.js";
import { UsageError, withFileInErrors } from "../errors/usage-error.js";
import { count, plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";
import { readPictures, requireFiles } from "./read-pictures.js";

/** How pictures are classified. */
export interface PictureRequest extends BackendFlags {
  readonly recipe?: string;
  /** How many classes are given for each. */
  readonly top?: number;
  readonly skipBroken?: boolean;
  readonly json?: boolean;
}

/** How many images a batch has, as in `nin evaluate`. */
const BATCH = 128;
/** How often progress is reported. Units: milliseconds. */
const REPORT_MS = 5_000;

/**
 * Prints the classes of pictures, in the order given: one line for each, or a JSON array.
 *
 * @throws `UsageError`, `DataError` for a picture that cannot be read; what the backend throws
 */
export async function predictPictures(
  trained: TrainedModel,
  paths: readonly string[],
  flags: PictureRequest,
  terminal: Terminal,
): Promise<void> {
  const { architecture, description, parameters, file } = trained;
  const preprocessing = await preprocessingOf(trained, flags.recipe);
  const { image = architecture.input } = description;
  const skipBroken = flags.skipBroken === true;
  await requireFiles(paths, skipBroken);
  const scores = classCount(architecture);
  const options: ClassifyOptions = {
    classNames: description.classNames ?? scoreNames([], scores),
    imageFormat: { ...image, preprocessing },
    ...(flags.top !== undefined && { top: flags.top }),
  };
  if (description.classNames === undefined)
    terminal.note(`${file} does not name its classes: they are numbers from 0 to ${scores - 1}`);
  const batchSize = Math.min(BATCH, paths.length);
  const compile = { maxBatch: batchSize, imageFormat: options.imageFormat, ...threadsOf(flags) };
  await withModel(await chooseBackend(flags, terminal), architecture, compile, async (model) => {
    await withFileInErrors(file, "NIN_PARAMETER", () => model.writeParameters(parameters));
    const output = flags.json === true ? jsonArray(terminal) : lines(terminal);
    const report = progress(paths.length, terminal);
    const { signal } = terminal;
    let broken = 0;
    for await (const batch of readPictures(paths, { format: image, batchSize, skipBroken, signal })) {
      for (const problem of batch.broken) terminal.note(`Skipped ${problem}`);
      broken += batch.broken.length;
      if (batch.paths.length > 0) {
        const predicted = await classifyImages(model, batch.images, options);
        output.add(batch.paths, predicted);
      }
      report(batch.done);
    }
    if (broken === paths.length) throw new UsageError(`none of ${plural(broken, "image")} can be read`);
    output.end();
    if (broken > 0) terminal.note(`${count(broken)} of ${plural(paths.length, "image")} skipped`);
  });
}

interface Output {
  add(paths: readonly string[], predicted: readonly (readonly Prediction[])[]): void;
  end(): void;
}

/** `boot.png: Ankle boot 98.21%, Sneaker 1.60%`. */
function lines(terminal: Terminal): Output {
  return {
    add(paths, predicted) {
      paths.forEach((path, index) => {
        const classes = at(predicted, index).map(
          (each) => `${shownText(each.class)} ${(100 * each.probability).toFixed(2)}%`,
        );
        terminal.print(`${shownText(path, 4096)}: ${classes.join(", ")}`);
      });
    },
    end() {},
  };
}

/** One element a line, so that nothing is kept; the array is whole only where the command ends well. */
function jsonArray(terminal: Terminal): Output {
  let before: string | undefined;
  return {
    add(paths, predicted) {
      paths.forEach((image, index) => {
        if (before === undefined) terminal.print("[");
        else terminal.print(`${before},`);
        before = JSON.stringify({ image, predictions: at(predicted, index) });
      });
    },
    end() {
      if (before !== undefined) terminal.print(before);
      terminal.print("]");
    },
  };
}

/** Reports how far a long list has got, on stderr. */
function progress(total: number, terminal: Terminal): (done: number) => void {
  let last = performance.now();
  return (done) => {
    const now = performance.now();
    if (now - last < REPORT_MS || done === total) return;
    last = now;
    terminal.note(`${count(done)} of ${count(total)} images`);
  };
}
