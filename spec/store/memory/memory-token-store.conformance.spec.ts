import { MemoryTokenStore } from '../../../src';
import { onceStoreSuite, tokenStoreSuite } from '../../../src/testing';
import { isFull } from '../../support/full';

const races = isFull ? { rounds: 50, callers: [2, 10, 50, 200] } : { rounds: 5, callers: [2, 10] };

describe('MemoryTokenStore', () => {
  const store = new MemoryTokenStore();
  tokenStoreSuite({ describe, it }, () => store, races);
  onceStoreSuite({ describe, it }, () => store);
});
