import { places, type Write } from './writer';

/** How many rows are deleted at once. */
export const batchSize = 500;

/** How long the row of a subject with sessions stays before it is looked at again, in seconds. */
export const subjectStay = 604_800;

/** How expired rows of one table are deleted. */
export interface Purge {
  /** The keys of the rows that expired first. */
  readonly find: string;
  readonly remove: string;
  /** Gives more time to the rows that have to stay although they have expired. */
  readonly keep?: string;
}

/** The statements that delete what has expired or is to be forgotten. */
export function purgeStatements(write: Write) {
  const hasNoSession = `NOT EXISTS (SELECT 1 FROM {JwtSession} s WHERE s."subjectHash" = {JwtSubject}."subjectHash")`;
  const subjects: Purge = {
    ...purgeOf(write, 'JwtSubject', 'subjectHash', ` AND ${hasNoSession}`),
    keep: write(
      `UPDATE {JwtSubject} SET "expiresAt" = ? WHERE "expiresAt" < ? AND "subjectHash" IN (${places(batchSize)})`,
    ),
  };
  return {
    // The sessions first: without them their subjects may go.
    purges: [
      purgeOf(write, 'JwtSession', 'idHash'),
      purgeOf(write, 'JwtRevokedToken', 'jtiHash'),
      subjects,
    ] satisfies Purge[],
    findForgotten: write(
      `SELECT "idHash" AS [key] FROM {JwtSession} WHERE "subjectHash" = ? AND "epoch" < ? ORDER BY "epoch" LIMIT ${String(batchSize)}`,
    ),
    removeForgotten: write(`DELETE FROM {JwtSession} WHERE "idHash" IN (${places(batchSize)})`),
  };
}

function purgeOf(write: Write, entity: string, key: string, condition = ''): Purge {
  return {
    find: write(
      `SELECT @primary, t."${key}" AS [key] FROM (SELECT 1 AS [one]) o LEFT JOIN
      (SELECT "${key}" FROM {${entity}} WHERE "expiresAt" < ? ORDER BY "expiresAt" LIMIT ${String(batchSize)}) t ON 1 = 1`,
    ),
    // A row may have been given more time since it was found.
    remove: write(
      `DELETE FROM {${entity}} WHERE "expiresAt" < ? AND "${key}" IN (${places(batchSize)})${condition}`,
    ),
  };
}
