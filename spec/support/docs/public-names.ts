import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';

/** A name that a door exports, with what its TSDoc says. */
export interface PublicName {
  readonly name: string;
  /** The entry of the package, without its name: nothing, or `/redis`. */
  readonly door: string;
  readonly text: string;
  /** The code of its examples. */
  readonly examples: readonly string[];
}

/** The files that the entries of the package name. */
export function doorFiles(): string[] {
  return readdirSync('src')
    .filter((file) => file.endsWith('.ts'))
    .map((file) => resolve('src', file));
}

/** Every name that these files export, once. */
export function publicNames(files: readonly string[]): PublicName[] {
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    experimentalDecorators: true,
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const seen = new Map<ts.Symbol, PublicName>();
  for (const file of files) {
    const door = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile) as ts.Symbol;
    const entry = /(\w+)\.ts$/.exec(file)?.[1];
    for (const exported of checker.getExportsOfModule(door)) {
      const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
      const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
      if (!seen.has(symbol))
        seen.set(
          symbol,
          describe(exported.name, entry === 'index' ? '' : `/${String(entry)}`, symbol, checker),
        );
    }
  }
  return [...seen.values()];
}

function describe(name: string, door: string, symbol: ts.Symbol, checker: ts.TypeChecker): PublicName {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  return { name, door, text, examples: (symbol.declarations ?? []).flatMap(examplesOf) };
}

/** Read as they stand: the compiler would take a decorator at the start of a line for a tag. */
function examplesOf(declaration: ts.Declaration): string[] {
  const comments = ts.getJSDocCommentsAndTags(declaration).filter(ts.isJSDoc);
  return comments.flatMap((comment) => {
    const text = comment.getText().replace(/^ *\*\/?[ \t]?/gm, '');
    return [...text.matchAll(/^@example\n```ts\n(.*?)\n```/gms)].map(([, code = '']) => code);
  });
}
