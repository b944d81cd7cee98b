import { isBuiltin } from 'node:module';
import ts from 'typescript';
import { commandsOf } from './shell';
import type { Page } from './page';

/**
 * The packages that the programs of a page import, and that someone who starts from an empty folder does not have.
 *
 * @param start the page that the reader has followed before
 */
export function uninstalled(page: Page, start: Page): string[] {
  const installed = [...installedBy(start), ...installedBy(page)];
  return [...new Set(importedBy(page))].filter((name) => !installed.includes(name));
}

function installedBy({ blocks }: Page): string[] {
  const commands = blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => commandsOf(text));
  return (
    commands
      // What a page has its readers uninstall, they had.
      .filter(({ line }) => /^npm (un)?install /.test(line))
      .flatMap(({ line }) => line.split(' ').slice(2))
      .map((text) => text.replace(/(?<=.)@.*$/, ''))
  );
}

function importedBy({ blocks }: Page): string[] {
  return blocks
    .filter(({ language }) => language === 'ts')
    .flatMap(({ text }) => ts.preProcessFile(text).importedFiles)
    .map(({ fileName }) => /^(@[^/]+\/)?[^/]+/.exec(fileName)?.[0] ?? fileName)
    .filter((name) => !name.startsWith('.') && !isBuiltin(name));
}
