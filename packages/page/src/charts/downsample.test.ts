import { describe, expect, it } from "vitest";
import { type CurvePoint, downsample } from "./downsample.js";

const line = (length: number): CurvePoint[] =>
  Array.from({ length }, (_, index) => ({ x: index + 1, y: Math.sin(index) }));

describe("downsample", () => {
  it("leaves a short line as it is", () => {
    expect(downsample(line(30), 30)).toEqual(line(30));
  });

  it("keeps the extremes and the gaps, in order, within the number asked for", () => {
    const points = line(1000);
    points[500] = { x: 501, y: 99 };
    points[600] = { x: 601, y: -99 };
    points[700] = { x: 701, y: null };
    const kept = downsample(points, 60);
    expect(kept.length).toBeLessThanOrEqual(60);
    expect(kept).toEqual(expect.arrayContaining([points[500], points[600], points[700]]));
    expect(kept.map(({ x }) => x)).toEqual([...kept].sort((a, b) => a.x - b.x).map(({ x }) => x));
    expect(new Set(kept.map(({ x }) => x)).size).toBe(kept.length);
  });
});
