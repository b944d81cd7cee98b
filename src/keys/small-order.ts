/** The encodings of the points of small order on Ed25519, without the sign bit, which changes nothing about the order. */
const smallOrderPoints: ReadonlySet<string> = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);

/**
 * Whether the public half of an Ed25519 key has an order of 8 or less. A signature can be found for it without any
 * private key.
 *
 * @param x the member of the key's JWK
 */
export function isSmallOrderPoint(x: string): boolean {
  const point = Buffer.from(x, 'base64url');
  point.writeUInt8(point.readUInt8(31) & 0x7f, 31);
  return smallOrderPoints.has(point.toString('hex'));
}
