import { describe } from "vitest";
import { itRefuses, type RefusalCase } from "./testing/refusals.js";
import { grey, type Tree } from "./testing/tree.js";

const PAIR: Tree = { "cat/1.png": grey(1), "cat/2.png": grey(2), "dog/1.png": grey(3), "dog/2.png": grey(4) };
const SPLIT: Tree = {
  "train/cat/1.png": grey(1),
  "train/dog/1.png": grey(2),
  "test/cat/1.png": grey(3),
  "test/dog/1.png": grey(4),
};

const folders: readonly RefusalCase[] = [
  [
    "nothing at all",
    {},
    "expected a folder for each class with PNG, JPEG, WebP, GIF or AVIF images, found none",
  ],
  ["a folder that is missing", {}, "or a .csv, found nothing", { at: "nowhere" }],
  ["a file that is no list", { "a.txt": "x" }, "or a .csv, found another file", { at: "a.txt" }],
  ["images without a class", { "1.png": grey(1) }, "expected a folder for each class"],
  [
    "an image next to the classes",
    { ...PAIR, "stray.jpg": "x" },
    /stray\.jpg: expected images in a folder for each class/,
  ],
  [
    "an image next to the classes of the test",
    { ...SPLIT, "test/a.gif": "x" },
    /a\.gif: expected images in a folder/,
  ],
  ["one class", { "cat/1.png": grey(1), "cat/2.png": grey(2) }, "expected 2 to 65535 classes, found 1"],
  [
    "an empty class",
    { ...PAIR, eel: undefined },
    /eel: expected at least one .* image of this class, found none$/,
  ],
  ["a class of other files", { ...PAIR, "eel/a.txt": "x" }, 'found none among 1 files, such as "a.txt"'],
  [
    "a class of hidden files",
    { ...PAIR, "eel/.DS_Store": "x", "eel/Thumbs.db": "x" },
    /eel: expected at least one/,
  ],
  ["classes that differ by case", { ...PAIR, "Cat/1.png": grey(5) }, 'found "Cat" and "cat"'],
  ["classes that differ by a space", { ...PAIR, "cat /1.png": grey(5) }, 'found "cat" and "cat "'],
  [
    "classes that differ by encoding",
    { "\u00e9/1.png": grey(1), "e\u0301/1.png": grey(2) },
    "by more than case, spaces or encoding",
  ],
  [
    "a test class without training images",
    { ...SPLIT, "test/eel/1.png": grey(1) },
    /eel: expected a class that has training images/,
  ],
  [
    "no test images",
    { "train/cat/1.png": grey(1), "train/dog/1.png": grey(1), test: undefined },
    /test: expected a folder for each class/,
  ],
  [
    "empty test classes",
    { "train/cat/1.png": grey(1), "train/dog/1.png": grey(1), "test/cat": undefined },
    /test: expected a folder/,
  ],
  [
    "train and val",
    { "train/cat/1.png": grey(1), "train/dog/1.png": grey(1), "val/cat/1.png": grey(1) },
    "found train and val (call it test",
  ],
  ["a class that contains itself", { ...PAIR, "cat/loop": { link: ".." } }, "that does not contain itself"],
  ["a broken image", { ...PAIR, "cat/3.png": "x" }, /cat\/3\.png: expected a PNG, JPEG/],
  [
    "a link to nothing",
    { ...PAIR, "cat/3.png": { link: "nowhere" } },
    /cat\/3\.png: expected an image file, found one that cannot be read/,
  ],
  ["a link to a device", { ...PAIR, "cat/3.png": { link: "/dev/zero" } }, "expected a file, found a device"],
  ["a BMP", { ...PAIR, "cat/3.bmp": "BMxxxx" }, "found a BMP image"],
  [
    "images of several sizes",
    { ...PAIR, "cat/3.png": grey(1, 5) },
    /3\.png: expected an image 4 wide and 4 high.*found 5 x 5/,
  ],
  [
    "a fraction for a split set",
    SPLIT,
    "found a test fraction, 0.1, and test images",
    { options: { testFraction: 0.1 } },
  ],
  [
    "a fraction of nothing",
    PAIR,
    "takes at least 1 of 4 images and leaves at least 1, found 0.01",
    { options: { testFraction: 0.01 } },
  ],
  ["a fraction of all", PAIR, "found 1", { options: { testFraction: 1 } }],
  ["a negative fraction", PAIR, "found -1", { options: { testFraction: -1 } }],
  ["a fraction that is no number", PAIR, "found NaN", { options: { testFraction: Number.NaN } }],
  [
    "an image size of 0",
    PAIR,
    "height: expected a positive number of pixels, found 0",
    { options: { imageSize: { height: 0, width: 4 } } },
  ],
  [
    "two channels",
    PAIR,
    "channels: expected a network with 1 channel (grey) or 3 (RGB), found 2",
    { options: { channels: 2 } },
  ],
  ["a limit of 0", PAIR, "limit: expected a positive integer, found 0", { options: { limit: 0 } }],
  [
    "a class of broken images alone",
    { ...PAIR, "eel/1.png": "x" },
    'expected an image of "eel" that can be decoded, found none, of 1 broken',
    { options: { skipBroken: true } },
  ],
  [
    "broken images alone",
    { "a/1.png": "x", "b/1.png": "y" },
    "expected an image that can be decoded, found none",
    { options: { skipBroken: true } },
  ],
];

describe("a folder of pictures is refused by one line:", () => itRefuses(folders));
