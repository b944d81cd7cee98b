/** Where secrets are kept: how a path, a URL, or the name of something that holds the secret starts. */
const starts = [
  /^[a-z][a-z0-9+.-]{1,20}:\/\/\S/i,
  /^(?:arn|env|file|op|ssm|urn|vault):\S/i,
  /^(?:\/(?:app|data|etc|home|mnt|opt|private|proc|root|run|secrets|srv|tmp|usr|var|Users)\/|~\/|\.{1,2}\/|[a-z]:[\\/]|\\\\)[\w.@ ()+%~\\/-]+$/i,
];

/** The name of a file, with or without its path. */
const fileName =
  /^[\w.@ ~:\\/-]+\.(?:cer|cfg|conf|crt|der|env|ini|jwks?|json|key|p12|p8|pem|pfx|properties|pub|secret|toml|txt|ya?ml)$/i;

/** Words in lower case with slashes between them. */
const wordPath = /^\/?[a-z_.-]+(?:\/[a-z_.-]+)+$/;

/** The name of an environment variable, or an expression that was not replaced by its value. */
const expressions = [
  /^\$?[A-Z]+\d{0,4}(?:_(?:[A-Z]+\d{0,4}|\d{1,4}))+$/,
  /^(?:[$#]?\{|<|%|\$\()[\w\s.:,'"()[\]{}$|?/-]+(?:\}|>|%|\))$/,
  /^(?:process\.env|import\.meta\.env|os\.environ|os\.getenv|System\.getenv|getenv|env)[.([]/,
];

/** Whether a secret is only where to find one: a path, a URL, the name of a variable. Anyone can guess it. */
export function isReference(text: string): boolean {
  return [...starts, fileName, wordPath, ...expressions].some((pattern) => pattern.test(text));
}
