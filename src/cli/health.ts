import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { configOf } from './config-check.ts'

const everyMilliseconds = 5000
const staleMilliseconds = 20_000

/** As long as it is well, a process touches a file of its own; whoever asks after its health looks how old that is. */
export function keepHealth(state: string, who: 'bot' | 'worker', isWell: () => boolean): () => void {
  const folder = join(state, 'health')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, who)
  const touch = () => isWell() && writeFileSync(path, `${process.pid}\n`)
  touch()
  const timer = setInterval(touch, everyMilliseconds)
  return () => {
    clearInterval(timer)
    rmSync(path, { force: true })
  }
}

/** `jailops health`: exit code 0 when something runs with this state folder and all of it is well. */
export async function health(options: { config?: string }): Promise<void> {
  const folder = join(configOf(options).state, 'health')
  const names = await readdir(folder).catch(() => [])
  const ages = await Promise.all(names.map(async (name) => ({ name, age: Date.now() - (await stat(join(folder, name))).mtimeMs })))
  const sick = ages.filter(({ age }) => age > staleMilliseconds)
  for (const { name, age } of sick) process.stdout.write(`${name} was last well ${Math.round(age / 1000)} s ago\n`)
  if (ages.length === 0) process.stdout.write('nothing runs here\n')
  process.exitCode = sick.length > 0 || ages.length === 0 ? 1 : 0
}
