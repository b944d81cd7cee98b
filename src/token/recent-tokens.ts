/** Two generations of so many are kept: of the longest texts that there are, these take eight megabytes. */
const generationSize = 512;

/**
 * What was read out of the latest texts whose signature held, for the next request with the same token.
 *
 * A text is found again only when it is equal as a whole: another spelling of a good token is unknown here. Forged
 * texts are never kept, so that they push nothing out. Only what the text alone decides may be kept.
 */
export class RecentTokens<Signed> {
  #latest = new Map<string, Signed>();
  #before = new Map<string, Signed>();

  find(text: string): Signed | undefined {
    return this.#latest.get(text) ?? this.#before.get(text);
  }

  keep(text: string, signed: Signed): void {
    // By generation: to look for the oldest of a Map takes longer than to check an HMAC.
    if (this.#latest.size === generationSize) {
      this.#before = this.#latest;
      this.#latest = new Map();
    }
    this.#latest.set(text, signed);
  }
}
