import { at } from "@nin/spec";
import { type Prediction, rankScores } from "@nin/training";
import "./inside.css";
import "./scores.css";
import { formatValue } from "./map-grid.js";

export interface ClassScoresProps {
  /** What the network gives an image, before the softmax. Shape: [classes]. */
  readonly scores: ArrayLike<number>;
  readonly classNames: readonly string[];
  /** The true class, where it is known. */
  readonly label?: number | undefined;
}

/** More classes are shown by their rank, and no more than these. */
const MOST_SHOWN = 20;

/** The scores of all classes as bars of their probabilities; in the order of the classes, so that live bars stay in place. */
export function ClassScores({ scores, classNames, label }: ClassScoresProps) {
  const ranked = rankScores(scores, classNames);
  const best = at(ranked, 0);
  const shown = ranked.length > MOST_SHOWN ? ranked.slice(0, MOST_SHOWN) : inOrder(ranked);
  return (
    <div class="class-scores">
      <p class="scores-verdict">
        <strong>{best.class}</strong> {percent(best.probability)}
        {label !== undefined && <Verdict isRight={label === best.index} truth={at(classNames, label)} />}
      </p>
      <table class="score-table">
        <caption class="visually-hidden">Scores of the classes</caption>
        <thead>
          <tr>
            <th scope="col" class="score-name">
              Class
            </th>
            <th scope="col" class="score-column" colSpan={2}>
              Probability
            </th>
            <th scope="col" class="score-column" colSpan={2}>
              Score (logit)
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ class: name, index, probability }) => (
            <tr key={index} class={rowClass(index, best.index, label)}>
              <th scope="row" class="score-name">
                {name}
                {index === label && <span class="score-mark"> true</span>}
              </th>
              <td class="score-bar">
                <span class="score-room">
                  <span class="score-fill" style={barStyle({ from: 0, share: probability })} />
                </span>
              </td>
              <td class="score-number">{percent(probability)}</td>
              <td class="score-bar score-logit">
                <span class="score-room">
                  <span class="score-fill" style={barStyle(logitBar(scores, index))} />
                </span>
              </td>
              <td class="score-number">{formatValue(at(scores, index), 3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < ranked.length && (
        <p class="inside-note">
          The {shown.length} most probable of {ranked.length} classes.
        </p>
      )}
    </div>
  );
}

function Verdict({ isRight, truth }: { readonly isRight: boolean; readonly truth: string }) {
  return isRight ? (
    <span class="verdict-right"> {"\u2713"} right</span>
  ) : (
    <span class="verdict-wrong">
      {" "}
      {"\u2717"} wrong, it is {truth}
    </span>
  );
}

/** `97.3%`; a probability that is no number as a dash. */
export function percent(probability: number): string {
  return Number.isFinite(probability) ? `${(100 * probability).toFixed(1)}%` : "\u2013";
}

/** Where a bar begins and how long it is. Units: shares of the room, from 0 to 1. */
export interface Bar {
  readonly from: number;
  readonly share: number;
}

/** The bar of a score, from 0 to it, in the room from the least score or 0 to the largest or 0. */
export function logitBar(scores: ArrayLike<number>, index: number): Bar {
  const all = Array.from(scores);
  const low = Math.min(0, ...all);
  const range = Math.max(0, ...all) - low;
  if (!(range > 0)) return { from: 0, share: 0 };
  const score = at(scores, index);
  return { from: (Math.min(0, score) - low) / range, share: Math.abs(score) / range };
}

/** A bar of what is no number is empty. */
function barStyle({ from, share }: Bar): Record<string, string> {
  const written = (value: number): string => (Number.isFinite(value) ? value.toFixed(4) : "0");
  return { "--from": written(from), "--share": written(share) };
}

function inOrder(ranked: readonly Prediction[]): readonly Prediction[] {
  return [...ranked].sort((one, other) => one.index - other.index);
}

function rowClass(index: number, predicted: number, label: number | undefined): string {
  if (index !== predicted) return index === label ? "score-true" : "";
  return label === undefined || label === predicted ? "score-best" : "score-best score-miss";
}
