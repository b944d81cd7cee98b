/** The shortest piece of a secret that counts as shown. */
const pieceLength = 12;

/** What only the library underneath says. */
const librarySentences =
  /jwt (malformed|expired|must|signature|audience|issuer|subject|id|not active|issuedat)|invalid (token|signature|algorithm|keyid|key)\b|JsonWebTokenError|NotBeforeError|secret or public key|asymmetric key|jsonwebtoken/i;

/** A line of a stack, or a place in the code. */
const stackLine = /\n\s+at |\.[cm]?[jt]s:\d+|node_modules|node:internal/;

/** Finds what must not be seen in what can be seen. */
export class LeakDetector {
  readonly #pieces = new Set<string>();

  /** @param secrets tokens, keys and whatever else stays inside */
  constructor(secrets: Iterable<string>) {
    for (const secret of secrets) {
      for (const form of [
        secret,
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('hex'),
      ]) {
        this.#add(form);
      }
    }
  }

  #add(secret: string): void {
    for (let start = 0; start + pieceLength <= secret.length; start++) {
      const piece = secret.slice(start, start + pieceLength);
      // A row of one or two characters, such as dots or spaces, says nothing.
      if (new Set(piece).size > 2) this.#pieces.add(piece);
    }
  }

  /** What is shown that must not be, or undefined. */
  leakIn(text: string): string | undefined {
    for (let start = 0; start + pieceLength <= text.length; start++) {
      const piece = text.slice(start, start + pieceLength);
      if (this.#pieces.has(piece)) return `a secret: ${piece}`;
    }
    const [sentence] = librarySentences.exec(text) ?? [];
    if (sentence !== undefined) return `the library's words: ${sentence}`;
    const [line] = stackLine.exec(text) ?? [];
    return line === undefined ? undefined : `a stack: ${line}`;
  }
}
