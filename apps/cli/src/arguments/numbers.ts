import { mostThreads } from "@nin/files";
import { InvalidArgumentError } from "commander";

/** Parses an option's value: an integer of at least `least`. */
export function integerFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text.trim()) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected an integer of at least ${least}.`);
  };
}

/** Parses an option's value: a number of threads that this machine can use. */
export function threadCount(text: string): number {
  const most = mostThreads();
  const value = Number(text);
  if (/^\d+$/.test(text.trim()) && value >= 1 && value <= most) return value;
  throw new InvalidArgumentError(`Expected an integer from 1 to ${most} (four per CPU of this machine).`);
}

/** Parses an option's value: a number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("Expected a number above 0.");
}

/** Parses an option's value: a number between 0 and 1, neither of them included. */
export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value < 1) return value;
  throw new InvalidArgumentError("Expected a number between 0 and 1, such as 0.1.");
}

/** Parses an option's value: a port of this machine, 0 for any that is free. */
export function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("Expected a number from 0 to 65535.");
}
