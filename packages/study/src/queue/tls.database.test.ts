import { spawnSync } from "node:child_process";
import { chown, stat } from "node:fs/promises";
import { join } from "node:path";
import { lacking } from "@nin/test-support";
import { expect, it } from "vitest";
import { StudyQueue } from "./study-queue.js";
import { useServer } from "./testing/server.js";

const { server } = useServer();

it("connections are encrypted, and servers checked, as sslmode asks for", async ({ skip }) => {
  const [row] = await server().query("SHOW data_directory");
  const folder = String(row?.data_directory);
  const [key, certificate] = [join(folder, "own.key"), join(folder, "own.crt")];
  // For a name that the server is not reached by, signed by itself.
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=elsewhere.example"],
    ...["-keyout", key, "-out", certificate],
  ]);
  if (made.status !== 0) return lacking("openssl", "there is no openssl command here", skip);
  const { uid, gid } = await stat(folder);
  await chown(key, uid, gid);
  await server().query(`ALTER SYSTEM SET ssl_key_file = '${key}'`);
  await server().query(`ALTER SYSTEM SET ssl_cert_file = '${certificate}'`);
  await server().query("ALTER SYSTEM SET ssl = on");
  await server().query("SELECT pg_reload_conf()");

  const encrypted = async (parameters: string): Promise<unknown> => {
    const queue = await StudyQueue.open(`${server().url()}?${parameters}`, () => {});
    const [found] = await server().query(
      "SELECT bool_and(ssl) AS ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'nin'",
    );
    await queue.close();
    return found?.ssl;
  };
  await expect.poll(() => encrypted("")).toBe(true);
  expect(await encrypted("sslmode=disable")).toBe(false);
  expect(await encrypted("sslmode=require")).toBe(true);
  expect(await encrypted(`sslmode=verify-ca&sslrootcert=${certificate}`)).toBe(true);
  await expect(encrypted("sslmode=verify-ca")).rejects.toThrow(
    /its certificate is not trusted \(self-signed certificate\); sslrootcert names the file of an authority to trust$/,
  );
  await expect(encrypted(`sslmode=verify-full&sslrootcert=${certificate}`)).rejects.toThrow(
    /its certificate is not trusted \(Hostname\/IP does not match certificate's altnames/,
  );
});
