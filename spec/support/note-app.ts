import { expect } from 'chai';
import type { BrowserContext } from 'playwright-core';
import { useBrowser } from './browser';
import { endChildApp, startChildApp, type ChildApp } from './child-app';
import { secret } from './manager';
import { NotePage } from './note-page';

/** The example of cookies in a process of its own, and a browser to visit it with. */
export interface NoteApp {
  /** Under the name that browsers trust without TLS. */
  url(): string;
  newProfile(): Promise<BrowserContext>;
  /** A new tab, in a new profile unless one is given. */
  open(profile?: BrowserContext): Promise<NotePage>;
  /** The same, and ada logs in. */
  logIn(profile?: BrowserContext): Promise<NotePage>;
}

/** Starts both for this suite. */
export function useNoteApp(environment: NodeJS.ProcessEnv = {}): NoteApp {
  const newProfile = useBrowser();
  let app: ChildApp | undefined;

  before(async function () {
    this.timeout(120_000);
    app = await startChildApp({ PORT: '0', JWT_SECRET_KEY: secret, ...environment }, 'cookies');
  });

  after(async () => {
    if (!app) return;
    const { code, stderr } = await endChildApp(app);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  const url = () => `http://localhost:${String(app?.port)}`;
  const open = async (profile?: BrowserContext) => NotePage.open(profile ?? (await newProfile()), url());
  return { url, newProfile, open, logIn: async (profile) => (await open(profile)).logIn() };
}
