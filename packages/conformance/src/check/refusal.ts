import { ConformanceFailure } from "../failure.js";

/**
 * Fails unless a promise is rejected with an error of this `code`: by code, not by class, so that a
 * backend may have a copy of the contract of its own.
 */
export async function checkRefused(call: Promise<unknown>, code: string, what: string): Promise<void> {
  const error = await errorOf(call, what, code);
  const given = (error as { readonly code?: unknown } | null | undefined)?.code;
  if (given === code) return;
  const message = error instanceof Error ? `${error.name} ${String(given)}: ${error.message}` : String(error);
  throw new ConformanceFailure(`${what}: expected an error with code ${code}, got ${message}`);
}

async function errorOf(call: Promise<unknown>, what: string, code: string): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new ConformanceFailure(`${what}: expected an error with code ${code}, and it was done`);
}
