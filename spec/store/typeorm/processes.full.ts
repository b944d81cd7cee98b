import type { DataSource } from 'typeorm';
import { TypeOrmTokenStore } from '../../../src/typeorm';
import { describeOn, durable } from '../../support/databases';
import { testManager } from '../../support/manager';
import { describeProcesses } from '../../support/process-races';
import { Refresher } from '../../support/refresher';

describeOn(durable, 'A database and its processes', (database) => {
  let dataSource: DataSource;

  before(async () => {
    dataSource = await database.open();
  });

  describeProcesses('F1, F5: processes that share a database', {
    managerWith: (rotationGrace) =>
      testManager({ store: new TypeOrmTokenStore(dataSource), rotationGrace, storeTimeout: 30 }),
    startRefresher: (rotationGrace) =>
      Refresher.start('typeorm-refresher.js', { options: database.options, rotationGrace }),
  });
});
