import type { Socket } from 'node:net'
import type { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'

export const maxLineBytes = 1024 * 1024

/**
 * The lines of a socket, each checked; ends where the other side ends.
 * @throws JailopsError internal: a line that is too long, no JSON, or of another shape
 */
export async function* readLines<Line>(socket: Socket, schema: z.ZodType<Line>): AsyncGenerator<Line> {
  let parts: Buffer[] = []
  let bytes = 0
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    let rest: Buffer = chunk
    let end = rest.indexOf(10)
    for (; end >= 0; end = rest.indexOf(10)) {
      if (bytes + end > maxLineBytes) throw misspoken('a line is too long')
      const line = Buffer.concat([...parts, rest.subarray(0, end)]).toString('utf8')
      rest = rest.subarray(end + 1)
      parts = []
      bytes = 0
      yield parseLine(line, schema)
    }
    parts.push(rest)
    bytes += rest.length
    if (bytes > maxLineBytes) throw misspoken('a line is too long')
  }
}

function parseLine<Line>(line: string, schema: z.ZodType<Line>): Line {
  try {
    return schema.parse(JSON.parse(line))
  } catch (cause) {
    throw misspoken(cause)
  }
}

/** The other side is no jailops, or another one: asking again would not help. */
export function misspoken(cause: unknown): JailopsError {
  return new JailopsError('internal', 'Bot and shell do not understand each other: are both the same version of jailops?', { cause })
}

export function writeLine(socket: Socket, line: string): void {
  if (socket.writable) socket.write(`${line}\n`)
}
