// Reads exported declarations and their comments from the TypeScript source.
import ts from 'typescript';

const doors = ['src/index.ts', 'src/redis.ts', 'src/typeorm.ts', 'src/testing.ts'];
const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path));
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
const program = ts.createProgram(doors, { ...options, incremental: false, noEmit: true });
const checker = program.getTypeChecker();

/** What an entry point exports; without a name, what all entry points export. */
export function exportsOf(...files) {
  return (files.length > 0 ? files : doors)
    .map((file) => checker.getSymbolAtLocation(program.getSourceFile(file)))
    .flatMap((door) => checker.getExportsOfModule(door))
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .map((symbol) => ({ name: symbol.name, symbol, declaration: symbol.declarations[0] }));
}

/** The comment of a declaration or a member, in one paragraph, with links as code. */
export function commentOf({ symbol }) {
  return plain(ts.displayPartsToString(symbol.getDocumentationComment(checker)));
}

/** The members of an interface, inherited ones included, in the order of the source. */
export function membersOf({ symbol }) {
  return checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)).map((member) => {
    const [declaration] = member.declarations;
    const name = ts.getNameOfDeclaration(declaration).getText();
    return {
      name,
      symbol: member,
      declaration,
      type: typeText(declaration),
      isOptional: declaration.questionToken !== undefined,
      default: tagOf(member, 'default'),
    };
  });
}

/** A type as readers write it: without `undefined`, which every optional member allows, and on one line. */
function typeText(declaration) {
  return (declaration.type?.getText() ?? '')
    .replace(/\s+/g, ' ')
    .replace(/ \| undefined$/, '')
    .replace(/this: void, /g, '')
    .replace(/^\((.*)\)$/, (whole, inside) => (isOnePair(inside) ? inside : whole));
}

/** Whether no parenthesis inside closes one outside. */
function isOnePair(inside) {
  let depth = 0;
  for (const char of inside) {
    if (char === '(') depth++;
    if (char === ')' && --depth < 0) return false;
  }
  return true;
}

function tagOf(symbol, name) {
  const tag = symbol.getJsDocTags(checker).find((tag) => tag.name === name);
  return tag && plain(ts.displayPartsToString(tag.text));
}

function plain(text) {
  return text
    .replace(/\{@link (?:[^}|]*\|\s*)?([^}]+?)\s*\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim();
}

export function code(text) {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

export function tableOf(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
