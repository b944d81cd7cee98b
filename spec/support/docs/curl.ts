import { spawnSync, type SpawnSyncReturns } from 'node:child_process';

const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** A spec that needs curl; pending, with the reason, on a machine without it. */
export function itWithCurl(name: string, body: Mocha.AsyncFunc | Mocha.Func): void {
  if (hasCurl) it(name, body);
  else it(`${name}: skipped, there is no curl`);
}

/** Runs a curl line of the documentation as a reader's shell does, against another port. */
export function curl(line: string, port: number, token = ''): SpawnSyncReturns<string> {
  const command = line
    .replace(/localhost:\d+/, `127.0.0.1:${String(port)}`)
    .replace(/<ACCESS TOKEN>|<TICKET>/, token)
    .replace(/^curl /, 'curl --silent --show-error --max-time 5 ');
  return spawnSync('sh', ['-c', command], { encoding: 'utf8' });
}
