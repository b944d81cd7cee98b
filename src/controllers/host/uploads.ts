import type { ActionMetadata } from 'routing-controllers';

/** The rules of methods that take files, as routing-controllers hands them to the checker. */
const ofUploads = new WeakSet<readonly unknown[]>();
let isAnyKnown = false;

/** Notes whether a method takes files. */
export function noteUpload({ isFileUsed, isFilesUsed, authorizedRoles }: ActionMetadata): void {
  if (!isFileUsed && !isFilesUsed) return;
  ofUploads.add(authorizedRoles);
  isAnyKnown = true;
}

/**
 * Whether the rules are those of a method that takes files. They are read behind the checker, and with Koa, routing-controllers
 * handles an error of theirs only if the checker returned a promise.
 */
export function takesFiles(rules: readonly unknown[]): boolean {
  return isAnyKnown && ofUploads.has(rules);
}
