import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../world.ts'

/** How a verb is tried, and how one sees with other eyes than jailops's that it did what it says. */
export interface Verb {
  path: string
  args: Record<string, unknown> | ((world: World) => Promise<Record<string, unknown>>)
  /** Beside the host that all verbs find: `blog` runs, `mute` is stopped, `gone` is in the trash, and an archive of `mute`. */
  prepare?(world: World): Promise<void>
  /** What is not as it should be once a change is done; of a question, what is wrong with its answer. */
  problems(world: World, answer: string): Promise<string[]>
}

export async function isRunning(world: World, jail: string): Promise<boolean> {
  const { text } = await world.sh('jls name')
  return text.split('\n').includes(world.column.kernelName(jail))
}

export async function expectRunning(world: World, jail: string, running = true): Promise<string[]> {
  return (await isRunning(world, jail)) === running ? [] : [`${jail} ${running ? 'does not run' : 'runs'}`]
}

/** A path of the host, as the host writes it. */
export function onHost(world: World, path: string): string {
  return join(world.lab().hostFolder, path)
}

export function expectThere(world: World, path: string, there = true): string[] {
  return existsSync(onHost(world, path)) === there ? [] : [`${path} ${there ? 'is missing' : 'is there'}`]
}

export function textOf(world: World, path: string): string {
  return existsSync(onHost(world, path)) ? readFileSync(onHost(world, path), 'utf8') : ''
}

export async function expectSaid(world: World, line: string, wanted: RegExp): Promise<string[]> {
  const { text } = await world.sh(line)
  return wanted.test(text) ? [] : [`\`${line}\` says ${JSON.stringify(text.slice(0, 200))}, not ${String(wanted)}`]
}
