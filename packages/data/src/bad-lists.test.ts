import { describe } from "vitest";
import { itRefuses, type RefusalCase } from "./testing/refusals.js";
import { grey, type Tree } from "./testing/tree.js";

const PAIR: Tree = { "cat/1.png": grey(1), "cat/2.png": grey(2), "dog/1.png": grey(3), "dog/2.png": grey(4) };
const HEADER = "path,label,split\n";
const csv = (text: string | Uint8Array): Tree => ({ ...PAIR, "images.csv": text });
const lists: readonly RefusalCase[] = [
  ["an empty list", csv(""), "expected a header path,label[,split], found an empty file"],
  ["a header alone", csv("path,label\n"), "expected at least one row of training images, found none"],
  [
    "no column label",
    csv("path,class\ncat/1.png,cat\n"),
    'expected a header with path and label, separated by a comma, found "path,class"',
  ],
  ["semicolons", csv("path;label\ncat/1.png;cat\n"), 'found "path;label"'],
  ["a column twice", csv("path,label,label\na,b,c\n"), 'found "path,label,label"'],
  ["a row that is too short", csv("path,label\ncat/1.png\n"), /images\.csv: expected CSV, found .*line 2/],
  [
    "a row that is too long",
    csv("path,label\ncat/1.png,cat,x\n"),
    /images\.csv: expected CSV, found .*line 2/,
  ],
  [
    "a quote that is not closed",
    csv('path,label\n"cat/1.png,cat\n'),
    /images\.csv: expected CSV, found .*[Qq]uote/,
  ],
  ["a quote inside a field", csv('path,label\nca"t"/1.png,cat\n'), /images\.csv: expected CSV, found/],
  [
    "Latin-1",
    csv(Buffer.from("path,label\ncaf\xe9/1.png,cat\n", "latin1")),
    "expected CSV in UTF-8, found another encoding",
  ],
  ["UTF-16", csv(Buffer.from("\ufeffpath,label\n", "utf16le")), "expected CSV in UTF-8"],
  ["a row without a path", csv("path,label\n,cat\n"), "expected a path on line 2, found none"],
  ["a row without a label", csv("path,label\ncat/1.png,\n"), "expected a label on line 2, found none"],
  [
    "a path of 2,000 characters",
    csv(`path,label\n${"a".repeat(2000)},cat\n`),
    /expected the path of a file on line 2, found "a+\.\.\. \(2000 characters\)"/,
  ],
  ["a path with a null", csv("path,label\na\0b,cat\n"), "expected the path of a file on line 2, found"],
  [
    "an address",
    csv("path,label\nhttps://example.org/1.png,cat\n"),
    'expected the path of a file on line 2, found an address, "https://example.org/1.png"',
  ],
  [
    "another split",
    csv(`${HEADER}cat/1.png,cat,valid\n`),
    'expected train or test as split on line 2, found "valid"',
  ],
  ["no test rows", csv(`${HEADER}cat/1.png,cat,train\n`), "expected at least one row whose split is test"],
  ["no training rows", csv(`${HEADER}cat/1.png,cat,test\n`), "expected at least one row of training images"],
  [
    "a label of test rows alone",
    csv(`${HEADER}cat/1.png,cat,train\ndog/1.png,dog,train\ncat/2.png,eel,test\n`),
    'expected training images of every class, found "eel" on line 4 alone',
  ],
  ["one label", csv("path,label\ncat/1.png,cat\ncat/2.png,cat\n"), "expected 2 to 65535 classes, found 1"],
  ["labels that differ by case", csv("path,label\ncat/1.png,cat\ncat/2.png,Cat\n"), 'found "Cat" and "cat"'],
  [
    "an image that is missing",
    csv("path,label\ncat/1.png,cat\ndog/1.png,dog\ncat/9.png,cat\n"),
    /cat\/9\.png: expected an image file, found one that cannot be read: there is no such file/,
  ],
  [
    "a folder for an image",
    csv("path,label\ncat,cat\ndog/1.png,dog\ndog/2.png,dog\n"),
    "expected a file, found a folder",
  ],
  ["a list that is missing", {}, "found nothing", { at: "a.csv" }],
  ["a folder called .csv", { "a.csv": undefined }, "expected a folder for each class", { at: "a.csv" }],
];

describe("a list of pictures is refused by one line:", () => itRefuses(lists));
