import { isUtf8 } from 'node:buffer'

/** What was uploaded, as tests look at it: text as text, and what is none with a character for each byte. */
export function fileText(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : bytes.toString('latin1')
}

/** The same back. */
export function fileBytes(text: string): Buffer {
  return isPicture(text) ? Buffer.from(text, 'latin1') : Buffer.from(text)
}

export function isPicture(text: string): boolean {
  return text.startsWith('\u0089PNG\r\n')
}
