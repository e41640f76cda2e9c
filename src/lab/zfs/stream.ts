import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'

/** What `zfs send` writes here: lines of JSON after a magic word. Nobody but `zfs receive` of a lab reads it. */
const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('folder'), path: z.string(), mode: z.int(), time: z.number() }),
  z.strictObject({ kind: z.literal('file'), path: z.string(), mode: z.int(), time: z.number(), bytes: z.base64() }),
  z.strictObject({ kind: z.literal('link'), path: z.string(), target: z.string() }),
])

const streamSchema = z.array(
  z.strictObject({
    /** Below what was sent: '' or /root. */
    name: z.string(),
    properties: z.record(z.string(), z.string()),
    snapshots: z.array(z.strictObject({ tag: z.string(), guid: z.string(), entries: z.array(entrySchema) })),
  }),
)

export type Stream = z.infer<typeof streamSchema>
type Entry = z.infer<typeof entrySchema>

const magic = 'lab-zfs-stream\n'

export function encodeStream(stream: Stream): string {
  return `${magic}${JSON.stringify(stream)}\n`
}

/** undefined: it is something else, or only a part. */
export function decodeStream(bytes: Buffer): Stream | undefined {
  const text = bytes.toString()
  if (!text.startsWith(magic) || !text.endsWith(']\n')) return undefined
  return streamSchema.parse(JSON.parse(text.slice(magic.length)))
}

export function readEntries(folder: string, path = ''): Entry[] {
  const { mode, mtimeMs } = lstatSync(folder)
  const own: Entry = { kind: 'folder', path, mode: mode & 0o7777, time: mtimeMs }
  const below = readdirSync(folder, { withFileTypes: true }).flatMap((entry): Entry[] => {
    const real = join(folder, entry.name)
    const name = join(path, entry.name)
    if (entry.isDirectory()) return readEntries(real, name)
    if (entry.isSymbolicLink()) return [{ kind: 'link', path: name, target: readlinkSync(real) }]
    const found = lstatSync(real)
    return entry.isFile()
      ? [{ kind: 'file', path: name, mode: found.mode & 0o7777, time: found.mtimeMs, bytes: readFileSync(real).toString('base64') }]
      : []
  })
  return [own, ...below]
}

export function writeEntries(folder: string, entries: Entry[]): void {
  for (const entry of entries) {
    const real = join(folder, entry.path)
    if (entry.path.split('/').includes('..')) throw new Error(`lab: zfs: a stream with ${entry.path}`)
    mkdirSync(dirname(real), { recursive: true })
    if (entry.kind === 'link') symlinkSync(entry.target, real)
    else if (entry.kind === 'folder') mkdirSync(real, { recursive: true })
    else {
      writeFileSync(real, Buffer.from(entry.bytes, 'base64'))
      chmodSync(real, entry.mode)
      utimesSync(real, entry.time / 1000, entry.time / 1000)
    }
  }
  for (const entry of entries.toReversed()) {
    if (entry.kind !== 'folder') continue
    chmodSync(join(folder, entry.path), entry.mode)
    utimesSync(join(folder, entry.path), entry.time / 1000, entry.time / 1000)
  }
}
