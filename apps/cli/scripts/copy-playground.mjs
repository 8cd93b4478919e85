// The command serves the playground: its built page becomes a part of this package.
import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../../playground/dist/", import.meta.url));
const own = fileURLToPath(new URL("../dist/playground-page/", import.meta.url));
rmSync(own, { recursive: true, force: true });
cpSync(built, own, { recursive: true });
