export { tokenStoreEntities } from './store/typeorm/entities';
export { tokenStoreMigrations } from './store/typeorm/migration';
export { TypeOrmTokenStore } from './store/typeorm/typeorm-token-store';
