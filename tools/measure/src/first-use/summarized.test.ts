import assert from "node:assert/strict";
import { test } from "node:test";
import { summarized, withoutMachine } from "./summarized.mjs";

const nothing = { names: [], addresses: [], written: [], elsewhere: [], left: [] };
const foreignOf = (use) => summarized({ ...nothing, ...use }, { $REPOSITORY: "/here/repository/" }).foreign;

test("what is ours, and what is not", () => {
  const ours = [
    "$HOME/.cache",
    "$HOME/.cache/nin",
    "$HOME/.cache/nin/fashion-mnist/a.gz",
    "$TMPDIR/nin-bench-a1B2c3/x",
  ];
  assert.deepEqual(foreignOf({ elsewhere: [...ours, "/here/repository/.turbo/cache/1.tar"] }), []);
  const foreign = [
    "$HOME/.cache/Microsoft",
    "$HOME/.cache/ninja",
    "$HOME/.keras",
    "$TMPDIR/mat-debug-1.log",
    "/etc/x",
  ];
  assert.deepEqual(foreignOf({ elsewhere: [...ours, ...foreign, "/here/repository/x"] }), [
    ...foreign,
    "$REPOSITORY/x",
  ]);
});

test("hosts: ours, and any address where none of ours was asked for", () => {
  const mirrors = ["fashion-mnist.s3-website.eu-central-1.amazonaws.com", "storage.googleapis.com"];
  assert.deepEqual(foreignOf({ names: mirrors, addresses: ["192.0.2.53:53"] }), []);
  assert.deepEqual(foreignOf({ names: ["events.example"], addresses: ["192.0.2.53:53"] }), [
    "events.example",
  ]);
  assert.deepEqual(foreignOf({ addresses: ["192.0.2.1:443"] }), ["192.0.2.1:443"]);
});

test("paths are counted without what differs from run to run", () => {
  const elsewhere = ["$TMPDIR/nin-bench-a1B2c3", "$TMPDIR/nin-bench-a1B2c3/a", "$TMPDIR/nin-bench-Zz9Zz9/b"];
  const { writtenElsewhere } = summarized({ ...nothing, elsewhere }, {});
  assert.deepEqual(writtenElsewhere, {
    "a temporary folder of ours": {
      "$TMPDIR/nin-bench-*": 1,
      "$TMPDIR/nin-bench-*/a": 1,
      "$TMPDIR/nin-bench-*/b": 1,
    },
  });
});

test("places of a machine are replaced, the longest first", () => {
  assert.equal(withoutMachine("/a/b/c /a/d", { $A: "/a", $B: "/a/b/" }), "$B/c $A/d");
});
