import { expect, it } from "vitest";
import { Memo } from "./memo.js";

/** A `make` that fails as often as asked, then gives how often it was called. */
function failing(times: number) {
  let calls = 0;
  const make = async () => {
    calls += 1;
    if (calls <= times) throw new Error(`failure ${calls}`);
    return calls;
  };
  return { make, calls: () => calls };
}

it("makes a result once, however many ask at once", async () => {
  const memo = new Memo<string, number>();
  const { make, calls } = failing(0);
  expect(await Promise.all([memo.get("a", make), memo.get("a", make)])).toEqual([1, 1]);
  expect(await memo.get("a", make)).toBe(1);
  expect(await memo.get("b", make)).toBe(2);
  expect(calls()).toBe(2);
  expect(memo.keys()).toEqual(["a", "b"]);
  expect(await memo.results()).toEqual([1, 2]);
});

it("gives a failure to everyone who asked, and tries again for the next", async () => {
  const memo = new Memo<string, number>();
  const { make } = failing(1);
  const asked = await Promise.allSettled([memo.get("a", make), memo.get("a", make)]);
  expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await memo.results()).toEqual([]);
  expect(await memo.get("a", make)).toBe(2);
});

it("takes what is thrown at once as a failure", async () => {
  const memo = new Memo<string, number>();
  const thrown = memo.get("a", () => {
    throw new Error("at once");
  });
  await expect(thrown).rejects.toThrow("at once");
  expect(await memo.get("a", () => 1)).toBe(1);
});

it("leaves no rejection unhandled that nobody waits for", async () => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", listener);
  const memo = new Memo<string, number>();
  void memo.get("a", failing(1).make);
  void memo.take("a");
  void memo.get("b", failing(1).make);
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off("unhandledRejection", listener);
  expect(unhandled).toEqual([]);
});

it("takes a result out, and no failure", async () => {
  const memo = new Memo<string, number>();
  const { make } = failing(0);
  void memo.get("a", make);
  expect(await memo.take("a")).toBe(1);
  expect(await memo.take("a")).toBeUndefined();
  expect(await memo.get("a", make)).toBe(2);
  void memo.get("b", failing(1).make);
  expect(await memo.take("b")).toBeUndefined();
});

it("forgets a result, and not the one that has taken its place", async () => {
  const memo = new Memo<string, number>();
  const { make } = failing(0);
  const first = await memo.get("a", make);
  await memo.forget("a", first);
  const second = await memo.get("a", make);
  await memo.forget("a", first);
  expect([first, second, await memo.get("a", make)]).toEqual([1, 2, 2]);
});
