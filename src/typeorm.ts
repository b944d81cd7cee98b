export { tokenStoreEntities } from './store/typeorm/entities';
export { tokenStoreMigrations } from './store/typeorm/migration';
export { TypeOrmTokenStore, type TypeOrmTokenStoreOptions } from './store/typeorm/typeorm-token-store';
