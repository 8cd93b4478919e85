import { at } from "@nin/spec";
import { type CaseResult, type ConformanceReport, isFailure, reportByLevel } from "./report.js";

/**
 * A report as JUnit XML: a test suite for each level, a test for each case. An expected failure is a test that passed,
 * with its reason as output.
 */
export function junitXml(report: ConformanceReport, name: string): string {
  const levels = reportByLevel(report);
  const suites = levels.map(({ level, cases, failed, skipped, durationMs }) =>
    element(
      "testsuite",
      { name: level, tests: cases.length, failures: failed, errors: 0, skipped, time: seconds(durationMs) },
      cases.map(testcase),
    ),
  );
  const totals = {
    name,
    tests: report.cases.length,
    failures: report.failed,
    errors: 0,
    skipped: report.skipped,
    time: seconds(levels.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", totals, suites)}\n`;
}

function testcase(result: CaseResult): string {
  const { id, detail = "", durationMs } = result;
  const [level, group, ...rest] = id.split("/");
  const classname = [level, group].join(".");
  const attributes = { classname, name: rest.join("/"), time: seconds(durationMs) };
  return element("testcase", attributes, outcome(result, detail));
}

function outcome(result: CaseResult, detail: string): readonly string[] {
  if (isFailure(result)) return [element("failure", { message: firstLine(detail) }, [escaped(detail)])];
  if (result.status === "skipped") return [element("skipped", { message: firstLine(detail) }, [])];
  if (result.status === "expectedFailure") return [element("system-out", {}, [escaped(detail)])];
  return [];
}

function element(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  content: readonly string[],
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(`${value}`)}"`);
  const open = `<${tag}${written.join("")}`;
  if (content.length === 0) return `${open}/>`;
  const isText = tag === "failure" || tag === "system-out";
  return isText ? `${open}>${content.join("")}</${tag}>` : `${open}>\n${content.join("\n")}\n</${tag}>`;
}

function escaped(text: string): string {
  return (
    text
      // XML 1.0 has no way to write other control characters.
      .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\u{fffd}")
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/>/g, "&gt;")
      .replace(/"/g, "&quot;")
  );
}

function firstLine(text: string): string {
  return at(text.split("\n"), 0);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
