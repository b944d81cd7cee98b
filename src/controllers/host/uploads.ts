import type { ActionMetadata } from 'routing-controllers';

/** The rules of methods that take no files, as routing-controllers hands them to the checker. */
const withoutFiles = new WeakSet<readonly unknown[]>();
let isAnyUpload = false;

/** Notes whether a method takes files. */
export function noteUpload({ isFileUsed, isFilesUsed, authorizedRoles }: ActionMetadata): void {
  if (isFileUsed || isFilesUsed) isAnyUpload = true;
  else withoutFiles.add(authorizedRoles);
}

/**
 * Whether the rules may be those of a method that takes files: another checker may have passed a list of its own. Files are
 * read behind the checker, and with Koa, routing-controllers handles an error of theirs only if the checker returned a
 * promise.
 */
export function mayTakeFiles(rules: readonly unknown[]): boolean {
  return isAnyUpload && !withoutFiles.has(rules);
}
