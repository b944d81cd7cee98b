import { ecKeyPair, jwkOf, keyPairFor, testKeyPair } from './keys';

/** A self-signed certificate of an EC key on P-256. */
export const certificatePem = `-----BEGIN CERTIFICATE-----
MIIBgDCCASWgAwIBAgIUXaUNHIB8ME/OUSOSZX9N1yI3qvowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDE1NDUzNFoYDzIxMjYxMDMx
MTU0NTM0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASmVlQLiPs9LMIu6njZds2EVX158iLyi/bCKC1aUdicmxo6zniOoFZX
lith9k7JX7AxlFwhMx2QHUb9laJ9EuIUo1MwUTAdBgNVHQ4EFgQUABvSqVXLh1y6
RIVKu3CaruRcHPswHwYDVR0jBBgwFoAUABvSqVXLh1y6RIVKu3CaruRcHPswDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAyjuDyLJ9QbMd8ZFh/H7u
8JkcCzc+yaJgXitYRtDSe70CIQDDjkpUd7lnMEV/g8qx9NcdAWE9907kAHKZ3eFC
eLpvLQ==
-----END CERTIFICATE-----
`;

/** Public keys as they stand in `authorized_keys` (RFC 4253, section 6.6; RFC 5656; RFC 8709). */
export const rsaSshLine = sshLine('ssh-rsa', [
  Buffer.from(jwkOf(keyPairFor('RS256').publicKey).e ?? '', 'base64url'),
  Buffer.concat([Buffer.alloc(1), Buffer.from(jwkOf(keyPairFor('RS256').publicKey).n ?? '', 'base64url')]),
]);

const { x = '', y = '' } = jwkOf(ecKeyPair('P-256').publicKey);
export const ecdsaSshLine = sshLine('ecdsa-sha2-nistp256', [
  Buffer.from('nistp256'),
  Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]),
]);

export const ed25519SshLine = sshLine('ssh-ed25519', [
  Buffer.from(jwkOf(testKeyPair('ed25519', {}).publicKey).x ?? '', 'base64url'),
]);

/** The start of what PuTTY keeps. */
export const puttyFile = `PuTTY-User-Key-File-3: ssh-ed25519
Encryption: none
Comment: ada@example.org
Public-Lines: 2
${ed25519SshLine.split(' ')[1] ?? ''}
`;

function sshLine(type: string, fields: Buffer[]): string {
  const parts = [Buffer.from(type), ...fields].flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, field];
  });
  return `${type} ${Buffer.concat(parts).toString('base64')} ada@example.org`;
}
