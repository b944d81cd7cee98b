import { onceStoreSuite, tokenStoreSuite } from '../../../src/testing';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { allKinds, describeOn, postgreSql } from '../../support/databases';
import { isFull } from '../../support/full';
import { clientRunner, serverRunner } from '../../support/server-runner';

const races = isFull ? { rounds: 20, callers: [2, 10, 50, 200] } : { rounds: 5, callers: [2, 10] };

describeOn(allKinds, 'TypeOrmTokenStore', (database, kind) => {
  let store: TypeOrmTokenStore;
  before(async () => {
    store = new TypeOrmTokenStore(await database.open());
  });
  tokenStoreSuite(kind === postgreSql ? serverRunner : clientRunner, () => store, races);
  onceStoreSuite({ describe, it }, () => store);
});
