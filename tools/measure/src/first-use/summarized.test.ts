import { expect, it } from "vitest";
import { summarized, withoutMachine } from "./summarized.js";

const nothing = { names: [], addresses: [], written: [], elsewhere: [], left: [] };
const foreignOf = (use: Partial<Record<keyof typeof nothing, readonly string[]>>) =>
  summarized({ ...nothing, ...use }, { $REPOSITORY: "/here/repository/" }).foreign;

it("what is ours, and what is not", () => {
  const ours = [
    "$HOME/.cache",
    "$HOME/.cache/nin",
    "$HOME/.cache/nin/fashion-mnist/a.gz",
    "$TMPDIR/nin-bench-a1B2c3/x",
  ];
  expect(foreignOf({ elsewhere: [...ours, "/here/repository/.turbo/cache/1.tar"] })).toEqual([]);
  const foreign = [
    "$HOME/.cache/Microsoft",
    "$HOME/.cache/ninja",
    "$HOME/.keras",
    "$TMPDIR/mat-debug-1.log",
    "/etc/x",
  ];
  expect(foreignOf({ elsewhere: [...ours, ...foreign, "/here/repository/x"] })).toEqual([
    ...foreign,
    "$REPOSITORY/x",
  ]);
});

it("hosts: ours, and any address where none of ours was asked for", () => {
  const mirrors = ["fashion-mnist.s3-website.eu-central-1.amazonaws.com", "storage.googleapis.com"];
  expect(foreignOf({ names: mirrors, addresses: ["192.0.2.53:53"] })).toEqual([]);
  expect(foreignOf({ names: ["events.example"], addresses: ["192.0.2.53:53"] })).toEqual(["events.example"]);
  expect(foreignOf({ addresses: ["192.0.2.1:443"] })).toEqual(["192.0.2.1:443"]);
});

it("paths are counted without what differs from run to run", () => {
  const elsewhere = ["$TMPDIR/nin-bench-a1B2c3", "$TMPDIR/nin-bench-a1B2c3/a", "$TMPDIR/nin-bench-Zz9Zz9/b"];
  const { writtenElsewhere } = summarized({ ...nothing, elsewhere }, {});
  expect(writtenElsewhere).toEqual({
    "a temporary folder of ours": {
      "$TMPDIR/nin-bench-*": 1,
      "$TMPDIR/nin-bench-*/a": 1,
      "$TMPDIR/nin-bench-*/b": 1,
    },
  });
});

it("places of a machine are replaced, the longest first", () => {
  expect(withoutMachine("/a/b/c /a/d", { $A: "/a", $B: "/a/b/" })).toEqual("$B/c $A/d");
});
