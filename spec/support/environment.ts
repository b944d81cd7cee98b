/** The environment of a child process, with this NODE_ENV or none. */
export function environmentWith(nodeEnv: string | undefined): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => name !== 'NODE_ENV');
  return Object.fromEntries(nodeEnv === undefined ? others : [...others, ['NODE_ENV', nodeEnv]]);
}
