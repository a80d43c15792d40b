import assert from 'node:assert/strict';

type ErrorClass<E> = abstract new (...parameters: never[]) => E;

/** The error that a call rejects with. Fails when it succeeds, or rejects with an error of another class. */
export async function refusal<E extends Error>(
  Expected: ErrorClass<E>,
  call: PromiseLike<unknown>,
): Promise<E> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Expected) return error;
    throw error;
  }
  return assert.fail(`expected a ${Expected.name}, but the call succeeded`);
}
