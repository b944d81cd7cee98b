import type { TokenStore } from '../../../src';
import { tokenStoreSuite } from '../../../src/testing';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { allKinds, describeOn } from '../../support/databases';

const rounds = process.env['RACES'] === 'full' ? 200 : 20;

describeOn(allKinds, 'TypeOrmTokenStore', (database) => {
  let store: TokenStore;
  before(async () => {
    store = new TypeOrmTokenStore(await database.open());
  });
  tokenStoreSuite({ describe, it }, () => store, { rounds, callers: [2, 10, 50, 200] });
});
