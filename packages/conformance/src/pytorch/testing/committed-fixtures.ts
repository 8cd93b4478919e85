import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { ConformanceHost } from "../../host.js";
import type { PyTorchFixture } from "../fixture.js";
import { parsePyTorchFixture } from "../parse-fixture.js";

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
