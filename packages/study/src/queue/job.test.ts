import { at } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { jobId, jobOf, kindOf, parseQueueKind, parseStudyJob, plannedRunOf, queueName } from "./job.js";
import { FAKE_DATA, fakePlan } from "./testing/fake-training.js";

const run = at((await fakePlan("a study", 1)).runs, 0);
const job = jobOf("a study", run, FAKE_DATA);
const throughDatabase = (): Record<string, unknown> =>
  JSON.parse(JSON.stringify(job)) as Record<string, unknown>;

describe("a job", () => {
  it("comes out of a database as it went in, and is the run that was planned", () => {
    expect(parseStudyJob(throughDatabase())).toEqual(job);
    const { settings: _settings, ...planned } = run;
    const { settings: _none, ...received } = plannedRunOf(parseStudyJob(throughDatabase()), "synthetic");
    expect(received).toEqual(planned);
  });

  it("has nothing of the sender's machine in it", () => {
    const text = JSON.stringify(jobOf("a study", { ...run, data: "/home/ada/secret" }, FAKE_DATA));
    expect(text).not.toContain("ada");
    expect(text).not.toContain("settings");
  });

  it.each([
    ["format", "nin-architecture", 'format: expected "nin-study-job", got "nin-architecture"'],
    ["version", 2, "version: expected 1, got 2"],
    ["run", "../../etc", 'run: expected 16 hexadecimal digits, got "../../etc"'],
    ["run", "ABCDEF0123456789", "run: expected 16 hexadecimal digits"],
    ["study", "", "study: expected a non-empty string"],
    ["study", "x".repeat(1001), "study: expected at most 1000 characters"],
    ["architecture", { format: "nin-architecture", version: 1 }, "name: expected a non-empty string"],
    ["recipe", { ...run.recipe, epochs: 0 }, "epochs: expected a positive integer"],
    ["isSized", "yes", "isSized: expected true or false"],
    ["epochs", 0, "epochs: expected a positive integer"],
    ["data", { ...FAKE_DATA, path: "/etc" }, "data.path"],
    ["data", { ...FAKE_DATA, limit: -1 }, "data.limit: expected a positive integer or null"],
    [
      "data",
      { ...FAKE_DATA, test: { count: 1, sha256: "c" } },
      "data.test.sha256: expected 64 hexadecimal digits",
    ],
    ["backend", 5, "backend: expected a non-empty string"],
    ["device", {}, "device: expected a non-empty string"],
    ["precision", "f16", 'precision: expected one of "f32", "mixed"'],
    ["threads", 0.5, "threads: expected a positive integer or null"],
    ["script", "rm -rf /", "script"],
  ])("with a wrong %s is refused in one line: %j", (name, value, line) => {
    const changed = { ...throughDatabase(), [name]: value };
    expect(() => parseStudyJob(changed)).toThrow(line);
    expect(() => parseStudyJob(changed)).toThrow(/^[^\n]{1,400}$/);
  });

  it.each([null, 7, "text", [], [{}]])("that is %j is refused", (json) => {
    expect(() => parseStudyJob(json)).toThrow("expected an object");
  });
});

describe("the queue of a job", () => {
  const kind = kindOf(job);

  it("is the same for the same work, and another for other data, another device or version", () => {
    expect(queueName(parseQueueKind(JSON.parse(JSON.stringify(kind))))).toBe(queueName(kind));
    const others = [
      { ...kind, version: 2 },
      { ...kind, backend: "onnxruntime" },
      { ...kind, device: null },
      { ...kind, data: { ...kind.data, limit: 10 } },
      { ...kind, data: { ...kind.data, train: { count: 60, sha256: "c".repeat(64) } } },
    ];
    expect(new Set([kind, ...others].map(queueName)).size).toBe(others.length + 1);
    // What only people read distinguishes nothing.
    expect(queueName({ ...kind, data: { ...kind.data, name: "renamed" } })).toBe(queueName(kind));
  });

  it("has a name that pg-boss accepts, whatever the device is called", () => {
    const name = queueName({ ...kind, backend: "x';DROP", device: `${"/\u00e9 ".repeat(99)}` });
    expect(name).toMatch(/^nin-study\/1\/[\w.-]{1,60}\/[0-9a-f]{32}$/);
  });
});

it("the id of a job is a UUID that follows from study and run", () => {
  const id = jobId("a study", run.id);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(jobId("a study", run.id)).toBe(id);
  expect(new Set([id, jobId("b", run.id), jobId("a study", "0".repeat(16))]).size).toBe(3);
});
