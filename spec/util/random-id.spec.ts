import { expect } from 'chai';
import { randomId } from '../../src/util/random-id';

describe('a random id', () => {
  // More than a batch of random bytes has, twice.
  const ids = Array.from({ length: 1000 }, randomId);

  it('has 128 bits, as base64url', () => {
    for (const id of ids) {
      expect(id).to.match(/^[A-Za-z0-9_-]{22}$/);
      expect(Buffer.from(id, 'base64url')).to.have.length(16);
    }
  });

  it('never comes twice, and shares no half with another', () => {
    const halves = ids.flatMap((id) => {
      const hex = Buffer.from(id, 'base64url').toString('hex');
      return [hex.slice(0, 16), hex.slice(16)];
    });
    expect(new Set(halves).size).to.equal(2 * ids.length);
  });
});
