import { describe, expect, test } from "vitest";
import { junitXml } from "./junit.js";
import { type CaseResult, reportByLevel, reportOf } from "./report.js";

const results: readonly CaseResult[] = [
  {
    id: "forward/conv2d/plain:batch=2",
    status: "failed",
    detail: 'scores: 1 < 2 & "so on"\nmore\u0007',
    durationMs: 1500,
  },
  { id: "shapes/relu/image", status: "passed", durationMs: 20 },
  {
    id: "shapes/relu/row",
    status: "unexpectedPass",
    detail: "expected to fail, and passes: why",
    durationMs: 5,
  },
  { id: "files/weights/kept", status: "skipped", detail: "this host lacks: files", durationMs: 0 },
  { id: "forward/relu/image", status: "expectedFailure", detail: "the runtime (1.5)", durationMs: 500 },
];

test("a report counts each case once, an unexpected pass as a failure", () => {
  expect(reportOf(results)).toEqual({
    passed: 1,
    failed: 2,
    skipped: 1,
    expectedFailures: 1,
    cases: results,
  });
});

test("a report by level has the levels in the order of the suite", () => {
  const levels = reportByLevel(reportOf(results));
  expect(
    levels.map(({ level, passed, failed, skipped, expectedFailures, durationMs }) => [
      level,
      passed,
      failed,
      skipped,
      expectedFailures,
      durationMs,
    ]),
  ).toEqual([
    ["shapes", 1, 1, 0, 0, 25],
    ["forward", 0, 1, 0, 1, 2000],
    ["files", 0, 0, 1, 0, 0],
  ]);
});

describe("JUnit XML", () => {
  const xml = junitXml(reportOf(results), "fast on <gpu>");

  test("has a suite for each level and a test for each case", () => {
    expect(xml.split("\n")).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="fast on &lt;gpu&gt;" tests="5" failures="2" errors="0" skipped="1" time="2.025">',
      '<testsuite name="shapes" tests="2" failures="1" errors="0" skipped="0" time="0.025">',
      '<testcase classname="shapes.relu" name="image" time="0.020"/>',
      '<testcase classname="shapes.relu" name="row" time="0.005">',
      '<failure message="expected to fail, and passes: why">expected to fail, and passes: why</failure>',
      "</testcase>",
      "</testsuite>",
      '<testsuite name="forward" tests="2" failures="1" errors="0" skipped="0" time="2.000">',
      '<testcase classname="forward.conv2d" name="plain:batch=2" time="1.500">',
      '<failure message="scores: 1 &lt; 2 &amp; &quot;so on&quot;">scores: 1 &lt; 2 &amp; &quot;so on&quot;',
      "more\ufffd</failure>",
      "</testcase>",
      '<testcase classname="forward.relu" name="image" time="0.500">',
      "<system-out>the runtime (1.5)</system-out>",
      "</testcase>",
      "</testsuite>",
      '<testsuite name="files" tests="1" failures="0" errors="0" skipped="1" time="0.000">',
      '<testcase classname="files.weights" name="kept" time="0.000">',
      '<skipped message="this host lacks: files"/>',
      "</testcase>",
      "</testsuite>",
      "</testsuites>",
      "",
    ]);
  });
});
