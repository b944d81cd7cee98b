import type {
  LoginLimits,
  LoginResult,
  RevocationQuery,
  RevokeSubjectOptions,
  Rotation,
  RotationResult,
  Session,
  SessionPage,
  StoreLimits,
  TokenRevocation,
  TokenStore,
} from '../../src';

type Mutant = (store: TokenStore) => TokenStore;

/** A store with some verbs of its own; the others are those of a store that is right. */
function changed(store: TokenStore, verbs: Partial<TokenStore>): TokenStore {
  return new Proxy(store, {
    get: (target, name) => {
      const own: unknown = Reflect.get(verbs, name);
      const verb: unknown = own ?? Reflect.get(target, name);
      return typeof verb === 'function' ? (verb.bind(target) as unknown) : verb;
    },
  });
}

const onCreate =
  (change: (session: Session, limits: LoginLimits) => [Session, LoginLimits]): Mutant =>
  (store) =>
    changed(store, {
      createSession: (session, limits = {}) => {
        const [row, asked] = change(session, limits);
        return store.createSession(row, { ...limits, ...asked });
      },
    });
const onRotate =
  (change: (rotation: Rotation) => Partial<Rotation>): Mutant =>
  (store) =>
    changed(store, {
      rotateSession: (rotation, limits) => store.rotateSession({ ...rotation, ...change(rotation) }, limits),
    });
const onRotated =
  (change: (result: RotationResult, rotation: Rotation) => object): Mutant =>
  (store) =>
    changed(store, {
      rotateSession: async (rotation, limits) => {
        const result = await store.rotateSession(rotation, limits);
        return { ...result, ...change(result, rotation) };
      },
    });
const onQuery =
  (change: (query: RevocationQuery) => Partial<RevocationQuery>): Mutant =>
  (store) =>
    changed(store, { isRevoked: (query) => store.isRevoked({ ...query, ...change(query) }) });
const onRevokeSubject =
  (change: (options: RevokeSubjectOptions, now: number) => RevokeSubjectOptions): Mutant =>
  (store) =>
    changed(store, {
      revokeSubject: (subject, now, options = {}, limits) =>
        store.revokeSubject(subject, now, change(options, now), limits),
    });
const onList =
  (change: (rows: Session[], page: SessionPage | undefined) => Session[]): Mutant =>
  (store) =>
    changed(store, {
      listSessions: async (subject, now, page) => change(await store.listSessions(subject, now, page), page),
    });

/** A verb that takes effect although nobody waits for it any more. */
const deaf =
  (verb: Exclude<keyof TokenStore, 'subscribe'>): Mutant =>
  (store) =>
    changed(store, {
      [verb]: (...args: unknown[]) => {
        const last = args.at(-1) as Partial<StoreLimits> | undefined;
        const all =
          last?.deadline === undefined ? args : [...args.slice(0, -1), { ...last, deadline: Infinity }];
        return (store[verb] as (...given: unknown[]) => unknown)(...all);
      },
    });

