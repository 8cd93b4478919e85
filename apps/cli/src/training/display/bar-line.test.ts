import { describe, expect, it } from "vitest";
import { type BarContent, barLine } from "./bar-display.js";

const content: BarContent = {
  phase: "Epoch 1/2",
  step: 120,
  lastStep: 480,
  imagesPerSecond: "260",
  loss: "0.5123",
  accuracy: "83.21%",
  left: "1m 20s",
};

describe("barLine", () => {
  it("fills the bar as far as the steps are done", () => {
    const bars = [0, 119, 120, 479, 480].map(
      (step) => barLine({ ...content, step }, 200).match(/\[.*\]/)?.[0],
    );
    expect(bars).toEqual([0, 9, 10, 39, 40].map((done) => `[${"=".repeat(done).padEnd(40)}]`));
    // Resumed with a smaller --max-steps.
    expect(barLine({ ...content, step: 960 }, 200)).toContain(`[${"=".repeat(40)}]`);
  });

  it("gives way as the terminal gets narrower: bar, words, bar at all", () => {
    const start = "Epoch 1/2 ";
    const end = "260 images/s  loss 0.5123  acc 83.21%  1m 20s left";
    const long = "120/480  260 images/s  loss 0.5123  accuracy 83.21%  1m 20s left";
    expect(barLine(content, 120)).toBe(`${start}[${"=".repeat(10).padEnd(40)}] ${long}`);
    expect(barLine(content, 90)).toBe(`${start}[==        ] ${long}`);
    expect(barLine(content, 84)).toBe(`${start}[==       ] 120/480  ${end}`);
    expect(barLine(content, 80)).toBe(`${start}[===           ] ${end}`);
    expect(barLine(content, 73)).toBe(`${start}120/480  ${end}`);
    expect(barLine(content, 40)).toBe(`${start}120/480  ${end}`.slice(0, 37));
  });

  it("leaves room for ^C at every width", () => {
    for (let columns = 20; columns < 200; columns += 1) {
      expect(barLine(content, columns).length).toBeLessThanOrEqual(columns - 3);
    }
  });
});
