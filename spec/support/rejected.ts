import { expect } from 'chai';
import type { JwtError } from '../../src/errors/errors';

/** Waits for a refusal and returns it; fails when there is none. */
export async function refusalOf<E extends Error = JwtError>(
  attempt: Promise<unknown> | (() => unknown),
  type: Function & { readonly prototype: E },
): Promise<E> {
  try {
    await (typeof attempt === 'function' ? attempt() : attempt);
  } catch (error) {
    expect(error).to.be.instanceOf(type);
    return error as E;
  }
  throw new Error(`expected ${type.name}, but it went through`);
}
