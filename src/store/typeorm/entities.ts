import {
  EntitySchema,
  EntitySchemaOptions,
  type EntitySchemaColumnOptions,
  type ValueTransformer,
} from 'typeorm';

/** A row of `jwt_session`: a Session and what it is found by. */
interface SessionRow {
  readonly idHash: string;
  readonly subjectHash: string;
  /** The session is alive while its subject has the same one. */
  readonly epoch: number;
  /** The last rotation by the clock of the database, in milliseconds. */
  readonly rotatedClock: number;
  readonly id: string;
  readonly subject: string;
  readonly generation: number;
  readonly rotatedAt: number;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
  readonly userAgent: string | null;
  readonly ip: string | null;
  readonly label: string | null;
}

interface RevokedTokenRow {
  readonly jtiHash: string;
  readonly expiresAt: number;
}

interface SubjectRow {
  readonly subjectHash: string;
  readonly epoch: number;
  /** -1 until all sessions are revoked for the first time, and so is `revokedAt`. */
  readonly notBefore: number;
  readonly revokedAt: number;
  readonly expiresAt: number;
}

/** Some drivers return 64 bits as text. */
const toNumber: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: unknown) => (value === null ? null : Number(value)),
};

/** 32 bits of seconds end in 2038. */
function whole(name: string): EntitySchemaColumnOptions {
  return { type: 'bigint', name, transformer: toNumber };
}

function text(name: string, length: number): EntitySchemaColumnOptions {
  return { type: 'varchar', name, length };
}

/** SHA-256 in lower-case hex: where a database compares letters loosely, 'ada' must not find 'ADA'. */
function hash(name: string): EntitySchemaColumnOptions {
  return text(name, 64);
}

function entity<Row>(
  options: Pick<EntitySchemaOptions<Row>, 'name' | 'tableName' | 'columns' | 'indices'>,
): EntitySchema<Row> {
  return new EntitySchema(Object.assign(new EntitySchemaOptions<Row>(), options));
}

const sessionEntity = entity<SessionRow>({
  name: 'JwtSession',
  tableName: 'jwt_session',
  columns: {
    idHash: { ...hash('id_hash'), primary: true },
    subjectHash: hash('subject_hash'),
    epoch: whole('epoch'),
    rotatedClock: whole('rotated_clock'),
    id: text('id', 255),
    // With the issuer in front.
    subject: text('subject', 640),
    generation: whole('generation'),
    rotatedAt: whole('rotated_at'),
    createdAt: whole('created_at'),
    lastUsedAt: whole('last_used_at'),
    expiresAt: whole('expires_at'),
    revokedAt: { ...whole('revoked_at'), nullable: true },
    userAgent: { ...text('user_agent', 512), nullable: true },
    ip: { ...text('ip', 64), nullable: true },
    label: { ...text('label', 255), nullable: true },
  },
  indices: [{ columns: ['subjectHash', 'epoch', 'createdAt'] }, { columns: ['expiresAt'] }],
});

const revokedTokenEntity = entity<RevokedTokenRow>({
  name: 'JwtRevokedToken',
  tableName: 'jwt_revoked_token',
  columns: { jtiHash: { ...hash('jti_hash'), primary: true }, expiresAt: whole('expires_at') },
  indices: [{ columns: ['expiresAt'] }],
});

const subjectEntity = entity<SubjectRow>({
  name: 'JwtSubject',
  tableName: 'jwt_subject',
  columns: {
    subjectHash: { ...hash('subject_hash'), primary: true },
    epoch: whole('epoch'),
    notBefore: whole('not_before'),
    revokedAt: whole('revoked_at'),
    expiresAt: whole('expires_at'),
  },
  indices: [{ columns: ['expiresAt'] }],
});

/**
 * The tables of a {@link TypeOrmTokenStore}: `jwt_session`, `jwt_revoked_token` and `jwt_subject`. Add them to the
 * `entities` of the DataSource. {@link tokenStoreMigrations} or `synchronize` create them.
 *
 * Times are Unix seconds. The hashes are SHA-256 of the ids, HMAC-SHA-256 where the store has a `prefix`. No text of
 * a token is stored.
 *
 * @example
 * ```ts
 * const dataSource = new DataSource({
 *   type: 'postgres',
 *   url: process.env.DATABASE_URL,
 *   connectTimeoutMS: 2000,
 *   entities: [User, ...tokenStoreEntities],
 *   migrations: [...tokenStoreMigrations],
 * });
 * ```
 */
export const tokenStoreEntities: EntitySchema[] = [sessionEntity, revokedTokenEntity, subjectEntity];
