import { onceStoreSuite, tokenStoreSuite } from '../../../src/testing';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { allKinds, describeOn } from '../../support/databases';
import { isFull } from '../../support/full';

const races = isFull ? { rounds: 20, callers: [2, 10, 50, 200] } : { rounds: 5, callers: [2, 10] };

describeOn(allKinds, 'TypeOrmTokenStore', (database) => {
  let store: TypeOrmTokenStore;
  before(async () => {
    store = new TypeOrmTokenStore(await database.open());
  });
  tokenStoreSuite({ describe, it }, () => store, races);
  onceStoreSuite({ describe, it }, () => store);
});
