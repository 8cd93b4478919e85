import { mostThreads } from "@nin/files";
import { inNewFolder } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { nin } from "../testing/nin.js";
import { expectProcessRefused, expectRefused } from "../testing/refusal.js";

describe("wrong usage is refused in one line:", () => {
  it.each([
    ["no command", [], "expected a command, one of start, backends, summary, init, train"],
    ["an unknown command", ["trian"], "unknown command 'trian' (Did you mean train?) (see nin --help"],
    ["no command of a group", ["data"], "expected a command, one of fetch, inspect (see nin data --help"],
    ["an unknown command of a group", ["data", "load"], "unknown command 'load' (see nin data --help"],
    [
      "an unknown name",
      ["data", "fetch", "mnist"],
      "Allowed choices are fashion-mnist (see nin data fetch --help",
    ],
    ["help on nothing", ["help", "trian"], "expected a command"],
    ["an unknown option", ["summary", "nin", "--jsno"], "unknown option '--jsno' (Did you mean --json?)"],
    ["a missing argument", ["summary"], "missing required argument 'model' (see nin summary --help"],
    ["one argument too many", ["summary", "nin", "nin"], "too many arguments for 'summary'"],
    ["a missing option", ["init", "nin"], "required option '--output <file>' not specified"],
    ["a missing format", ["export", "run", "--output", "x"], "required option '--format <format>'"],
    ["another format", ["export", "run", "--format", "pt", "--output", "x"], "onnx, safetensors, tfjs"],
    ["an option without its value", ["train", "nin", "--lr"], "option '--lr <x>' argument missing"],
    ["another precision", ["train", "nin", "--precision", "f64"], "Allowed choices are f32, mixed"],
    ["no model to train", ["train"], "expected a model, such as nin-mnist, or --resume RUN"],
    ["no target to evaluate", ["evaluate"], "missing required argument 'target'"],
    ["a model without weights", ["evaluate", "nin"], "nin is a model: pass its weights with --weights"],
  ])("%s", (_name, args, line) => expectRefused(args, line));

  it.each([
    ["no command", [], "expected a command"],
    ["an unknown option", ["summary", "nin", "--jsno"], "unknown option '--jsno'"],
    ["a number that is none", ["train", "nin", "--lr", "fast"], "Expected a number above 0"],
  ])("%s, in a process", (_name, args, line) => expectProcessRefused(args, line));

  it.each([
    ["--epochs", "0", "at least 1"],
    ["--epochs", "1.5", "at least 1"],
    ["--max-steps", "0", "at least 1"],
    ["--limit", "-1", "at least 1"],
    ["--batch-size", "0", "at least 1"],
    ["--batch-size", "1e9", "at least 1"],
    ["--lr", "0", "a number above 0"],
    ["--lr", "-0.1", "a number above 0"],
    ["--lr", "fast", "a number above 0"],
    ["--lr", "Infinity", "a number above 0"],
    ["--seed", "-1", "at least 0"],
    ["--seed", "9007199254740992", "at least 0"],
    ...["0", "-1", "1.5", "4x", "NaN", "1e6", "1000000", "9007199254740991"].map((value) => [
      "--threads",
      value,
      `from 1 to ${mostThreads()} (four per CPU of this machine)`,
    ]),
    ["--log-every", "0", "at least 1"],
    ["--checkpoint-every", "0", "at least 1"],
    ["--eval-limit", "few", "at least 0"],
  ])("train %s %s", (option, value, expected) => expectRefused(["train", "nin", option, value], expected));
});

describe("more threads than the machine can use are refused by", () => {
  const threads = ["--threads", `${mostThreads() + 1}`];
  it.each([
    ["summary", ["summary", "nin"]],
    ["evaluate", ["evaluate", "run"]],
    ["predict", ["predict", "run", "--input", "x", "--output", "y"]],
    ["gradients", ["gradients", "run", "--input", "x", "--output", "y"]],
    ["conformance", ["conformance", "--quick"]],
    ["bench", ["bench", "--quick"]],
  ])("%s", (_name, args) => expectRefused([...args, ...threads], `from 1 to ${mostThreads()}`));
});

describe("--debug", () => {
  it.each([
    ["wrong usage", ["summary", "--debug"], "UsageError: missing required argument"],
    ["bad input, given first", ["--debug", "summary", "nine"], "SpecError: model: expected one of nin"],
  ])("shows where %s comes from", (_name, args, error) =>
    inNewFolder(async (cwd) => {
      const { status, stdout, stderr } = await nin(args, { cwd });
      expect(stderr).toMatch(/^nin: [^\n]+\n/);
      expect(stderr).toContain(error);
      expect(stderr).toMatch(/\n {4}at .+\.js:\d+/);
      expect([status, stdout]).toEqual([2, ""]);
    }),
  );
});

describe("what is asked for is printed on stdout, with status 0:", () => {
  it.each([
    [["--help"], "Usage: nin [options] [command]"],
    [["help", "train"], "Usage: nin train [options] [model]"],
    [["data", "fetch", "--help"], "Usage: nin data fetch [options] <name>"],
    [["--version"], "0."],
  ])("nin %s", (args, start) =>
    inNewFolder(async (cwd) => {
      const { status, stdout, stderr } = await nin(args, { cwd });
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout.slice(0, start.length)).toBe(start);
    }),
  );
});
