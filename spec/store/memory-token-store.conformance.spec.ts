import { MemoryTokenStore } from '../../src';
import { tokenStoreSuite } from '../../src/testing';

describe('MemoryTokenStore', () => {
  const store = new MemoryTokenStore();
  tokenStoreSuite({ describe, it }, () => store, { callers: [2, 10, 50, 200] });
});
