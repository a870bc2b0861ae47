/** Bytes of a file that somebody wrote on whatever system, as text. */

/**
 * UTF-16 is what a redirect of Windows PowerShell makes of any text. Files that were joined or edited have lost the mark
 * at their start: then every other byte of the first line is zero.
 */
export function decodeText(bytes: Buffer): string {
  const [first, second] = bytes;
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== undefined && second !== 0);
  if (isLittle) return bytes.toString('utf16le');
  // A half character at the end is what a cut off file has.
  return isBig
    ? Buffer.from(bytes.subarray(0, bytes.length & ~1))
        .swap16()
        .toString('utf16le')
    : bytes.toString('utf8');
}
