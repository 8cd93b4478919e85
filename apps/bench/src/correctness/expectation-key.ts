import { createHash } from "node:crypto";
import type { Architecture, Recipe } from "@nin/spec";
import type { GateDropout } from "../protocol/messages";

/** What an expectation is of. */
export interface Question {
  readonly architecture: Architecture;
  readonly recipe: Recipe;
  readonly images: number;
  readonly dropout: GateDropout;
}

/** A name that changes with anything that changes the answer. */
export function expectationKey({ architecture, recipe, images, dropout }: Question): string {
  const { input, layers } = architecture;
  const { optimizer, init, seed } = recipe;
  const content = JSON.stringify([input, layers, optimizer, init, seed, images, dropout]);
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
