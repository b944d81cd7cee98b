import { resolve } from 'node:path';
import ts from 'typescript';

/** A function of the source that notes a reason, and which of its arguments is the reason. */
interface Noting {
  readonly declaration: ts.Node;
  readonly position: number;
}

/**
 * All reasons that the source gives for rejecting a request: the texts that reach `withReason`, also through functions that
 * pass one on. What a template inserts is `<name>`.
 */
export function reasonsInSource(): string[] {
  const { program, sources } = compileSource();
  const checker = program.getTypeChecker();
  const reasons = new Set(sources.filter(isDemand).flatMap(unmetReasonsIn));
  const pending: Noting[] = [{ declaration: declarationOfWithReason(sources), position: 1 }];
  const known = new Set<ts.Node>();
  for (let noting = pending.pop(); noting; noting = pending.pop()) {
    if (known.has(noting.declaration)) continue;
    known.add(noting.declaration);
    for (const argument of argumentsOf(noting, sources, checker)) {
      if (isOfUnmet(argument, checker)) continue;
      const wrapper = wrapperOf(argument, checker);
      if (wrapper) pending.push(wrapper);
      else for (const reason of textsOf(argument, checker)) reasons.add(reason);
    }
  }
  return [...reasons].sort();
}

function compileSource(): { program: ts.Program; sources: ts.SourceFile[] } {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  const program = ts.createProgram(['src/index.ts', 'src/redis.ts', 'src/typeorm.ts'], {
    ...options,
    incremental: false,
    noEmit: true,
  });
  const folder = resolve('src');
  return {
    program,
    sources: program.getSourceFiles().filter(({ fileName }) => resolve(fileName).startsWith(folder)),
  };
}

function declarationOfWithReason(sources: readonly ts.SourceFile[]): ts.Node {
  const found = sources
    .flatMap(({ statements }) => [...statements])
    .find((statement) => ts.isFunctionDeclaration(statement) && statement.name?.text === 'withReason');
  if (!found) throw new Error('there is no function withReason');
  return found;
}

function argumentsOf(
  { declaration, position }: Noting,
  sources: ts.SourceFile[],
  checker: ts.TypeChecker,
): ts.Expression[] {
  return sources.flatMap(callsIn).flatMap((call) => {
    const callee = checker.getResolvedSignature(call)?.declaration;
    const argument = call.arguments[position];
    // The message of a ConfigurationError is its reason.
    const isOwn = argument && ts.isPropertyAccessExpression(argument) && argument.name.text === 'message';
    return callee === declaration && argument && !isOwn ? [argument] : [];
  });
}

function isDemand({ fileName }: ts.SourceFile): boolean {
  return fileName.includes('/authentication/demands/');
}

/** The reasons that a demand gives for not being met, as `{ reason: 'roles' }`. */
function unmetReasonsIn(node: ts.Node): string[] {
  const isReason = ts.isPropertyAssignment(node) && node.name.getText() === 'reason';
  const own = isReason && ts.isStringLiteral(node.initializer) ? [node.initializer.text] : [];
  ts.forEachChild(node, (child) => void own.push(...unmetReasonsIn(child)));
  return own;
}

/** Whether an argument is the reason of an `Unmet` that the function was given. */
function isOfUnmet(argument: ts.Expression, checker: ts.TypeChecker): boolean {
  const declaration = checker.getSymbolAtLocation(argument)?.valueDeclaration;
  if (!declaration || !ts.isBindingElement(declaration)) return false;
  const parameter = declaration.parent.parent;
  return ts.isParameter(parameter) && parameter.type?.getText() === 'Unmet';
}

function callsIn(node: ts.Node): ts.CallExpression[] {
  const inside: ts.CallExpression[] = ts.isCallExpression(node) ? [node] : [];
  ts.forEachChild(node, (child) => void inside.push(...callsIn(child)));
  return inside;
}

/** The function around an argument that is the function's own parameter. */
function wrapperOf(argument: ts.Expression, checker: ts.TypeChecker): Noting | undefined {
  const parameter = checker.getSymbolAtLocation(argument)?.valueDeclaration;
  if (!parameter || !ts.isParameter(parameter) || isListed(checker.getTypeAtLocation(argument)))
    return undefined;
  return { declaration: parameter.parent, position: parameter.parent.parameters.indexOf(parameter) };
}

function textsOf(argument: ts.Expression, checker: ts.TypeChecker): string[] {
  if (ts.isTemplateExpression(argument)) return [templateText(argument)];
  const type = checker.getTypeAtLocation(argument);
  if (!isListed(type))
    throw new Error(
      `the reasons of ${argument.getText()} cannot be listed: ${argument.getSourceFile().fileName}`,
    );
  return literalsOf(type).map(({ value }) => value);
}

function templateText({ head, templateSpans }: ts.TemplateExpression): string {
  return (
    head.text +
    templateSpans.map(({ expression, literal }) => `<${expression.getText()}>${literal.text}`).join('')
  );
}

function isListed(type: ts.Type): boolean {
  return (type.isUnion() ? type.types : [type]).every((each) => each.isStringLiteral());
}

function literalsOf(type: ts.Type): ts.StringLiteralType[] {
  return (type.isUnion() ? type.types : [type]).filter((each) => each.isStringLiteral());
}
