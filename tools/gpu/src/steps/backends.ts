import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const NIN = fileURLToPath(new URL("../../../apps/cli/bin/nin.js", import.meta.url));

/** `nin backends`: is the device there, or what does it say is missing? */
export async function run({ backend, device }) {
  const { stdout } = await promisify(execFile)(process.execPath, [NIN, "backends", "--json"]);
  const backends = JSON.parse(stdout);
  const { devices = [] } = backends.find((listed) => listed.backend === backend) ?? {};
  const found = devices.find(({ id }) => id === device);
  return { passed: found?.available === true, reason: found?.reason, backends };
}
