import { describe, expect, it } from "vitest";
import { type BarContent, barLine } from "./bar-line.js";

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
    const figures = "120/480  260 images/s  loss 0.5123";
    expect(barLine(content, 120)).toBe(
      `Epoch 1/2 [${"=".repeat(10).padEnd(40)}] ${figures}  accuracy 83.21%  1m 20s left`,
    );
    expect(barLine(content, 90)).toBe(`Epoch 1/2 [==        ] ${figures}  accuracy 83.21%  1m 20s left`);
    expect(barLine(content, 80)).toMatch(
      /^Epoch 1\/2 \[=+ +\] 120\/480 {2}260 images\/s {2}loss 0\.5123 {2}acc 83\.21% {2}1m 20s left$/,
    );
    expect(barLine(content, 75)).toBe(`Epoch 1/2 ${figures}  acc 83.21%  1m 20s left`);
    expect(barLine(content, 40)).toBe(`Epoch 1/2 ${figures}`.slice(0, 37));
  });

  it("leaves room for ^C at every width", () => {
    for (let columns = 20; columns < 200; columns += 1) {
      expect(barLine(content, columns).length).toBeLessThanOrEqual(columns - 3);
    }
  });
});
