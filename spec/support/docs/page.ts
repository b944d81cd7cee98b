/** A fenced block of a page. */
export interface Block {
  /** Where its first line stands in the page. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** What `<!-- file: … -->` before it calls it. */
  readonly file: string | undefined;
}

/** A page of the documentation. */
export interface Page {
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

const fence = /^( *)```+ *([^\s`]*)[^`]*$/;
const fileName = /^<!-- file: (\S+) -->$/;

/** Takes a page apart. */
export function readPage(path: string, text: string): Page {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length; index++) {
    const [, indent, language] = fence.exec(lines[index] ?? '') ?? [];
    if (indent === undefined || language === undefined) continue;
    const end = lines.findIndex((line, at) => at > index && line.trim() === '```');
    if (end < 0) throw new Error(`${path}:${String(index + 1)}: a block without an end`);
    const inside = lines.slice(index + 1, end).map((line) => line.slice(indent.length));
    blocks.push({ line: index + 2, language, text: inside.join('\n'), file: nameBefore(lines, index) });
    index = end;
  }
  return { path, text, blocks };
}

function nameBefore(lines: readonly string[], index: number): string | undefined {
  const before = lines.slice(0, index).findLast((line) => line.trim() !== '') ?? '';
  return fileName.exec(before.trim())?.[1];
}

/** The page without its blocks, line for line. */
export function proseOf({ text, blocks }: Page): string {
  const lines = text.split('\n');
  for (const block of blocks) {
    const { length } = block.text.split('\n');
    lines.fill('', block.line - 1, block.line - 1 + length);
  }
  return lines.join('\n');
}
