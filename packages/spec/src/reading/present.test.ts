import { expect, test } from "vitest";
import { at, entry, InternalError, present } from "./present.js";

test("gives what is there, whatever it is", () => {
  expect([present(0), present(""), present(false), present(Number.NaN)]).toEqual([0, "", false, Number.NaN]);
  expect([at([0, 1], 0), at(Float32Array.of(2, 3), 1), at(["a", "b"], -1)]).toEqual([0, 3, "b"]);
  expect(entry(new Map([["a", 0]]), "a")).toBe(0);
});

test("throws where nothing is", () => {
  expect(() => present(undefined, "the first loss")).toThrow(new InternalError("the first loss is missing"));
  expect(() => present(null)).toThrow(InternalError);
  expect(() => at([1, 2], 2)).toThrow(new InternalError("there is no element 2 in a list of 2"));
  expect(() => at([1, 2], -3)).toThrow(InternalError);
  expect(() => at([1, 2], Number.NaN)).toThrow(InternalError);
  expect(() => entry(new Map<string, number>(), "net.0")).toThrow(
    new InternalError("there is no entry net.0"),
  );
});
