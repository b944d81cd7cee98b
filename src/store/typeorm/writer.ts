import type { DataSource } from 'typeorm';
import type { Dialect } from './dialect';
import { namesIn } from './names';

/**
 * Writes a statement for a database: `{Entity}` is a table, `"property"` a column, `[name]` a name in the result, `?`
 * a number or a hash, `?text` a text that the dialect has encoded, `@clock` and `@primary` what the dialect has for
 * them.
 */
export type Write = (text: string) => string;

/** @throws {@link ConfigurationError} when the DataSource does not know the entities */
export function writerFor(dataSource: DataSource, dialect: Dialect): Write {
  const { tablePath, column } = namesIn(dataSource);
  const quoted = (name: string) => dataSource.driver.escape(name);
  return (text) => {
    let position = 0;
    return text.replace(
      /\{(\w+)\}|"(\w+)"|\[(\w+)\]|@clock|@primary|\?text|\?/g,
      (match, entity?: string, property?: string, name?: string) => {
        if (entity !== undefined) return tablePath(entity).split('.').map(quoted).join('.');
        if (property !== undefined) return quoted(column(property));
        if (name !== undefined) return quoted(name);
        if (match === '@clock') return dialect.clock;
        if (match === '@primary')
          return `CASE WHEN ${dialect.isPrimary} THEN 1 ELSE 0 END AS ${quoted('primary')}`;
        const placeholder = dialect.placeholder(++position);
        return match === '?' ? placeholder : dialect.text(placeholder);
      },
    );
  };
}

/** So many places for parameters. */
export function places(count: number): string {
  return Array<string>(count).fill('?').join(', ');
}
