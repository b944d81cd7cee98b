import { batchSize } from './purge-statements';
import type { Answer, Row, Script } from './script';

/** One statement of a script. */
export function* ask(text: string, ...parameters: unknown[]): Script<Answer> {
  return yield { text, parameters };
}

/** The only row of a result that always has one. */
export function* one(text: string, ...parameters: unknown[]): Script<Row> {
  const { rows } = yield* ask(text, ...parameters);
  return rows[0] as Row;
}

/** One statement for every number of rows, so that servers see one only. */
export function padded(keys: readonly unknown[]): unknown[] {
  return [...keys, ...Array<string>(batchSize - keys.length).fill('')];
}
