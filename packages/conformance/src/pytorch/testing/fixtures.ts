import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createReferenceBackend } from "@nin/backend-reference";
import type { CaseContext } from "../../case/case.js";
import type { ConformanceHost } from "../../case/host.js";
import { tolerances } from "../../case/tolerances.js";
import { type PyTorchFixture, parsePyTorchFixture } from "../fixture.js";

const FOLDER = new URL("../../../fixtures/", import.meta.url);

/** The committed files of a folder below `fixtures`, without their ending. */
export function committedFixtures(folder: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, FOLDER)).map((name) => name.replace(/\.json$/, ""));
}

/** The text of a file below `fixtures`. */
export function committedText(path: string): string {
  return readFileSync(new URL(path, FOLDER), "utf8");
}

/** A committed fixture, parsed. */
export function committedFixture(file: string): PyTorchFixture {
  return parsePyTorchFixture(JSON.parse(committedText(`pytorch/${file}.json`)));
}

/** A host of fixtures alone; `alter` may change a text on its way. */
export function fixtureHost(alter: (text: string) => string = (text) => text): ConformanceHost {
  return { readFixture: async (path) => alter(await readFile(new URL(path, FOLDER), "utf8")) };
}

/** The reference under test, on a host. */
export function referenceContext(host: ConformanceHost): CaseContext {
  const backend = createReferenceBackend();
  return {
    backend,
    options: {},
    arithmetic: "f32",
    tolerances: tolerances.f32,
    host,
    seed: 0,
    compile: (architecture, options) => backend.compile(architecture, options),
    oracle: (architecture, options) => backend.compile(architecture, options),
  };
}
