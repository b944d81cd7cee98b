import { MemoryTokenStore } from '../../../src';
import { tokenStoreSuite } from '../../../src/testing';

const rounds = process.env['RACES'] === 'full' ? 200 : 20;

describe('MemoryTokenStore', () => {
  const store = new MemoryTokenStore();
  tokenStoreSuite({ describe, it }, () => store, { rounds, callers: [2, 10, 50, 200] });
});
