import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { endOf } from "./child-processes.js";

test.each([
  ["process.exit(3)", 3],
  ["process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 60_000)", null],
])("the end of a process is known while it runs, and after: %s", async (program, status) => {
  const child = spawn(process.execPath, ["-e", program], { stdio: "ignore" });
  expect(await endOf(child)).toBe(status);
  expect(await endOf(child)).toBe(status);
});

test("a process that cannot be started is an error", async () => {
  await expect(endOf(spawn("/no/such/program"))).rejects.toThrow("ENOENT");
});

test("a process that ended while nobody listened", async () => {
  const child = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
  await once(child, "close");
  expect(await endOf(child)).toBe(0);
});
