import { classesSection } from "./classes.js";
import { curvesSection } from "./curves.js";
import { headline, pageTitle } from "./headline.js";
import { page } from "./page.js";
import type { ReportData } from "./report-data.js";
import { runFacts } from "./run-facts.js";
import { readHistory } from "./run-history.js";
import { samplesSection } from "./sample-grid.js";

/**
 * The page of a run: one HTML document that needs nothing outside itself, the same for the same data.
 *
 * Throws: `RangeError` when a sample's pixels are not of `imageSize`.
 */
export function renderReport(data: ReportData): string {
  const { config, metrics, imageSize, samples } = data;
  const { classNames } = config.data;
  const history = readHistory(metrics);
  return page(pageTitle(data, history), [
    headline(data, history),
    curvesSection(history),
    classesSection(history, classNames),
    samplesSection(samples, imageSize, classNames),
    runFacts(config, history),
  ]);
}
