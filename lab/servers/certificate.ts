import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/**
 * An X.509 certificate for 127.0.0.1 and localhost, and the authority that signed it, made anew at every start: no
 * private key lies in the repository, nothing expires, and no openssl binary is needed (Windows runners may lack it).
 * Node reads certificates but cannot make them, hence the few lines of DER (ITU-T X.690, RFC 5280).
 */
export interface LabCertificate {
  caPem: string;
  certPem: string;
  keyPem: string;
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length: number[] = [];
  if (content.length < 0x80) length.push(content.length);
  else {
    for (let rest = content.length; rest > 0; rest >>>= 8) length.unshift(rest & 0xff);
    length.unshift(0x80 | length.length);
  }
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const set = (...parts: Buffer[]): Buffer => der(0x31, ...parts);
const integer = (bytes: Buffer): Buffer => der(0x02, bytes);
const octets = (bytes: Buffer): Buffer => der(0x04, bytes);
const bits = (bytes: Buffer): Buffer => der(0x03, Buffer.from([0]), bytes);
const yes = der(0x01, Buffer.from([0xff]));

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let high = arc >>> 7; high > 0; high >>>= 7) groups.unshift((high & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return der(0x06, Buffer.from(bytes));
}

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const COMMON_NAME = oid('2.5.4.3');
const BASIC_CONSTRAINTS = oid('2.5.29.19');
const KEY_USAGE = oid('2.5.29.15');
const SUBJECT_ALT_NAME = oid('2.5.29.17');

function distinguishedName(commonName: string): Buffer {
  return sequence(set(sequence(COMMON_NAME, der(0x0c, Buffer.from(commonName)))));
}

/** RFC 5280 4.1.2.5: years before 2050 are UTCTime. */
function utcTime(date: Date): Buffer {
  return der(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function certificate(
  subject: string,
  issuer: string,
  publicKey: Buffer,
  issuerKey: string,
  extensions: Buffer[],
): Buffer {
  const now = Date.now();
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40; // positive and of full length
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(serial),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer),
    sequence(utcTime(new Date(now - 3_600_000)), utcTime(new Date(now + 7 * 86_400_000))),
    distinguishedName(subject),
    publicKey,
    der(0xa3, sequence(...extensions)),
  );
  return sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, createPrivateKey(issuerKey))));
}

function keyPair(): { spki: Buffer; keyPem: string } {
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { spki: pair.publicKey, keyPem: pair.privateKey };
}

export function makeCertificate(): LabCertificate {
  const authority = keyPair();
  const server = keyPair();
  // Two authorities of one name would be taken for each other by a process that trusts both.
  const name = `lab only CA ${randomBytes(8).toString('hex')}`;
  const ca = certificate(name, name, authority.spki, authority.keyPem, [
    sequence(BASIC_CONSTRAINTS, yes, octets(sequence(yes))),
    sequence(KEY_USAGE, yes, octets(der(0x03, Buffer.from([1, 0x06])))), // keyCertSign, cRLSign
  ]);
  const names = sequence(der(0x87, Buffer.from([127, 0, 0, 1])), der(0x82, Buffer.from('localhost')));
  const leaf = certificate('lab only server', name, server.spki, authority.keyPem, [
    sequence(BASIC_CONSTRAINTS, yes, octets(sequence())),
    sequence(SUBJECT_ALT_NAME, octets(names)),
  ]);
  return { caPem: pem('CERTIFICATE', ca), certPem: pem('CERTIFICATE', leaf), keyPem: server.keyPem };
}
