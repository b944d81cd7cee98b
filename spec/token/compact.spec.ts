import { expect } from 'chai';
import fc from 'fast-check';
import { maximumLength, splitCompact } from '../../src/token/compact';
import { encode } from '../support/forge';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
const base64url = fc.string({
  unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('')),
  maxLength: 12,
});

describe('the compact form of a token', () => {
  it('is taken apart into what was put together', () => {
    fc.assert(
      fc.property(bytes, bytes, bytes, (...parts) => {
        const [header, claims, signature] = parts.map((part) => encode(Buffer.from(part)));
        const text = [header, claims, signature].join('.');
        expect(splitCompact(text)).to.deep.equal({ header, claims, signature });
      }),
    );
  });

  it('is taken apart only where each part is the one spelling of its bytes', () => {
    let taken = 0;
    fc.assert(
      fc.property(base64url, base64url, base64url, (...parts) => {
        const isCanonical = parts.every(
          (part) => part !== '' && encode(Buffer.from(part, 'base64url')) === part,
        );
        expect(splitCompact(parts.join('.')) !== undefined).to.equal(isCanonical);
        if (isCanonical) taken++;
      }),
      { numRuns: 10_000 },
    );
    expect(taken).to.be.greaterThan(20);
  });

  it('is nothing that has another number of parts, or another character', () => {
    fc.assert(
      fc.property(
        fc.array(base64url, { maxLength: 6 }),
        fc.string({ unit: 'binary', maxLength: 2 }),
        (parts, more) => {
          fc.pre(parts.length !== 3 || !/^[\w-]*$/.test(more));
          fc.pre(!more.includes('.') && !(parts.length === 3 && more === ''));
          expect(splitCompact(parts.join('.') + more)).to.equal(undefined);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('is at most 8,192 characters long', () => {
    const text = (length: number) => `AAAA.AAAA.${'A'.repeat(length - 10)}`;
    expect(maximumLength).to.equal(8_192);
    for (const [length, isTaken] of [
      [8_190, true],
      [8_192, true],
      [8_193, false],
      [8_194, false],
    ] as const)
      expect(splitCompact(text(length)) !== undefined, String(length)).to.equal(isTaken);
  });
});
