/**
 * The token store on SQL databases, by TypeORM.
 *
 * @module routing-controllers-jwt/typeorm
 */

export { tokenStoreEntities } from './store/typeorm/entities';
export { tokenStoreMigrations } from './store/typeorm/migration';
export { TypeOrmTokenStore, type TypeOrmTokenStoreOptions } from './store/typeorm/typeorm-token-store';
