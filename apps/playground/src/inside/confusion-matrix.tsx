import { at } from "@nin/spec";
import "./inside.css";
import "./scores.css";
import { percent } from "./class-scores.js";

export interface ConfusionMatrixProps {
  /** Rows are true classes, columns predicted ones; what `evaluateModel` of `@nin/training` gives. */
  readonly confusion: readonly (readonly number[])[];
  readonly classNames: readonly string[];
}

/** Larger matrices have cells too small for numbers. */
const MOST_WRITTEN = 20;
/** A larger one would make the page slow, and could not be read. */
const MOST_DRAWN = 100;

/** What scrolls must be reached by the keyboard. */
const SCROLLS = { tabIndex: 0 } as const;

/** Which classes are taken for which: a table, each row shaded by its own shares. */
export function ConfusionMatrix({ confusion, classNames }: ConfusionMatrixProps) {
  const isSmall = confusion.length > MOST_WRITTEN;
  const total = sum(confusion.map(sum));
  const right = sum(confusion.map((row, label) => at(row, label)));
  const mistake = largestMistake(confusion);
  if (total === 0) return <p class="inside-note">No image has been classified yet.</p>;
  const isDrawn = confusion.length <= MOST_DRAWN;
  return (
    <div class="confusion-matrix">
      <p class="inside-note">
        {percent(right / total)} of {total.toLocaleString("en-US")} images are on the diagonal, where they
        belong.
        {mistake !== undefined &&
          ` Most often ${at(classNames, mistake.label)} is taken for ${at(classNames, mistake.prediction)}: ${mistake.count} times.`}
      </p>
      {isDrawn && (
        <section class="confusion-scroll" aria-label="Confusion matrix" {...SCROLLS}>
          <table class={`confusion ${isSmall ? "confusion-small" : "confusion-large"}`}>
            <caption class="visually-hidden">Rows are true classes, columns predicted ones</caption>
            <thead>
              <tr>
                <td class="confusion-corner">
                  true {"\u2193"} predicted {"\u2192"}
                </td>
                {confusion.map((_, index) => (
                  <th key={at(classNames, index)} scope="col" class="confusion-column">
                    <span>{at(classNames, index)}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {confusion.map((row, label) => (
                <Row key={at(classNames, label)} row={row} label={label} classNames={classNames} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

interface RowProps {
  readonly row: readonly number[];
  readonly label: number;
  readonly classNames: readonly string[];
}

function Row({ row, label, classNames }: RowProps) {
  const ofRow = sum(row);
  return (
    <tr>
      <th scope="row" class="confusion-row">
        {at(classNames, label)}
      </th>
      {row.map((count, prediction) => {
        const key = at(classNames, prediction);
        if (count === 0)
          return (
            <td key={key} class="confusion-cell confusion-none">
              0
            </td>
          );
        const share = count / ofRow;
        const tip = `${at(classNames, label)} classified as ${key}: ${count} of ${ofRow} (${percent(share)})`;
        // The root, so that a mistake of a few percent is seen.
        const shade = { "--share": Math.sqrt(share).toFixed(2) };
        return (
          <td
            key={key}
            class={`confusion-cell ${label === prediction ? "confusion-hit" : "confusion-miss"}`}
            style={shade}
            title={tip}
          >
            {count}
          </td>
        );
      })}
    </tr>
  );
}

/** The pair of classes that is confused most, the first of equals; undefined where none is. */
export function largestMistake(
  confusion: readonly (readonly number[])[],
): { readonly label: number; readonly prediction: number; readonly count: number } | undefined {
  let found: { readonly label: number; readonly prediction: number; readonly count: number } | undefined;
  confusion.forEach((row, label) => {
    row.forEach((count, prediction) => {
      if (label !== prediction && count > (found?.count ?? 0)) found = { label, prediction, count };
    });
  });
  return found;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
