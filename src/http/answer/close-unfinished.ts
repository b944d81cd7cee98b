import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';

/** Milliseconds without traffic after which a response counts as given up. */
const idleTime = 2000;

/** RFC 9113, section 7. */
const internalError = 2;

/**
 * Closes a response that has begun and that nothing goes on with, so that the client notices that it is incomplete. One
 * that other middleware continues, such as a file that a timeout sends, is not affected.
 */
export function closeUnfinished(res: ServerResponse): void {
  const { stream } = res as unknown as Partial<Http2ServerResponse>;
  if (stream)
    stream.setTimeout(idleTime, () => {
      stream.close(internalError);
    });
  else watch(res);
}

/** Not with `res.setTimeout`: that time limit would stay with the connection, and end a later request. */
function watch(res: ServerResponse): void {
  const written = res.socket?.bytesWritten;
  const check = () => {
    if (res.writableEnded) return;
    if (res.socket?.bytesWritten === written) res.destroy();
    else watch(res);
  };
  setTimeout(check, idleTime).unref();
}
