import { availableParallelism as processors } from "node:os";
import { expect, it, test } from "vitest";
import { availableParallelism, mostThreads, parallelismWithin } from "./processes.js";

const within = (count: number, files: Readonly<Record<string, string>>): number =>
  parallelismWithin(count, (path) => files[path]);

it.each<[string, number, Readonly<Record<string, string>>]>([
  ["no control groups", 8, {}],
  ["one without a limit", 8, { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "max 100000\n" }],
  [
    "a container's, version 2",
    2,
    { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "200000 100000\n" },
  ],
  ["half a processor", 1, { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "50000 100000\n" }],
  ["one and a half", 2, { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "150000 100000\n" }],
  ["more than there are", 8, { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "6400000 100000\n" }],
  [
    "the smallest of its own and those above",
    3,
    {
      "/proc/self/cgroup": "0::/user.slice/a.service\n",
      "/sys/fs/cgroup/user.slice/a.service/cpu.max": "500000 100000",
      "/sys/fs/cgroup/user.slice/cpu.max": "300000 100000",
    },
  ],
  [
    "a path outside of the name space",
    2,
    { "/proc/self/cgroup": "0::/../..\n", "/sys/fs/cgroup/cpu.max": "200000 100000" },
  ],
  [
    "version 1, as seen from outside",
    2,
    {
      "/proc/self/cgroup": "9:name=systemd:/\n2:cpu,cpuacct:/docker/abc\n0::/\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "200000\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    },
  ],
  [
    "version 1 without a limit",
    8,
    {
      "/proc/self/cgroup": "1:cpu:/\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    },
  ],
  [
    "files that say nothing",
    8,
    { "/proc/self/cgroup": "rubbish\n0::\n0::/\n", "/sys/fs/cgroup/cpu.max": "rubbish 0" },
  ],
])("heeds the limits of control groups: %s", (_, expected, files) => {
  expect(within(8, files)).toBe(expected);
});

test("on this machine it is between one and its processors, and threads are four times as many at most", () => {
  expect(availableParallelism()).toBeGreaterThanOrEqual(1);
  expect(availableParallelism()).toBeLessThanOrEqual(processors());
  expect(mostThreads()).toBe(4 * availableParallelism());
});
