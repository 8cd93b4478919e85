import { DeviceLostError } from "@nin/backend";
import { describe, expect, it } from "vitest";
import { retryingLost } from "./retry-lost.js";

const lost = () => Promise.reject(new DeviceLostError("webgpu", "card", "unplugged"));

describe("retryingLost", () => {
  it("resumes after a lost device, and says so", async () => {
    const notes: string[] = [];
    const resumed: (() => Promise<string>)[] = [lost, async () => "done"];
    const outcome = await retryingLost(lost, () => resumed.shift()?.() ?? lost(), {
      note: (line) => void notes.push(line),
    });
    expect(outcome).toBe("done");
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/the device card was lost: unplugged.*try 1 of 5/);
  });

  it("gives up on a device that is lost again and again", async () => {
    let tries = 0;
    const again = () => {
      tries += 1;
      return lost();
    };
    await expect(retryingLost(again, again, { note: () => undefined })).rejects.toThrow(DeviceLostError);
    expect(tries).toBe(6);
  });

  it("resumes after nothing else", async () => {
    const broken = () => Promise.reject(new RangeError("no"));
    const resume = () => Promise.resolve("resumed");
    await expect(retryingLost(broken, resume, { note: () => undefined })).rejects.toThrow(RangeError);
  });
});
