import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./repository.js";

const readme = join(root, "README.md");

it.skipIf(!existsSync(readme))("README.md quotes examples/train.mjs as it is", () => {
  const program = readFileSync(join(root, "examples/train.mjs"), "utf8").trim();
  const isQuoted = readFileSync(readme, "utf8").includes(`\`\`\`js\n${program}\n\`\`\``);
  expect(isQuoted, "a block of js with exactly the file's text").toBe(true);
});
