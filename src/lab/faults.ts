import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import type { Call } from './call.ts'
import type { Answerer } from './resident.ts'

const faultSchema = z.strictObject({
  program: z.string(),
  /** Every one of these must be among the arguments. */
  argumentsInclude: z.array(z.string()).optional(),
  /** How often it strikes; without it, always. */
  times: z.int().min(1).optional(),
  exitCode: z.int().optional(),
  stdout: z.string().optional(),
  stderr: z.string().optional(),
  delayMilliseconds: z.int().min(0).optional(),
  /** Never answers. */
  hang: z.literal(true).optional(),
  /** The program does its work all the same, before the fault lies about it. */
  thenRun: z.boolean().optional(),
})

export type Fault = z.infer<typeof faultSchema>

function faultsFile(folder: string): string {
  return join(folder, 'control', 'faults.json')
}

/** Replaces the lab's faults from now on; an empty list mends everything. Counts of `times` start anew. */
export function setFaults(folder: string, faults: Fault[]): void {
  const file = faultsFile(folder)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(z.array(faultSchema).parse(faults), null, 2))
  renameSync(`${file}.new`, file)
}

/** Puts the faults of FOLDER/control/faults.json, read anew at each call, before the programs. */
export function withFaults(folder: string, answer: (call: Call) => Promise<number>): Answerer {
  let text = ''
  let faults: Fault[] = []
  const struck = new Map<Fault, number>()

  function current(): Fault[] {
    const now = readText(faultsFile(folder))
    if (now !== text) {
      text = now
      faults = now === '' ? [] : z.array(faultSchema).parse(JSON.parse(now))
      struck.clear()
    }
    return faults
  }

  function isDue(fault: Fault, call: Call): boolean {
    if (fault.program !== call.program) return false
    if (fault.argumentsInclude?.some((argument) => !call.args.includes(argument))) return false
    return (struck.get(fault) ?? 0) < (fault.times ?? Infinity)
  }

  return async (call) => {
    const fault = current().find((each) => isDue(each, call))
    if (fault === undefined) return answer(call)
    struck.set(fault, (struck.get(fault) ?? 0) + 1)
    return strike(fault, call, answer)
  }
}

async function strike(fault: Fault, call: Call, answer: (call: Call) => Promise<number>): Promise<number | 'hang'> {
  if (fault.delayMilliseconds !== undefined) await wait(fault.delayMilliseconds)
  const { exitCode, stdout, stderr, hang } = fault
  const onlyDelays = exitCode === undefined && stdout === undefined && stderr === undefined && hang === undefined
  const code = fault.thenRun || onlyDelays ? await answer(call) : 0
  if (hang) return 'hang'
  call.out(stdout ?? '')
  call.err(stderr ?? '')
  return exitCode ?? code
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
