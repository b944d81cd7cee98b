import type { JsonWebKey } from 'node:crypto';
import { isPlainObject } from '../../util/json';
import { fetchJson } from './fetch-json';
import { isLoopback, remoteUrl } from './remote-url';

/** Where an issuer has its keys: at an address that is known, or at the one that its metadata names. */
export interface KeyPlace {
  readonly issuer: string;
  /** Of the JWK set, or with `isMetadata` of the metadata (OpenID Connect Discovery; RFC 8414). */
  readonly url: URL;
  readonly isMetadata: boolean;
  /** How long each request may take, in milliseconds. */
  readonly timeout: number;
}

/** Fetches the JWK set of an issuer. Requests at the same time share one. */
export class KeyFetcher {
  readonly #place: KeyPlace;
  #set: { readonly uri: string; readonly fetch: () => Promise<readonly JsonWebKey[]> } | undefined;

  constructor(place: KeyPlace) {
    this.#place = place;
  }

  /** @throws whatever is wrong with the response, or that there is none in time */
  async fetch(): Promise<readonly JsonWebKey[]> {
    const { url, isMetadata } = this.#place;
    const uri = isMetadata ? await this.#discover() : url.href;
    if (this.#set?.uri !== uri) this.#set = { uri, fetch: await this.#setAt(uri) };
    return this.#set.fetch();
  }

  async #discover(): Promise<string> {
    const { issuer, url, timeout } = this.#place;
    const response = await fetchJson(url.href, AbortSignal.timeout(timeout));
    const metadata: unknown = await response.json();
    if (!isPlainObject(metadata) || metadata['issuer'] !== issuer)
      throw new Error(`the metadata at ${url.href} is of another issuer`);
    const keysAt = remoteUrl(metadata['jwks_uri'], 'jwks_uri of the metadata');
    // Metadata from elsewhere must not make this server send requests to itself.
    if (isLoopback(keysAt) && !isLoopback(url))
      throw new Error('jwks_uri of the metadata is on this machine');
    return keysAt.href;
  }

  async #setAt(uri: string): Promise<() => Promise<readonly JsonWebKey[]>> {
    // Here, so that only an application with such an issuer loads it.
    const { createRemoteJWKSet, customFetch } = await import('jose');
    const set = createRemoteJWKSet(new URL(uri), {
      timeoutDuration: this.#place.timeout,
      [customFetch]: (url: string, { signal }: { readonly signal: AbortSignal }) => fetchJson(url, signal),
    });
    return async () => {
      await set.reload();
      return set.jwks()?.keys as readonly JsonWebKey[];
    };
  }
}