/** One mistake each, in a store that is right otherwise: one for each promise of the contract. */
export const storeMutants: Readonly<Record<string, Mutant>> = {
  'takes effect when a login is too late': deaf('createSession'),
  'takes effect when a rotation is too late': deaf('rotateSession'),
  'takes effect when a logout is too late': deaf('revokeSession'),
  'takes effect when a logout everywhere is too late': deaf('revokeSubject'),
  'takes effect when an erasure is too late': deaf('forgetSubject'),
  'takes effect when the revocation of a token is too late': deaf('revokeToken'),

  'lets a login clear the not-before': (store) => {
    const cleared = new Set<string>();
    return changed(store, {
      createSession: (session, limits) => {
        cleared.add(session.subject);
        return store.createSession(session, limits);
      },
      isRevoked: (query) =>
        !(query.sessionId === undefined && cleared.has(query.subject)) && store.isRevoked(query),
    });
  },
  'has no limit of sessions': onCreate((session) => [session, { maxSessions: Infinity }]),
  'keeps one session more than the limit': onCreate((session, { maxSessions = Infinity }) => [
    session,
    { maxSessions: maxSessions + 1 },
  ]),
  'ends one session too many': onCreate((session, { maxSessions = Infinity }) => [
    session,
    { maxSessions: Math.max(1, maxSessions - 1) },
  ]),
  'does not tell which sessions a login ended': (store) =>
    changed(store, {
      createSession: async (session, limits): Promise<LoginResult> => ({
        ...(await store.createSession(session, limits)),
        ended: [],
      }),
    }),
  'starts a login that began before the logout': onCreate((session) => [
    session,
    { authenticatedAt: Infinity },
  ]),
  'starts a login that began at the moment of the logout': onCreate(
    (session, { authenticatedAt = Infinity }) => [session, { authenticatedAt: authenticatedAt + 1 }],
  ),
  'compares logins with the logout that came last, not with the latest': (store) => {
    const logouts = new Map<string, number>();
    return changed(store, {
      revokeSubject: (subject, now, options, limits) => {
        logouts.set(subject, now);
        return store.revokeSubject(subject, now, options, limits);
      },
      createSession: (session, limits = {}) => {
        const isLate = (limits.authenticatedAt ?? Infinity) > (logouts.get(session.subject) ?? Infinity);
        return store.createSession(session, isLate ? { ...limits, authenticatedAt: Infinity } : limits);
      },
    });
  },
  'refuses a login that began just after the logout': onCreate((session, { authenticatedAt = Infinity }) => [
    session,
    { authenticatedAt: authenticatedAt - 1 },
  ]),
  'loses the label': onCreate((session) => [{ ...session, label: undefined }, {}]),
  'cuts the device': onCreate((session) => [{ ...session, userAgent: session.userAgent?.slice(0, 255) }, {}]),
  'replaces a session with the same id': (store) =>
    changed(store, {
      createSession: (session, limits) =>
        store.createSession(session, limits).catch((error: unknown) => {
          if (String(error).includes('id')) return { created: true, ended: [] };
          throw error;
        }),
    }),

  'finds sessions that are dead': (store) => {
    const rows = new Map<string, Session>();
    return changed(store, {
      createSession: (session, limits) => {
        rows.set(session.id, session);
        return store.createSession(session, limits);
      },
      findSession: async (id, now) => (await store.findSession(id, now)) ?? rows.get(id),
    });
  },
  'finds nothing': (store) => changed(store, { findSession: async () => undefined }),

  'lists five sessions': onList((rows) => rows.slice(0, 5)),
  'lists as many as it likes': (store) =>
    changed(store, {
      listSessions: (subject, now, page) =>
        store.listSessions(subject, now, { limit: 1000, after: page?.after }),
    }),
  'lists the oldest first': onList((rows) => [...rows].reverse()),
  'lists by use': onList((rows) => [...rows].sort((one, other) => other.lastUsedAt - one.lastUsedAt)),
  'always lists the first page': (store) =>
    changed(store, {
      listSessions: (subject, now, page) => store.listSessions(subject, now, page && { limit: page.limit }),
    }),
  'lists the last of a page once more': onList((rows, page) =>
    page?.after && 'subject' in page.after ? [page.after as Session, ...rows].slice(0, page.limit) : rows,
  ),
  'lists nothing after a session that has ended': (store) =>
    changed(store, {
      listSessions: async (subject, now, page) => {
        if (page?.after && !(await store.findSession(page.after.id, now))) return [];
        return store.listSessions(subject, now, page);
      },
    }),
  'lists sessions that are over': (store) =>
    changed(store, { listSessions: (subject, _, page) => store.listSessions(subject, -Infinity, page) }),

  'rotates for any subject': (store) => {
    const subjects = new Map<string, string>();
    return changed(store, {
      createSession: (session, limits) => {
        subjects.set(session.id, session.subject);
        return store.createSession(session, limits);
      },
      rotateSession: (rotation, limits) =>
        store.rotateSession({ ...rotation, subject: subjects.get(rotation.sessionId) ?? '' }, limits),
    });
  },
  'has a window without end': onRotate(({ graceSeconds }) => ({ graceSeconds: graceSeconds && 1e9 })),
  'has a window where there is none': onRotate(({ graceSeconds }) => ({ graceSeconds: graceSeconds || 10 })),
  'has no window': onRotate(() => ({ graceSeconds: 0 })),
  'never moves the end': (store) => {
    const ends = new Map<string, number>();
    return changed(store, {
      createSession: (session, limits) => {
        ends.set(session.id, session.expiresAt);
        return store.createSession(session, limits);
      },
      rotateSession: (rotation, limits) => {
        const expiresAt = ends.get(rotation.sessionId) ?? rotation.expiresAt;
        return store.rotateSession({ ...rotation, expiresAt }, limits);
      },
    });
  },
  'wipes the address when only the device is told': (store) =>
    changed(store, {
      rotateSession: (rotation, limits) =>
        store.rotateSession({ ...rotation, seen: { ...rotation.seen, ip: rotation.seen?.ip ?? '' } }, limits),
    }),
  'does not note where it was seen': onRotate(() => ({ seen: undefined })),
  'shows no row': onRotated(() => ({ session: undefined })),
  'does not say who revoked': onRotated(() => ({ flipped: undefined })),
  'says each time that it revoked': onRotated(({ outcome }) => ({ flipped: outcome === 'reused' })),
  'takes a theft for nothing known': onRotated(({ outcome }) => ({
    outcome: outcome === 'reused' ? 'unknown' : outcome,
  })),
  'judges a theft and does not revoke': (store) => {
    const rows = new Map<string, Session>();
    return changed(store, {
      rotateSession: async (rotation, limits) => {
        const row = await store.findSession(rotation.sessionId, rotation.now);
        if (row?.subject !== rotation.subject || row.generation <= rotation.generation)
          return store.rotateSession(rotation, limits);
        rows.set(row.id, row);
        if (row.generation - 1 === rotation.generation && rotation.graceSeconds > 0)
          return store.rotateSession(rotation, limits);
        return { outcome: 'reused', flipped: true, session: { ...row, revokedAt: rotation.now } };
      },
    });
  },
  'never rotates': (store) => changed(store, { rotateSession: async () => ({ outcome: 'unknown' }) }),

  'ends the session of anyone': (store) =>
    changed(store, {
      revokeSession: (id, now, limits) => store.revokeSession(id, now, { ...limits, subject: undefined }),
    }),
  'says of each logout that it was one': (store) =>
    changed(store, {
      revokeSession: async (id, now, limits) => {
        await store.revokeSession(id, now, limits);
        return true;
      },
    }),
  'never revokes a session': (store) => changed(store, { revokeSession: async () => true }),
  'keeps the address after a logout': (store) => {
    const rows = new Map<string, Session>();
    return changed(store, {
      createSession: (session, limits) => {
        rows.set(session.id, session);
        return store.createSession(session, limits);
      },
      rotateSession: async (rotation, limits) => {
        const result = await store.rotateSession(rotation, limits);
        const ip = rows.get(rotation.sessionId)?.ip;
        const isDead = result.session?.revokedAt !== undefined;
        return isDead ? { ...result, session: { ...result.session, ip } } : result;
      },
    });
  },

  'never revokes a subject': (store) => changed(store, { revokeSubject: async () => {} }),
  'cancels a logout everywhere that would spare somebody else’s session': (store) =>
    changed(store, {
      revokeSubject: async (subject, now, options = {}, limits) => {
        const { exceptSessionId: id } = options;
        if (id !== undefined && (await store.findSession(id, now))?.subject !== subject) return;
        await store.revokeSubject(subject, now, options, limits);
      },
    }),
  'spares nobody': onRevokeSubject((options) => ({ ...options, exceptSessionId: undefined })),
  'takes no notBefore that is ahead': onRevokeSubject((options) => ({ ...options, notBefore: undefined })),
  'revokes tokens of the next second, too': onRevokeSubject((options, now) => ({
    ...options,
    notBefore: (options.notBefore ?? now) + 1,
  })),
  'moves the not-before back': (store) => {
    const times = new Map<string, number>();
    return changed(store, {
      revokeSubject: (subject, now, options, limits) => {
        times.set(subject, options?.notBefore ?? now);
        return store.revokeSubject(subject, now, options, limits);
      },
      isRevoked: (query) =>
        query.sessionId === undefined && times.has(query.subject)
          ? query.issuedAt <= (times.get(query.subject) ?? 0)
          : store.isRevoked(query),
    });
  },
  'forgets nothing': (store) =>
    changed(store, {
      forgetSubject: (subject, now, options, limits) => store.revokeSubject(subject, now, options, limits),
    }),
  'erases and does not log out': (store) => changed(store, { forgetSubject: async () => {} }),
  'erases for ever: nobody can log in again': (store) => {
    const forgotten = new Set<string>();
    return changed(store, {
      forgetSubject: (subject, now, options, limits) => {
        forgotten.add(subject);
        return store.forgetSubject(subject, now, options, limits);
      },
      createSession: async (session, limits) =>
        forgotten.has(session.subject) ? { created: false, ended: [] } : store.createSession(session, limits),
    });
  },

  'forgets revoked tokens': (store) => changed(store, { revokeToken: async () => {} }),
  'revokes all tokens of the subject with one': (store) => {
    const subjects = new Set<string>();
    return changed(store, {
      revokeToken: (revocation: TokenRevocation, limits) => {
        subjects.add(revocation.subject);
        return store.revokeToken(revocation, limits);
      },
      isRevoked: (query) => subjects.has(query.subject) || store.isRevoked(query),
    });
  },
  'tells no long ids apart': (store) => {
    const cut = (jti: string) => jti.slice(0, 250);
    return changed(store, {
      revokeToken: (revocation, limits) =>
        store.revokeToken({ ...revocation, jti: cut(revocation.jti) }, limits),
      isRevoked: (query) => store.isRevoked({ ...query, jti: cut(query.jti) }),
    });
  },

  'lets every token live': (store) => changed(store, { isRevoked: () => false }),
  'takes every token for dead': (store) => changed(store, { isRevoked: () => true }),
  'lets tokens of sessions live that are over': onQuery(({ now }) => ({ now: Math.min(now, 0) })),
  'lets old refresh tokens live': onQuery(() => ({ generation: undefined })),
  'lets the last consumed refresh token live for ever': onQuery(({ graceSeconds }) => ({
    graceSeconds: graceSeconds && 1e9,
  })),
  'lets no consumed refresh token live': onQuery(() => ({ graceSeconds: 0 })),
  'lets tokens live that name the session of somebody else': (store) => {
    const subjects = new Map<string, string>();
    return changed(store, {
      createSession: (session, limits) => {
        subjects.set(session.id, session.subject);
        return store.createSession(session, limits);
      },
      isRevoked: (query) =>
        store.isRevoked({ ...query, subject: subjects.get(query.sessionId ?? '') ?? query.subject }),
    });
  },
};
