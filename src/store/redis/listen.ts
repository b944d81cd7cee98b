import { ignore } from '../../util/promises';

/** A subscription to a channel. */
export interface Listening {
  /** Rejects if there is none. */
  readonly ready: Promise<unknown>;
  close(): void;
}

type Listener = (message: string) => void;

/** What is used of a client of node-redis. */
interface NodeSubscriber {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: Listener): Promise<unknown>;
  unsubscribe(channel: string, listener: Listener): Promise<unknown>;
  disconnect(): Promise<unknown>;
  duplicate(): NodeSubscriber;
}

/** What is used of a pool of node-redis. */
interface NodePool {
  execute(task: (client: NodeSubscriber) => NodeSubscriber): Promise<NodeSubscriber>;
}

/** What is used of a client of ioredis. */
interface IoredisSubscriber {
  readonly isCluster?: boolean;
  on(event: string, listener: (channel: string, message: string) => void): unknown;
  off(event: string, listener: (channel: string, message: string) => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  duplicate(): IoredisSubscriber;
  disconnect(): void;
}

/**
 * A client of node-redis that is subscribed can do nothing else in RESP2, so one that is not a cluster or a sentinel gets a
 * second one for it.
 */
export function listenWithNodeRedis(client: object, channel: string, listener: Listener): Listening {
  if ('masters' in client || 'acquire' in client) return listenTogether(client as never, channel, listener);
  const single = 'execute' in client ? fromPool(client as never) : Promise.resolve(client as NodeSubscriber);
  return listenAlone(single, channel, listener);
}

function fromPool(pool: NodePool): Promise<NodeSubscriber> {
  return pool.execute((client) => client.duplicate());
}

function listenTogether(client: NodeSubscriber, channel: string, listener: Listener): Listening {
  return {
    ready: client.subscribe(channel, listener),
    close: () => {
      ignore(client.unsubscribe(channel, listener));
    },
  };
}

function listenAlone(original: Promise<NodeSubscriber>, channel: string, listener: Listener): Listening {
  const duplicated = original.then((client) => {
    const own = client.duplicate();
    own.on('error', () => undefined);
    return own;
  });
  return {
    ready: duplicated.then(async (own) => {
      await own.connect();
      await own.subscribe(channel, listener);
    }),
    close: () => {
      ignore(duplicated.then((own) => own.disconnect()));
    },
  };
}

/** A cluster of ioredis has a connection for subscriptions. */
export function listenWithIoredis(client: object, channel: string, listener: Listener): Listening {
  const given = client as IoredisSubscriber;
  const own = given.isCluster ? given : given.duplicate();
  const hear = (from: string, message: string) => {
    if (from === channel) listener(message);
  };
  own.on('message', hear);
  if (own !== given) own.on('error', () => undefined);
  return {
    ready: own.subscribe(channel),
    close: () => {
      own.off('message', hear);
      if (own === given) ignore(own.unsubscribe(channel));
      else own.disconnect();
    },
  };
}
