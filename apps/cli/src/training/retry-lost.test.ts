import { DeviceLostError } from "@nin/backend";
import { describe, expect, it } from "vitest";
import { retryLost } from "./retry-lost.js";

const lost = () => Promise.reject(new DeviceLostError("webgpu", "gpu", "unplugged"));

describe("retryLost", () => {
  it("resumes after a lost device, and says so", async () => {
    const notes: string[] = [];
    const resumed: (() => Promise<string>)[] = [lost, async () => "done"];
    const outcome = await retryLost(lost, () => resumed.shift()?.() ?? lost(), {
      note: (line) => void notes.push(line),
    });
    expect(outcome).toBe("done");
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/the device gpu was lost: unplugged.*attempt 1 of 5/);
  });

  it("gives up on a device that is lost again and again", async () => {
    let attempts = 0;
    const again = () => {
      attempts += 1;
      return lost();
    };
    await expect(retryLost(again, again, { note: () => undefined })).rejects.toThrow(DeviceLostError);
    expect(attempts).toBe(6);
  });

  it("resumes after nothing else", async () => {
    const broken = () => Promise.reject(new RangeError("no"));
    const resume = () => Promise.resolve("resumed");
    await expect(retryLost(broken, resume, { note: () => undefined })).rejects.toThrow(RangeError);
  });
});
