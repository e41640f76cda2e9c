import type { Shell } from '../shell.ts'
import { askLong } from './ask.ts'
import { inBatches } from './batches.ts'

/** So many files are read one by one: a process would cost more. */
const few = 3
/** Of one process. Small files of this number stay below what is kept of an output. */
const batch = 120
/** Of one process where most of them lack. */
const largeBatch = 360

interface Reading {
  /** Many of them are empty or not there, and which of the two need not be known: those are left out. */
  mayLack?: boolean
}

/**
 * The texts of many small files, by few processes: over ssh a file read by itself is a journey of its own. Files that are not there
 * are left out. @throws host_not_ready
 */
export async function readFiles(shell: Shell, paths: readonly string[], reading: Reading = {}): Promise<Map<string, string>> {
  const together = paths.length > few ? paths.filter((path) => /^\/[A-Za-z0-9._+@/-]+$/.test(path)) : []
  const alone = paths.filter((path) => !together.includes(path))
  const size = reading.mayLack === true ? largeBatch : batch
  const batches = Array.from({ length: Math.ceil(together.length / size) }, (_, index) => together.slice(index * size, (index + 1) * size))
  const found = await inBatches(batches, (some) => readTogether(shell, some, reading))
  return new Map([...(await readAlone(shell, alone)), ...found.flatMap((texts) => [...texts])])
}

/**
 * `grep -z` takes a text file for one line that ends with a zero byte, so its answer is `PATH:TEXT` and a zero byte for each: exact, the
 * last newline or its absence included. A file that holds zero bytes is several lines and is read by itself.
 */
async function readTogether(shell: Shell, paths: readonly string[], reading: Reading): Promise<Map<string, string>> {
  const argv = ['grep', reading.mayLack === true ? '-aHsz' : '-aHz', '-e', '', ...paths]
  const { stdout, truncated } = await askLong(shell, argv)
  if (truncated) return readInHalves(shell, paths, reading)
  const lines = stdout.split('\0').slice(0, -1)
  const texts = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))
  const isExact = texts.size === lines.length && [...texts.keys()].every((path) => paths.includes(path))
  if (!isExact) return readAlone(shell, paths)
  if (reading.mayLack === true) return texts
  // empty, gone, or not to be read
  const silent = paths.filter((path) => !texts.has(path))
  return new Map([...texts, ...(await readAlone(shell, silent))])
}

async function readInHalves(shell: Shell, paths: readonly string[], reading: Reading): Promise<Map<string, string>> {
  if (paths.length <= few) return readAlone(shell, paths)
  const middle = Math.ceil(paths.length / 2)
  const halves = [await readTogether(shell, paths.slice(0, middle), reading), await readTogether(shell, paths.slice(middle), reading)]
  return new Map(halves.flatMap((texts) => [...texts]))
}

async function readAlone(shell: Shell, paths: readonly string[]): Promise<Map<string, string>> {
  const texts = await inBatches(paths, async (path): Promise<[string, string | undefined]> => [path, await shell.readFile(path)])
  return new Map(texts.flatMap(([path, text]): [string, string][] => (text === undefined ? [] : [[path, text]])))
}
