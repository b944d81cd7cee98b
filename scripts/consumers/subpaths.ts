import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { JwtManager, MemoryTokenStore } from 'routing-controllers-jwt';
import { RedisTokenStore } from 'routing-controllers-jwt/redis';
import { tokenStoreSuite } from 'routing-controllers-jwt/testing';
import { TypeOrmTokenStore, tokenStoreEntities } from 'routing-controllers-jwt/typeorm';
import { openApiStorage } from 'routing-controllers-jwt/openapi';

const client = {
  evalSha: (): Promise<unknown> => Promise.reject(new Error('no server')),
  eval: (): Promise<unknown> => Promise.reject(new Error('no server')),
};
const jwtManager = new JwtManager({ secret: randomBytes(32), store: new RedisTokenStore(client) });
const describe = (): void => undefined;
tokenStoreSuite({ describe, it: describe }, () => new MemoryTokenStore());
if (typeof TypeOrmTokenStore !== 'function' || tokenStoreEntities.length === 0)
  throw new Error('no entities');
if (!Array.isArray(openApiStorage().actions)) throw new Error('no storage');
if (jwtManager.toJSON() === undefined) throw new Error('no manager');
console.log('works');
