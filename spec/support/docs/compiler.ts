import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import type { Block, Page } from './page';

/** A file that nothing else of its page imports: it is run. */
export interface Program {
  readonly page: Page;
  readonly block: Block;
  readonly script: string;
}

/** Every TypeScript block of some pages, compiled at once. */
export interface Project {
  readonly programs: readonly Program[];
  /** What the compiler says, as `page:line: text`. */
  readonly problems: readonly string[];
  remove(): void;
}

interface Source {
  readonly page: Page;
  readonly block: Block;
  readonly file: string;
}

/**
 * Writes the blocks of each page into a folder of its own, as a package that is an ES module and has installed us,
 * and compiles all of them in one program.
 *
 * @param options the compiler options that the documentation tells its readers to take
 */
export function compile(pages: readonly Page[], options: unknown): Project {
  mkdirSync('.tmp', { recursive: true });
  const folder = mkdtempSync(resolve('.tmp/docs-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('.'), join(folder, 'node_modules/routing-controllers-jwt'), 'junction');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const sources = pages.flatMap((page, index) => writeSources(page, join(folder, String(index))));
  return {
    problems: emit(sources, folder, options),
    programs: sources.filter((source) => !isImported(source, sources)).map(programOf),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeSources(page: Page, folder: string): Source[] {
  mkdirSync(folder);
  return page.blocks
    .filter(({ language }) => language === 'ts')
    .map((block) => {
      const file = join(folder, block.file ?? `line-${String(block.line)}.ts`);
      writeFileSync(file, block.text, { flag: 'wx' });
      return { page, block, file };
    });
}

function emit(sources: readonly Source[], folder: string, json: unknown): string[] {
  const { options, errors } = ts.convertCompilerOptionsFromJson(json, folder);
  const files = sources.map(({ file }) => file);
  const program = ts.createProgram(files, { ...options, strict: true, rootDir: folder, skipLibCheck: true });
  const { diagnostics } = program.emit();
  const all = [...errors, ...ts.getPreEmitDiagnostics(program), ...diagnostics];
  return all.map((diagnostic) => `${placeOf(diagnostic, sources)}: ${textOf(diagnostic)}`);
}

function placeOf({ file, start = 0 }: ts.Diagnostic, sources: readonly Source[]): string {
  const source = file && sources.find((one) => resolve(one.file) === resolve(file.fileName));
  if (!source) return file?.fileName ?? 'compiler options';
  return `${source.page.path}:${String(source.block.line + file.getLineAndCharacterOfPosition(start).line)}`;
}

function textOf({ messageText }: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(messageText, ' ');
}

function isImported({ file }: Source, sources: readonly Source[]): boolean {
  return sources.some((other) =>
    ts
      .preProcessFile(other.block.text)
      .importedFiles.some(
        ({ fileName }) => resolve(other.file, '..', fileName) === file.replace(/\.ts$/, '.js'),
      ),
  );
}

function programOf({ page, block, file }: Source): Program {
  return { page, block, script: file.replace(/\.ts$/, '.js') };
}
