import type { Command } from './command';

/** A command that is loaded when it is used. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** All commands, in the order of the help. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  init: {
    summary: 'create a project with a working login',
    load: async () => (await import('./commands/init.js')).init,
  },
  keygen: {
    summary: 'create a key, as a JWK set',
    load: async () => (await import('./commands/keygen.js')).keygen,
  },
  secret: {
    summary: 'create a secret for HS256, as text',
    load: async () => (await import('./commands/secret.js')).secret,
  },
  rotate: {
    summary: 'replace the key of a JWK set, step by step',
    load: async () => (await import('./commands/rotate.js')).rotate,
  },
  jwks: {
    summary: 'show the public halves of keys, as a JWK set',
    load: async () => (await import('./commands/jwks.js')).jwks,
  },
  inspect: {
    summary: 'show what a token holds, and what is wrong with it',
    load: async () => (await import('./commands/inspect.js')).inspect,
  },
  verify: {
    summary: 'verify a token with your keys',
    load: async () => (await import('./commands/verify.js')).verify,
  },
};

/** The command of a name, if there is one. */
export function entryOf(name: string): CommandEntry | undefined {
  return Object.hasOwn(commands, name) ? commands[name] : undefined;
}
