import { dirname, join, relative, resolve } from 'node:path';
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** What the compiler said about a line of a file, by the paths of the repository. */
export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

/** A strict application: nothing is skipped, and an optional property is not one that may be undefined. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  skipLibCheck: false,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  useDefineForClassFields: false,
  types: ['node'],
  noEmit: true,
};

/** An application's files, compiled against the declarations of the package as its users get them. */
export class Compilation {
  readonly #program: ts.Program;

  constructor(files: readonly string[]) {
    const host = ts.createCompilerHost(options);
    host.jsDocParsingMode = ts.JSDocParsingMode.ParseNone;
    const roots = [...files, ...declarationDoors()].map((file) => resolve(file));
    this.#program = ts.createProgram(roots, options, withExpectationsOff(host));
  }

  /** The declaration files of the package that a user's program comes to load. */
  get declarations(): string[] {
    const paths = this.#program.getSourceFiles().map(({ fileName }) => relative('.', fileName));
    return paths.filter((path) => path.startsWith(join('dist', 'src')));
  }

  /** What the compiler says about one of the files. */
  complaintsAbout(file: string): Complaint[] {
    const source = this.#program.getSourceFile(resolve(file));
    if (!source) throw new Error(`${file} is no part of the program`);
    const diagnostics = [
      ...this.#program.getSyntacticDiagnostics(source),
      ...this.#program.getSemanticDiagnostics(source),
    ];
    return diagnostics.map(({ start = 0, code, messageText }) => ({
      file,
      line: source.getLineAndCharacterOfPosition(start).line + 1,
      code: `TS${String(code)}`,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }));
  }
}

/** An error that a file says will come on a line. */
export interface Expectation {
  readonly line: number;
  readonly code: string;
  readonly what: string;
}

/** Reads `// @ts-expect-error TS1234: what is wrong`; it speaks of the next line. */
export function expectationsIn(file: string): Expectation[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text, index) => {
      const [, code = '', what = ''] = /^ *\/\/ @ts-expect-error (TS\d+): (.+)$/.exec(text) ?? [];
      return code === '' ? [] : [{ line: index + 2, code, what }];
    });
}

/** All files of a folder whose names end as given. */
export function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

/** Without `@ts-expect-error` the compiler says which error it is. */
function withExpectationsOff(host: ts.CompilerHost): ts.CompilerHost {
  const folder = resolve('spec');
  return {
    ...host,
    getSourceFile: (path, languageVersion) => {
      const text = host.readFile(path);
      const isOurs = dirname(path).startsWith(folder);
      return text === undefined
        ? undefined
        : ts.createSourceFile(
            path,
            isOurs ? text.replaceAll('@ts-expect-error', 'expect') : text,
            languageVersion,
          );
    },
  };
}

/** What `exports` in package.json offers for types. */
function declarationDoors(): string[] {
  const { exports: doors } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: Record<string, string | { types: string }>;
  };
  return Object.values(doors).flatMap((door) => (typeof door === 'string' ? [] : [door.types]));
}
